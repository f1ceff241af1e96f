import { z } from 'zod';

/** The webhook action's settings: what is sent, with which credentials, how the answer is read, how fast. */

export const Method = z.enum(['GET', 'POST', 'PUT', 'PATCH', 'DELETE']);
export type Method = z.infer<typeof Method>;

export const PayloadFormat = z.enum(['json', 'text', 'xml']);
export type PayloadFormat = z.infer<typeof PayloadFormat>;

/** A header of the node. A secret header's value is sealed elsewhere and never part of the document: `secretId` names it. */
export const Header = z.object({
  name: z.string().max(256),
  value: z.string().max(8192).default(''),
  secretId: z.string().nullable().default(null),
});
export type Header = z.infer<typeof Header>;

/** How each customer's own outcome is found in the response of a batch. */
export const ResultMapping = z.object({
  /** Dotted path of the list in the JSON answer, e.g. `results`. */
  path: z.string().max(256),
  /** By position in the request, or by a field of the result that equals a value rendered for each customer. */
  key: z.discriminatedUnion('by', [
    z.object({ by: z.literal('index') }),
    z.object({ by: z.literal('value'), field: z.string().max(256), template: z.string().max(4096) }),
  ]),
  /** The result's field that says how it went, and the values (as text) that mean success. */
  successField: z.string().max(256),
  successValues: z.array(z.string().max(256)).max(20),
  /** The result's field with the reason of a failure. */
  messageField: z.string().max(256).default(''),
});
export type ResultMapping = z.infer<typeof ResultMapping>;

/** The preset that a webhook was made from, and the version whose locked fields it has. */
export const PresetLink = z.object({ id: z.string().max(64), version: z.number().int().min(1) });
export type PresetLink = z.infer<typeof PresetLink>;

export const WebhookSettings = z.object({
  method: Method.default('POST'),
  url: z.string().max(8192).default(''),
  headers: z.array(Header).max(50).default([]),
  integrationId: z.string().nullable().default(null),
  format: PayloadFormat.default('json'),
  /** The payload when one request is one customer. */
  payload: z.string().max(262_144).default(''),
  /** Batch webhook: one request for up to `batchSize` customers, from Root over Customer. */
  batch: z.boolean().default(false),
  root: z.string().max(262_144).default(''),
  customer: z.string().max(262_144).default(''),
  batchSize: z.number().int().min(1).max(1000).default(1000),
  /** How long a batch on an on-event path waits for company, in seconds. */
  lingerSeconds: z.number().min(0).max(60).default(2),
  /** Values of the template parameters `[[ name ]]`, by name. */
  parameters: z.record(z.string(), z.string().max(65_536)).default({}),
  /** "format": values are escaped for the place they stand in; "raw": exactly as Jinja renders them. */
  escaping: z.enum(['format', 'raw']).default('format'),
  response: z.enum(['json', 'text', 'discard']).default('json'),
  /** 200 with `success: false` counts as rejected (Bloomreach docs: creating an API endpoint for webhooks). */
  successFalseFails: z.boolean().default(true),
  results: ResultMapping.nullable().default(null),
  policyId: z.string().nullable().default(null),
  /** One deadline around the whole exchange. */
  timeoutSeconds: z.number().int().min(1).max(60).default(15),
  /** Retries stop this long after the first try. */
  expiryMinutes: z
    .number()
    .int()
    .min(5)
    .max(72 * 60)
    .default(360),
  /**
   * Statuses by which the receiver says that nothing of a batch was accepted: it is halved until the record at fault stands
   * alone, and only that one is rejected.
   */
  isolate: z.array(z.number().int().min(400).max(599)).max(20).default([]),
  /** What becomes of requests that a dead worker may or may not have sent. */
  inDoubt: z.enum(['send-again', 'unknown']).default('send-again'),
  /** Properties (name, Jinja) added to the `campaign` event. */
  tracked: z
    .array(z.object({ name: z.string().max(256), value: z.string().max(4096) }))
    .max(20)
    .default([]),
  preset: PresetLink.nullable().default(null),
});
export type WebhookSettings = z.infer<typeof WebhookSettings>;

/** Largest number of customers in one request: what is set, but at most 200 on an on-event path (Bloomreach docs: batch webhooks). */
export function effectiveBatchSize(settings: WebhookSettings, onEvent: boolean): number {
  if (!settings.batch) return 1;
  return onEvent ? Math.min(settings.batchSize, 200) : settings.batchSize;
}

/** The templates of a webhook with the labels that errors and the editor use, in the order they stand on screen. */
export function webhookTemplates(
  settings: WebhookSettings,
): { field: string; name: string; source: string; place: 'url' | 'header' | PayloadFormat }[] {
  return [
    { field: 'url', name: 'URL', source: settings.url, place: 'url' as const },
    ...settings.headers.flatMap((h, i) =>
      h.secretId === null
        ? [{ field: `headers.${i}.value`, name: `Header ${h.name}`, source: h.value, place: 'header' as const }]
        : [],
    ),
    ...(settings.batch
      ? [
          { field: 'root', name: 'Root', source: settings.root, place: settings.format },
          { field: 'customer', name: 'Customer', source: settings.customer, place: settings.format },
        ]
      : [{ field: 'payload', name: 'Payload', source: settings.payload, place: settings.format }]),
  ];
}

/** Content-Type by format, unless a header of the node says otherwise. */
export const CONTENT_TYPE: Record<PayloadFormat, string> = {
  json: 'application/json',
  text: 'text/plain; charset=utf-8',
  xml: 'application/xml',
};
