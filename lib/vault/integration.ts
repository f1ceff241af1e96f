import {
  headerField,
  type IntegrationKind,
  IntegrationSettings,
  type SettingsOf,
  secretFields,
} from '../core/integration.ts';
import type { OutgoingRequest, Transport } from '../transport/index.ts';
import {
  type Authorised,
  type Credentials,
  checked,
  covering,
  HIDDEN,
  refused,
  staticCredentials,
  withHeaders,
  withParameter,
} from './credentials.ts';
import { open, seal, UnreadableSecret } from './envelope.ts';
import { fetchClientToken } from './oauth.ts';
import { atEndPoint, logInToResponsys } from './responsys.ts';
import { signed } from './signature.ts';
import { type Login, renewToken, type TokenOwner, tokenOf } from './token.ts';
import { ownTransport } from './way-out.ts';

/** A row of `integration`, as much of it as credentials need. */
export interface StoredIntegration {
  id: string;
  projectId: string;
  kind: string;
  /** Where the credentials may go; for Responsys the login endpoint, whose answer names that place. */
  prefix: string;
  public: unknown;
  sealed: Uint8Array | null;
}

/** Secret values by field (lib/core/integration.ts: secretFields). */
export type Secrets = Record<string, string>;

const placeOf = ({ id, projectId }: { id: string; projectId: string }) => ({
  projectId,
  objectId: id,
  field: 'credentials',
});

/** The settings of a stored integration. */
export function settingsOf(row: Pick<StoredIntegration, 'kind' | 'public'>): IntegrationSettings {
  return IntegrationSettings.parse({ ...(row.public as object), kind: row.kind });
}

/** Seals the secrets of an integration. */
function sealSecrets(row: { id: string; projectId: string }, secrets: Secrets): Uint8Array<ArrayBuffer> {
  return seal(JSON.stringify(secrets), placeOf(row));
}

/**
 * Replaces some secrets of an integration and keeps the others; fields that the settings no longer have go. The values
 * never leave the vault.
 * @returns the new seal (null when nothing is left), and the required fields that have no value
 */
export function changeSecrets(
  row: StoredIntegration,
  settings: IntegrationSettings,
  replaced: Secrets,
): { sealed: Uint8Array<ArrayBuffer> | null; missing: string[] } {
  const wanted = secretFields(settings);
  const before = readable(row);
  const all = { ...before, ...replaced };
  const rotated = settings.kind === 'signature' && settings.previousUntil !== null && replaced.secret && before.secret;
  const names = [...wanted.map(({ field }) => field), ...(settings.kind === 'signature' ? ['previous'] : [])];
  if (rotated) all.previous = before.secret!;
  const left = Object.fromEntries(names.filter((name) => all[name] !== undefined).map((name) => [name, all[name]!]));
  return {
    sealed: Object.keys(left).length > 0 ? sealSecrets(row, left) : null,
    missing: wanted.filter(({ field, required }) => required && !left[field]).map(({ field }) => field),
  };
}

/** The names of the fields that have a value; none when the seal cannot be opened. */
export function storedFields(row: StoredIntegration): string[] {
  return Object.keys(readable(row));
}

function readable(row: StoredIntegration): Secrets {
  try {
    return row.sealed ? openSecrets(row) : {};
  } catch (error) {
    if (error instanceof UnreadableSecret) return {};
    throw error;
  }
}

function openSecrets(row: StoredIntegration): Secrets {
  return JSON.parse(open(row.sealed!, placeOf(row))) as Secrets;
}

/**
 * Opens the credentials of an integration; once for a chunk, not once a request. Reaches out only later, when a request
 * is authorised and a token is needed. Secrets that cannot be read or are missing are a value: every request is refused
 * with the reason.
 * @param transport for logins; by default the vault's own way out, under the same address rules as webhooks
 */
export async function openIntegration(row: StoredIntegration, transport?: Transport): Promise<Credentials> {
  const settings = settingsOf(row);
  let secrets: Secrets;
  try {
    secrets = row.sealed ? openSecrets(row) : {};
  } catch (error) {
    if (!(error instanceof UnreadableSecret)) throw error;
    return refusing(`${error.message} Enter the secrets of the integration again.`);
  }
  const missing = secretFields(settings).filter(({ field, required }) => required && !secrets[field]);
  if (missing.length > 0)
    return refusing(`the integration has no value for ${missing.map(({ label }) => label).join(', ')}; enter it`);
  return OPEN[settings.kind](row, settings as never, secrets, transport ?? ownTransport());
}

const refusing = (reason: string): Credentials => ({ secrets: [], authorise: async () => refused(reason) });

type Opener<Kind extends IntegrationKind> = (
  row: StoredIntegration,
  settings: SettingsOf<Kind>,
  secrets: Secrets,
  transport: Transport,
) => Credentials;

const OPEN: { [Kind in IntegrationKind]: Opener<Kind> } = {
  http(row, settings, secrets) {
    const headers = httpHeaders(settings, secrets);
    const hidden = settings.scheme === 'basic' ? basicSecrets(secrets) : Object.values(secrets).flatMap(valueForms);
    return staticCredentials(row.prefix, hidden, (request) => withHeaders(request, headers));
  },
  'api-key'(row, { parameter }, { value = '' }) {
    return staticCredentials(row.prefix, [value], (request) => ({
      ...request,
      url: withParameter(request.url, parameter, value),
    }));
  },
  signature(row, { previousUntil }, { secret = '', previous }) {
    const both = [secret, ...(previous ? [previous] : [])];
    return staticCredentials(
      row.prefix,
      both.flatMap((one) => [one, one.replace(/^whsec_/, '')]),
      (request) => {
        const now = Date.now();
        const inUse = previous && previousUntil && Date.parse(previousUntil) > now ? both : [secret];
        return signed(request, inUse, Math.floor(now / 1000));
      },
    );
  },
  certificate(row, _settings, { certificate = '', key = '' }) {
    return staticCredentials(row.prefix, [key.trim(), key.replace(/-----[^-]+-----|\s/g, '')], (request) => request, {
      cert: certificate,
      key,
    });
  },
  oauth2(row, settings, { clientSecret = '' }, transport) {
    const login = () => fetchClientToken(transport, { ...settings, clientSecret });
    return tokenCredentials(row, login, [clientSecret], ({ token }, request) => {
      const covered = covering(request, row.prefix);
      return covered.ok
        ? { ...covered, request: withHeaders(covered.request, [['Authorization', `Bearer ${token}`]]) }
        : covered;
    });
  },
  responsys(row, _settings, { username = '', password = '' }, transport) {
    const login: TokenOwner['login'] = (valid) =>
      logInToResponsys(transport, { loginEndpoint: row.prefix, username, password }, valid);
    return tokenCredentials(row, login, [password], ({ token, endPoint }, request) => {
      const covered = covering({ ...request, url: atEndPoint(request.url, endPoint!) }, endPoint!);
      // The bare token, without a scheme (Oracle Responsys REST API v1.3).
      return covered.ok ? { ...covered, request: withHeaders(covered.request, [['Authorization', token]]) } : covered;
    });
  },
};

function tokenCredentials(
  row: StoredIntegration,
  login: TokenOwner['login'],
  own: string[],
  attach: (grant: { token: string; endPoint: string | null }, request: OutgoingRequest) => Authorised,
): Credentials {
  const made = [row.prefix, JSON.stringify(row.public), Buffer.from(row.sealed!).toString('base64')];
  const owner: TokenOwner = { id: row.id, projectId: row.projectId, made, login };
  let secrets: readonly string[] = own;
  let token = '';
  const learned = (result: Login & { ok: true }) => {
    if (result.grant.token === token) return;
    // The one before may still be echoed by requests that are under way.
    secrets = [...own, result.grant.token, ...(token ? [token] : [])];
    token = result.grant.token;
  };
  return {
    get secrets() {
      return secrets;
    },
    async authorise(request) {
      const result = await tokenOf(owner);
      if (!result.ok) return refused(result.reason, result.temporary);
      learned(result);
      const authorised = attach(result.grant, request);
      return authorised.ok ? checked(authorised.request, secrets) : authorised;
    },
    renew: () => renewToken(owner, token),
  };
}

function httpHeaders(settings: SettingsOf<'http'>, secrets: Secrets): [string, string][] {
  if (settings.scheme === 'basic') {
    const joined = Buffer.from(`${secrets.username ?? ''}:${secrets.password ?? ''}`).toString('base64');
    return [['Authorization', `Basic ${joined}`]];
  }
  return settings.headers.map(({ name, value }) => [name, value ?? secrets[headerField(name)] ?? '']);
}

/** Without a password the user name is the secret, as some services have it. */
const basicSecrets = ({ username = '', password = '' }: Secrets) => [
  `${username}:${password}`,
  password === '' ? username : password,
];

/** A value such as `Bearer abc` is secret as a whole and without its scheme. */
const valueForms = (value: string) => [value, value.replace(/^[A-Za-z-]+ +/, '')];

/**
 * What a request will look like, for a preview: the prefix is checked, secret values are hidden, nothing is opened and
 * nothing leaves. A path of Responsys stays a path, because only a login says where it goes.
 * @returns the names (lower case) of the headers whose values are hidden
 */
export function previewIntegration(
  row: Pick<StoredIntegration, 'kind' | 'prefix' | 'public'>,
  request: OutgoingRequest,
): (Authorised & { ok: true; hidden: string[] }) | (Authorised & { ok: false }) {
  const settings = settingsOf(row);
  if (settings.kind === 'responsys')
    return { ok: true, request: withHeaders(request, [['Authorization', HIDDEN]]), hidden: ['authorization'] };
  const covered = covering(request, row.prefix);
  if (!covered.ok) return covered;
  const added = previewHeaders(settings);
  const url =
    settings.kind === 'api-key'
      ? `${withParameter(covered.request.url, settings.parameter, '')}${HIDDEN}`
      : covered.request.url;
  return {
    ok: true,
    request: withHeaders(
      { ...covered.request, url },
      added.map(([name, value]) => [name, value ?? HIDDEN]),
    ),
    hidden: added.filter(([, value]) => value === null).map(([name]) => name.toLowerCase()),
  };
}

/** The names of the headers that an integration sets, in lower case: a webhook's own of such a name is not sent. */
export function headersSetBy(row: Pick<StoredIntegration, 'kind' | 'public'>): string[] {
  return previewHeaders(settingsOf(row)).map(([name]) => name.toLowerCase());
}

/** The headers that credentials will set; null for a value that must not be seen. */
function previewHeaders(settings: IntegrationSettings): [name: string, value: string | null][] {
  switch (settings.kind) {
    case 'http':
      return settings.scheme === 'basic'
        ? [['Authorization', null]]
        : settings.headers.map(({ name, value }) => [name, value]);
    case 'oauth2':
    case 'responsys':
      return [['Authorization', null]];
    case 'signature':
      return [['webhook-signature', null]];
    default:
      return [];
  }
}
