import { call, type InputOf } from '@/components/call';

/** What preview, test and cURL are asked with: all the same, so that what is shown is what is sent. */
export type RenderInput = InputOf<'webhook.preview'>;

/** Renders without touching the network. @throws CallError */
export const previewWebhook = (project: string, input: RenderInput, signal?: AbortSignal) =>
  call(project, 'webhook.preview', input, signal);

/** Sends what preview shows. @throws CallError, also when the limit of tests a minute is reached */
export const sendWebhook = (project: string, input: RenderInput) => call(project, 'webhook.send', input);

/** The rendered request as a cURL command, secrets masked. @throws CallError */
export const curlOfWebhook = (project: string, input: RenderInput) => call(project, 'webhook.curl', input);

/** The values that a masked preview or test holds; written into the audit log. @throws CallError */
export const revealWebhook = (project: string, sealed: string) => call(project, 'webhook.reveal', { sealed });
