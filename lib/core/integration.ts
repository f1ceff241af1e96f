import { z } from 'zod';
import { Method } from './webhook.ts';

/**
 * The kinds of authentication integrations: what of them may be shown, and which secrets they keep. What is secret is
 * never part of these settings; `secretFields` names it, lib/vault seals it.
 */

export const INTEGRATION_KINDS = ['http', 'responsys', 'oauth2', 'api-key', 'signature', 'certificate'] as const;
export type IntegrationKind = (typeof INTEGRATION_KINDS)[number];

/** A request that shows whether the credentials work: empty body, 200 is success (Bloomreach docs: test settings). */
const TestSettings = z
  .strictObject({ method: Method, path: z.string().trim().max(2048, 'Use at most 2048 characters.') })
  .nullable()
  .default(null);

const HeaderRow = z.strictObject({
  name: z.string().trim().min(1, 'Give the header a name.').max(256, 'Use at most 256 characters.'),
  /** Null for a secret header, whose value is sealed. */
  value: z.string().max(8192, 'Use at most 8192 characters.').nullable(),
});

/** What may be shown of an integration, by kind. */
export const IntegrationSettings = z.discriminatedUnion('kind', [
  z.strictObject({
    kind: z.literal('http'),
    /** Basic (RFC 7617), or headers of any name: Bearer (RFC 6750), Proxy-Authorization (RFC 7235). */
    scheme: z.enum(['basic', 'headers']),
    headers: z.array(HeaderRow).max(20, 'At most 20 headers.').default([]),
    test: TestSettings,
  }),
  z.strictObject({ kind: z.literal('responsys'), test: TestSettings }),
  z.strictObject({
    kind: z.literal('oauth2'),
    tokenUrl: z.string().trim().max(2048, 'Use at most 2048 characters.'),
    clientId: z.string().trim().min(1, 'Give the client ID.').max(512, 'Use at most 512 characters.'),
    scope: z.string().trim().max(2048, 'Use at most 2048 characters.').default(''),
    audience: z.string().trim().max(2048, 'Use at most 2048 characters.').default(''),
    /** Where the client's name and secret stand in the token request (RFC 6749 §2.3.1). */
    clientAuthentication: z.enum(['header', 'body']).default('header'),
    test: TestSettings,
  }),
  z.strictObject({
    kind: z.literal('api-key'),
    parameter: z
      .string()
      .trim()
      .regex(/^[A-Za-z0-9_.~-]{1,128}$/, 'Use letters, digits and _ . ~ - (at most 128).'),
    test: TestSettings,
  }),
  z.strictObject({
    kind: z.literal('signature'),
    /** After this time the secret before the last rotation signs no longer; null when none does. */
    previousUntil: z.iso.datetime().nullable().default(null),
    test: TestSettings,
  }),
  z.strictObject({
    kind: z.literal('certificate'),
    /** Read from the certificate when it is stored. */
    subject: z.string().max(1024).nullable().default(null),
    expiresAt: z.iso.datetime().nullable().default(null),
    test: TestSettings,
  }),
]);
export type IntegrationSettings = z.infer<typeof IntegrationSettings>;
export type SettingsOf<Kind extends IntegrationKind> = Extract<IntegrationSettings, { kind: Kind }>;

export interface SecretField {
  field: string;
  label: string;
  required: boolean;
  /** Several lines, as PEM has. */
  long?: boolean;
}

/** The secrets that an integration keeps under these settings, in the order of its form. */
export function secretFields(settings: IntegrationSettings): SecretField[] {
  switch (settings.kind) {
    case 'http':
      return settings.scheme === 'basic'
        ? [
            { field: 'username', label: 'User name', required: true },
            { field: 'password', label: 'Password', required: false },
          ]
        : settings.headers
            .filter(({ value }) => value === null)
            .map(({ name }) => ({ field: headerField(name), label: name, required: true }));
    case 'responsys':
      return [
        { field: 'username', label: 'User name', required: true },
        { field: 'password', label: 'Password', required: true },
      ];
    case 'oauth2':
      return [{ field: 'clientSecret', label: 'Client secret', required: true }];
    case 'api-key':
      return [{ field: 'value', label: 'API key', required: true }];
    case 'signature':
      return [{ field: 'secret', label: 'Signing secret', required: true }];
    case 'certificate':
      return [
        { field: 'certificate', label: 'Certificate (PEM)', required: true, long: true },
        { field: 'key', label: 'Private key (PEM)', required: true, long: true },
      ];
  }
}

/** The name under which the value of a secret header is sealed. */
export const headerField = (name: string): string => `header:${name.toLowerCase()}`;
