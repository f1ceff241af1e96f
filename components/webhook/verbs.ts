import { post } from '@/components/call';
import type { EarlierResponse } from '@/lib/core/response-view';
import type { WebhookSettings } from '@/lib/core/webhook';
import type { Preview, Subject, TestResult } from './contract';

/** What preview, test and cURL are asked with: all the same, so that what is shown is what is sent. */
export interface RenderInput {
  /** Null for a preset, which stands in no scenario. */
  scenario: string | null;
  node: string | null;
  settings: WebhookSettings;
  subject: Subject;
  /** How many customers a batch is rendered for. */
  customers?: number;
  /** Without it, the latest event of the trigger's type is taken. */
  event?: Record<string, unknown>;
  responses?: EarlierResponse[];
}

const ask = <Output>(project: string, verb: string, input: unknown, signal?: AbortSignal) =>
  post(`/api/call/${verb}`, { project, input }, signal) as Promise<Output>;

/** Renders without touching the network. @throws CallError */
export const previewWebhook = (project: string, input: RenderInput, signal?: AbortSignal) =>
  ask<Preview>(project, 'webhook.preview', input, signal);

/** Sends what preview shows. @throws CallError, also when the limit of tests a minute is reached */
export const sendWebhook = (project: string, input: RenderInput) => ask<TestResult>(project, 'webhook.send', input);

/** The rendered request as a cURL command, secrets masked. @throws CallError */
export const curlOfWebhook = (project: string, input: RenderInput) =>
  ask<{ text: string }>(project, 'webhook.curl', input);
