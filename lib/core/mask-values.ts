/** What stands for a value that may not be seen; as long for every value, so that it tells nothing of it. */
export const HIDDEN_VALUE = '•••';

/**
 * A text without its values: of JSON, XML and form data the names and the shape stay, of anything else nothing. For people
 * who may know what was sent, but not about whom.
 */
export function maskValues(text: string): string {
  if (text.trim() === '') return '';
  try {
    return JSON.stringify(maskData(JSON.parse(text)), null, 2);
  } catch {
    if (/^\s*<[?!A-Za-z]/.test(text)) return maskXml(text);
    return /^[^\s=&]+=[^\s&]*(&[^\s=&]+=[^\s&]*)*$/.test(text) ? maskForm(text) : HIDDEN_VALUE;
  }
}

/** The same of a value: every leaf is hidden, and so is a name that is no name but somebody's address or number. */
export function maskData(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(maskData);
  if (typeof value !== 'object' || value === null) return HIDDEN_VALUE;
  return Object.fromEntries(Object.entries(value).map(([name, inner], i) => [maskName(name, i), maskData(inner)]));
}

const maskName = (name: string, place: number): string =>
  isName(name) ? name : `${HIDDEN_VALUE}${place === 0 ? '' : ` ${place + 1}`}`;

/** Letters, digits and usual separators, without a long number. */
const isName = (text: string): boolean => /^[\p{L}_$][\p{L}\p{N}_$.:[\] -]{0,63}$/u.test(text) && !/\d{5}/.test(text);

/** Tags and names of attributes stay; texts, values of attributes, comments and CDATA go. */
function maskXml(text: string): string {
  const parts = text.match(/<!--[\s\S]*?-->|<!\[CDATA\[[\s\S]*?\]\]>|<[^<>]*>|[^<]+|</g) ?? [];
  return parts
    .map((part) => {
      if (/^<(\/?[\p{L}_][\p{L}\p{N}_.:-]*|\?xml)/u.test(part) && part.endsWith('>')) return maskTag(part);
      return part.trim() === '' ? part : HIDDEN_VALUE;
    })
    .join('')
    .replace(/(•••)+/g, HIDDEN_VALUE);
}

function maskTag(tag: string): string {
  const [, start = '', rest = '', end = ''] = /^(<[/?]?[^\s/>?]+)([\s\S]*?)(\??\/?>)$/.exec(tag) ?? [];
  const names = [...rest.matchAll(/([\p{L}_][\p{L}\p{N}_.:-]*)\s*=\s*("[^"]*"|'[^']*')/gu)].map(([, name]) => name!);
  return `${start}${names.map((name) => ` ${name}="${HIDDEN_VALUE}"`).join('')}${end}`;
}

function maskForm(text: string): string {
  return text
    .split('&')
    .map((pair, i) => `${maskName(pair.slice(0, pair.indexOf('=')), i)}=${HIDDEN_VALUE}`)
    .join('&');
}

/** A URL as far as its host, and the names in its query. */
export function maskUrl(url: string): string {
  const [, origin, query] = /^([a-z]+:\/\/[^/?#@]+)(?=[/?#]|$)(?:\/[^?#]*)?(?:\?([^#]*))?/i.exec(url) ?? [];
  if (origin === undefined) return HIDDEN_VALUE;
  return `${origin}/${HIDDEN_VALUE}${query ? `?${maskQuery(query)}` : ''}`;
}

/** A name without a value is one all the same. */
const maskQuery = (query: string): string => maskForm(query.replace(/(^|&)([^=&]+)(?=&|$)/g, '$1$2='));

/** Path and query of a request to a target of ours: words of the path stay, and names in the query. */
export function maskPath(path: string): string {
  const [route = '', query] = path.split(/\?(.*)/s);
  const shown = route.split('/').map((part) => (/^(v\d{1,2}|[a-z][a-z_-]{0,30}|)$/.test(part) ? part : HIDDEN_VALUE));
  return `${shown.join('/')}${query ? `?${maskQuery(query)}` : ''}`;
}

/** Headers that say how a request was sent and never about whom. */
const PLAIN_HEADERS = new Set(['content-type', 'idempotency-key', 'webhook-id', 'date', 'server', 'retry-after']);

/** Whether the value of a header may be seen by whoever may not see values. */
export const isPlainHeader = (name: string): boolean => PLAIN_HEADERS.has(name.toLowerCase());

/** Headers with the values hidden of all that may carry something personal. */
export function maskHeaders(headers: readonly [name: string, value: string][]): [name: string, value: string][] {
  return headers.map(([name, value]) => [name, isPlainHeader(name) ? value : HIDDEN_VALUE]);
}
