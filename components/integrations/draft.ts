import type { InputOf, OutputOf } from '@/components/call';
import { headerField, type IntegrationKind, type IntegrationSettings, secretFields } from '@/lib/core/integration';
import { checkPrefix } from '@/lib/core/prefix-cover';

/** An integration while it is being written. Values of secrets are there only from typing until saving. */
export interface Draft {
  name: string;
  prefix: string;
  settings: IntegrationSettings;
  secrets: Record<string, string>;
}

export type Stored = OutputOf<'integration.get'>;

/** A new integration of a kind. */
export function blankDraft(kind: IntegrationKind): Draft {
  return { name: '', prefix: '', settings: BLANK[kind], secrets: {} };
}

const TEST = { method: 'GET', path: '' } as const;
const BLANK: { [Kind in IntegrationKind]: Extract<IntegrationSettings, { kind: Kind }> } = {
  http: { kind: 'http', scheme: 'basic', headers: [{ name: 'Authorization', value: null }], test: TEST },
  responsys: { kind: 'responsys', test: null },
  oauth2: {
    kind: 'oauth2',
    tokenUrl: '',
    clientId: '',
    scope: '',
    audience: '',
    clientAuthentication: 'header',
    test: null,
  },
  'api-key': { kind: 'api-key', parameter: 'api_key', test: TEST },
  signature: { kind: 'signature', previousUntil: null, test: TEST },
  certificate: { kind: 'certificate', subject: null, expiresAt: null, test: TEST },
};

export function draftOf({ name, prefix, settings }: Stored): Draft {
  return { name, prefix, settings, secrets: {} };
}

/**
 * Whether saving will forget the stored secrets, as the server decides it (lib/services/integration.ts): with another
 * prefix, token address or scheme they could be pointed at somebody else.
 */
export function forgetsSecrets(stored: Stored, { prefix, settings }: Draft): boolean {
  if (stored.stored.length === 0) return false;
  const next = checkPrefix(prefix);
  if ((next.ok ? next.url : prefix) !== stored.prefix) return true;
  const was = stored.settings;
  if (was.kind === 'oauth2' && settings.kind === 'oauth2') return was.tokenUrl !== settings.tokenUrl;
  return was.kind === 'http' && settings.kind === 'http' && was.scheme !== settings.scheme;
}

/** Settings and secrets in the shape of `integration.create`: rows that were left empty and a scheme's leftovers go. */
export function inputOf({ name, prefix, settings, secrets }: Draft): InputOf<'integration.create'> {
  const cleaned = cleanedSettings(settings);
  const known = new Set(secretFields(cleaned).map(({ field }) => field));
  return {
    name,
    prefix,
    settings: cleaned,
    secrets: Object.fromEntries(Object.entries(secrets).filter(([field]) => known.has(field))),
  };
}

function cleanedSettings(settings: IntegrationSettings): IntegrationSettings {
  if (settings.kind !== 'http') return settings;
  return settings.scheme === 'basic' ? { ...settings, headers: [] } : settings;
}

/** A renamed secret header takes the value that was typed for it along. */
export function renamedSecret(secrets: Draft['secrets'], from: string, to: string): Draft['secrets'] {
  const { [headerField(from)]: value, ...others } = secrets;
  return value === undefined ? secrets : { ...others, [headerField(to)]: value };
}

/**
 * Whether a public value looks as if it should be secret: a scheme with credentials, or long and random.
 * Only a hint, so it may err.
 */
export function looksSecret(value: string): boolean {
  if (/^(bearer|basic|token|apikey)\s+\S{6,}/i.test(value)) return true;
  if (/\s/.test(value) || value.length < 20) return false;
  const kinds = [/[a-z]/, /[A-Z]/, /\d/].filter((kind) => kind.test(value)).length;
  return kinds >= 2 && new Set(value).size >= 12 && !/^https?:/.test(value);
}
