import { createPrivateKey, X509Certificate } from 'node:crypto';
import { z } from 'zod';
import { headerField, IntegrationSettings, secretFields } from '../core/integration.ts';
import { checkPrefix, coverUrl } from '../core/prefix-cover.ts';
import { refuseHeaderName, refuseHeaderValue } from '../transport/index.ts';
import { refuseSigningSecret, type Secrets, SHORTEST_SECRET } from '../vault/index.ts';
import { ServiceError } from './verb.ts';

/** What may be stored as an integration. Everything that decides whether a request can be sent is checked when it is saved. */

export const IntegrationInput = z.strictObject({
  name: z.string().trim().min(1, 'Give the integration a name.').max(120, 'Use at most 120 characters.'),
  /** Where the credentials may go; for Responsys the login endpoint. */
  prefix: z.string().trim().min(1, 'Give the endpoint prefix.').max(2048, 'Use at most 2048 characters.'),
  settings: IntegrationSettings,
  /** Values of secrets by field, write-only; one that is missing, or still the placeholder, keeps the stored value. */
  secrets: z.record(z.string().max(300), z.string().max(65_536)).default({}),
});
export type IntegrationInput = z.infer<typeof IntegrationInput>;

/** A placeholder that came back from a form: it means "keep", and can never be a value. */
const PLACEHOLDER = /^[*•]+$/;

/**
 * Checks an integration and fills in what is derived: the normalised prefix, subject and end of a certificate.
 * @throws ServiceError "invalid" with every fault by field
 */
export function checkedIntegration(input: IntegrationInput): IntegrationInput {
  const faults: { path: string; message: string }[] = [];
  const fault = (path: string, message: string | null) => {
    if (message) faults.push({ path, message });
  };
  const { settings } = input;
  const prefix = checkPrefix(input.prefix);
  if (!prefix.ok) fault('prefix', `This cannot be a prefix: ${prefix.reason}.`);
  const secrets = givenSecrets(input);
  for (const [field, value] of Object.entries(secrets)) fault(`secrets.${field}`, refuseSecret(settings, field, value));
  refuseSettings(settings, fault);
  if (prefix.ok && settings.test) fault('settings.test.path', refuseTestPath(prefix.url, settings));
  const derived = settings.kind === 'certificate' ? { ...settings, ...describePair(secrets, fault) } : settings;
  if (faults.length > 0) throw new ServiceError('invalid', faults[0]!.message, { fields: faults });
  return { ...input, prefix: prefix.ok ? prefix.url : input.prefix, settings: derived, secrets };
}

/** The values that were really entered. */
function givenSecrets({ secrets, settings }: IntegrationInput): Secrets {
  const values = Object.entries(secrets).filter(([, value]) => value !== '' && !PLACEHOLDER.test(value));
  const isText = settings.kind !== 'certificate';
  return Object.fromEntries(values.map(([field, value]) => [field, isText ? value.trim() : value]));
}

function refuseSecret(settings: IntegrationSettings, field: string, value: string): string | null {
  if (!secretFields(settings).some((known) => known.field === field))
    return `This integration has no secret named ${field}.`;
  if (field === 'username') return /[:\p{Cc}]/u.test(value) ? 'A user name has no colon and no line break.' : null;
  if (value.length < SHORTEST_SECRET)
    return `Use at least ${SHORTEST_SECRET} characters: a shorter secret could not be kept out of logs.`;
  if (settings.kind === 'signature') return refuseSigningSecret(value);
  if (field.startsWith('header:')) return refuseHeaderValue(field.slice('header:'.length), value);
  return settings.kind !== 'certificate' && /\p{Cc}/u.test(value)
    ? 'This has a line break or a control character.'
    : null;
}

function refuseSettings(settings: IntegrationSettings, fault: (path: string, message: string | null) => void): void {
  if (settings.kind === 'oauth2') fault('settings.tokenUrl', refuseTokenUrl(settings.tokenUrl));
  if (settings.kind !== 'http' || settings.scheme !== 'headers') return;
  if (settings.headers.length === 0) fault('settings.headers', 'Add at least one header.');
  const names = new Set<string>();
  settings.headers.forEach(({ name, value }, at) => {
    const path = `settings.headers.${at}`;
    fault(`${path}.name`, refuseHeaderName(name));
    if (value !== null) fault(`${path}.value`, value === '' ? 'Give the value.' : refuseHeaderValue(name, value));
    if (names.has(headerField(name))) fault(`${path}.name`, 'This header stands here twice.');
    names.add(headerField(name));
  });
}

function refuseTokenUrl(text: string): string | null {
  const url = URL.canParse(text) ? new URL(text) : null;
  if (!url || !/^https?:$/.test(url.protocol)) return 'Give the whole address, beginning with https://.';
  if (url.username || url.password) return 'Credentials do not belong into the address.';
  return url.hash ? 'The address has a fragment (#), which is never sent.' : null;
}

/** The test request is held to the prefix like any other; of Responsys only the login knows where it goes. */
function refuseTestPath(prefix: string, settings: IntegrationSettings): string | null {
  const { path } = settings.test!;
  if (settings.kind === 'responsys') return path.startsWith('/') ? null : 'Begin the path with /.';
  const cover = coverUrl(testUrl(prefix, path), prefix);
  return cover.ok ? null : `This leaves the endpoint prefix: ${cover.reason}.`;
}

/** The address of a test request. */
export function testUrl(prefix: string, path: string): string {
  if (path === '') return prefix;
  const base = prefix.replace(/\/+$/, '');
  return path.startsWith('?') ? `${base}${path}` : `${base}/${path.replace(/^\//, '')}`;
}

/** Where an integration sends credentials: below its prefix, and to the server that gives it tokens. */
export const urlsOf = (prefix: string, settings: IntegrationSettings): string[] =>
  settings.kind === 'oauth2' ? [prefix, settings.tokenUrl] : [prefix];

/** Certificate and key must belong together and be readable; both are replaced together. */
function describePair(
  { certificate, key }: Secrets,
  fault: (path: string, message: string | null) => void,
): { subject?: string; expiresAt?: string } {
  if (!certificate && !key) return {};
  if (!certificate || !key) {
    fault(certificate ? 'secrets.key' : 'secrets.certificate', 'Certificate and key are replaced together.');
    return {};
  }
  const read = readable(() => new X509Certificate(certificate));
  const privateKey = readable(() => createPrivateKey(key));
  if (!read) fault('secrets.certificate', 'This is not a certificate in PEM (-----BEGIN CERTIFICATE-----).');
  if (!privateKey)
    fault('secrets.key', 'This is not a private key in PEM without a passphrase (-----BEGIN PRIVATE KEY-----).');
  if (!read || !privateKey) return {};
  if (!read.checkPrivateKey(privateKey)) fault('secrets.key', 'This key does not belong to the certificate.');
  const expires = new Date(read.validTo);
  if (expires < new Date())
    fault('secrets.certificate', `This certificate expired on ${expires.toISOString().slice(0, 10)}.`);
  return { subject: read.subject.replaceAll('\n', ', ').slice(0, 1024), expiresAt: expires.toISOString() };
}

/** OpenSSL tells bad input from good only by throwing. */
function readable<T>(parse: () => T): T | null {
  try {
    return parse();
  } catch {
    return null;
  }
}
