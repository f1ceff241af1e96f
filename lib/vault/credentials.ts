import { coverUrl } from '../core/prefix-cover.ts';
import { type OutgoingRequest, refuseHeaderName, refuseHeaderValue } from '../transport/index.ts';

/**
 * Credentials that are ready for use. They are attached to a rendered request and only where the integration's endpoint
 * prefix covers the URL; the URL that leaves is the normalised one that was checked.
 */
export interface Credentials {
  /** Everything that must not be seen in answers, errors and logs; changes when a token is renewed. For `mask`. */
  readonly secrets: readonly string[];
  /** The request as it may leave. Reaches out only when a token is needed. */
  authorise(request: OutgoingRequest): Promise<Authorised>;
  /** After a 401: one new login, shared by all workers. True when the request is worth one more try. */
  renew?(): Promise<boolean>;
}

export type Authorised =
  | { ok: true; request: OutgoingRequest; certificate?: { cert: string; key: string } }
  /** `temporary`: the token's server could not be reached; later it may work. */
  | { ok: false; reason: string; temporary: boolean };

/** Shown in place of a secret value before it is known or where it must not be seen. */
export const HIDDEN = '••••••••';

export const refused = (reason: string, temporary = false): Authorised => ({ ok: false, reason, temporary });

/** Credentials of integrations that know everything at once: the prefix is checked, then `attach` adds to the request. */
export function staticCredentials(
  prefix: string,
  secrets: readonly string[],
  attach: (request: OutgoingRequest) => OutgoingRequest,
  certificate?: { cert: string; key: string },
): Credentials {
  return {
    secrets,
    async authorise(request) {
      const covered = covering(request, prefix);
      if (!covered.ok) return covered;
      const authorised = checked(attach(covered.request), secrets);
      return authorised.ok && certificate ? { ...authorised, certificate } : authorised;
    },
  };
}

/** Checks a request's URL against a prefix; the result carries the normalised URL. */
export function covering(request: OutgoingRequest, prefix: string): Authorised {
  const cover = coverUrl(request.url, prefix);
  return cover.ok
    ? { ok: true, request: { ...request, url: cover.url } }
    : refused(`the URL is outside the integration's endpoint prefix ${prefix}: ${cover.reason}`);
}

/** A last look at headers that credentials added: one that cannot be sent is a fault, and its value is not repeated. */
export function checked(request: OutgoingRequest, secrets: readonly string[]): Authorised {
  for (const [name, value] of request.headers) {
    if (!secrets.some((secret) => secret !== '' && value.includes(secret))) continue;
    const fault = refuseHeaderName(name) ?? refuseHeaderValue(name, value);
    if (fault) return refused(fault);
  }
  return { ok: true, request };
}

/** Sets headers: one of the same name that the request had, in any case, goes. */
export function withHeaders(request: OutgoingRequest, added: [name: string, value: string][]): OutgoingRequest {
  const names = new Set(added.map(([name]) => name.toLowerCase()));
  return { ...request, headers: [...request.headers.filter(([name]) => !names.has(name.toLowerCase())), ...added] };
}

/** Sets one parameter of the query; the others stay as they are written. */
export function withParameter(url: string, name: string, value: string): string {
  const [base = '', query = ''] = url.split(/\?(.*)/s);
  const others = query.split('&').filter((pair) => pair !== '' && nameOf(pair) !== name);
  return `${base}?${[...others, `${encodeURIComponent(name)}=${encodeURIComponent(value)}`].join('&')}`;
}

function nameOf(pair: string): string {
  return [...new URLSearchParams(pair).keys()][0] ?? '';
}
