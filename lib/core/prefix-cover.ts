/**
 * Whether a URL lies below an integration's endpoint prefix, so that its credentials may go there (Bloomreach docs:
 * HTTP Authentication Schemas). Strict on purpose: what one server reads as a plain path another decodes into a way out,
 * so anything ambiguous is refused, and the string to send is the normalised one.
 */
export type Cover = { ok: true; url: string } | { ok: false; reason: string };

const MAX_LENGTH = 8192;
const SPACE_AT_ENDS = /^[\t\n\f\r ]+|[\t\n\f\r ]+$/g;
const CONTROL = /[\u0000-\u001f\u007f-\u009f]/;
const DOT_SEGMENT = /(?:^|[/\\])(?:\.|%2e){1,2}(?=$|[/\\?#;])/i;
const ENCODED_DANGER = /%(?:2f|5c|2e|[01][0-9a-f]|7f|25)/i;
/** Characters that some software takes for a dot or a slash: one-dot leader, ideographic full stop, division slash … */
const LOOK_ALIKE = /[\u2024\u2025\u2026\u3002\uff0e\uff61\u2044\u2215\u29f8\uff0f\u2216\uff3c\u29f5\ufe68]/;

/**
 * Checks a rendered URL against a prefix.
 * @returns the exact URL to send, or why the credentials may not go there
 */
export function coverUrl(rawUrl: string, prefix: string): Cover {
  const target = parseStrictly(rawUrl);
  if (!target.ok) return target;
  const base = parseStrictly(prefix);
  if (!base.ok) return refuse(`the endpoint prefix itself is not usable: ${base.reason}`);
  if (target.url.origin !== base.url.origin)
    return refuse(`it goes to ${target.url.origin}, the prefix allows ${base.url.origin}`);
  const wanted = base.url.pathname.replace(/\/+$/, '');
  const path = target.url.pathname;
  if (path !== wanted && !path.startsWith(`${wanted}/`))
    return refuse(`the path ${path} is not below ${wanted || '/'}`);
  return { ok: true, url: target.url.href };
}

/** Whether a prefix can be stored: an absolute http(s) URL without query, credentials and anything ambiguous. */
export function checkPrefix(prefix: string): Cover {
  if (/[{}*]|\[\[|\]\]/.test(prefix))
    return refuse('a prefix is a fixed address: it holds no template and no wildcard');
  const parsed = parseStrictly(prefix);
  if (!parsed.ok) return parsed;
  if (prefix.includes('?')) return refuse('a prefix has no query');
  return { ok: true, url: parsed.url.href };
}

const refuse = (reason: string): { ok: false; reason: string } => ({ ok: false, reason });

function parseStrictly(raw: string): { ok: true; url: URL } | { ok: false; reason: string } {
  const text = raw.replace(SPACE_AT_ENDS, '');
  if (text.length > MAX_LENGTH) return refuse(`it is longer than ${MAX_LENGTH} characters`);
  if (CONTROL.test(text)) return refuse('it contains a control character');
  if (text.includes('\\')) return refuse('it contains a backslash');
  const shape = /^(https?):\/\/([^/?#]*)([^?#]*)(\?[^#]*)?(#.*)?$/i.exec(text);
  if (!shape) return refuse('it is not an absolute http:// or https:// URL');
  const [, , authority = '', path = '', , fragment] = shape;
  if (authority === '') return refuse('it has no host');
  if (/[^\x21-\x7e]/.test(authority)) return refuse('its host has characters outside ASCII');
  if (/[@%]/.test(authority)) return refuse('its host part contains @ or %');
  if (fragment !== undefined) return refuse('it has a fragment (#)');
  if (DOT_SEGMENT.test(path)) return refuse('its path contains a dot segment');
  if (ENCODED_DANGER.test(path)) return refuse('its path contains an encoded slash, dot, percent or control character');
  if (/\/\//.test(path)) return refuse('its path has an empty segment');
  if (/\.\.;|;\.\.|\/\.;/.test(path)) return refuse('its path contains a dot segment with a parameter');
  if (LOOK_ALIKE.test(path) || LOOK_ALIKE.test(decoded(path) ?? ''))
    return refuse('its path contains a character that looks like a dot or slash');
  if (decoded(path) === undefined) return refuse('its path is not valid UTF-8 after percent-decoding');
  if (!URL.canParse(text)) return refuse('it is not a valid URL');
  return { ok: true, url: new URL(text) };
}

function decoded(path: string): string | undefined {
  try {
    return decodeURIComponent(path);
  } catch {
    return undefined;
  }
}
