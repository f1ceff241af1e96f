/** What stands where a secret stood. */
export const MASK = '[secret]';

/** Shorter strings are no secrets: hiding every "a" of an answer would hide nothing and destroy it. */
export const SHORTEST_SECRET = 4;

/** The forms of secrets that were masked lately; worked out once, because each answer of a run is masked. */
const known = new Map<string, readonly string[]>();
const MOST_KNOWN = 500;

/**
 * Hides secrets in a text that came from outside or goes to a log: raw, and in base64 (at every alignment, so also inside
 * a longer encoded text), base64url, percent-encoded, JSON-escaped, HTML-escaped and hexadecimal form.
 */
export function mask(text: string, secrets: readonly string[]): string {
  let masked = text;
  // The longest first, so that a secret inside another one leaves no rest of it.
  const wanted = secrets.filter((secret) => secret.length >= SHORTEST_SECRET).sort((a, b) => b.length - a.length);
  for (const secret of wanted)
    for (const form of knownForms(secret)) if (masked.includes(form)) masked = masked.replaceAll(form, MASK);
  return masked;
}

function knownForms(secret: string): readonly string[] {
  let forms = known.get(secret);
  if (!forms) {
    forms = [...new Set(formsOf(secret))].sort((a, b) => b.length - a.length);
    if (known.size >= MOST_KNOWN) known.clear();
    known.set(secret, forms);
  }
  return forms;
}

function formsOf(secret: string): string[] {
  const percent = encodeURIComponent(secret);
  const form = new URLSearchParams([['', secret]]).toString().slice(1);
  const json = JSON.stringify(secret).slice(1, -1);
  const hex = Buffer.from(secret).toString('hex');
  const html = secret
    .replaceAll('&', '&amp;')
    .replaceAll('<', '&lt;')
    .replaceAll('>', '&gt;')
    .replaceAll('"', '&quot;');
  return [
    secret,
    percent,
    lowerEscapes(percent),
    everyByte(secret),
    lowerEscapes(everyByte(secret)),
    form,
    lowerEscapes(form),
    json,
    json.replaceAll('/', '\\/'),
    asciiJson(json),
    html,
    html.replaceAll("'", '&#39;'),
    hex,
    hex.toUpperCase(),
    ...base64Forms(secret),
  ];
}

const lowerEscapes = (text: string) => text.replace(/%[0-9A-F]{2}/g, (escape) => escape.toLowerCase());
/** Every byte but letters and digits escaped, as stricter encoders do. */
const everyByte = (text: string) =>
  encodeURIComponent(text).replace(
    /[!'()*_.~-]/g,
    (character) => `%${character.charCodeAt(0).toString(16).toUpperCase()}`,
  );
const asciiJson = (json: string) =>
  json.replace(/[\u0080-\uffff]/g, (unit) => `\\u${unit.charCodeAt(0).toString(16).padStart(4, '0')}`);

/** The characters that depend on the secret alone, whatever stands before it in the encoded text. */
function base64Forms(secret: string): string[] {
  const bytes = Buffer.from(secret);
  if (bytes.length < 6) return [bytes.toString('base64'), bytes.toString('base64url')];
  return [0, 1, 2].flatMap((before) => {
    const encoded = Buffer.concat([Buffer.alloc(before), bytes])
      .toString('base64')
      .replace(/=+$/, '');
    const clean = encoded.slice([0, 2, 3][before]!, Math.floor(((before + bytes.length) * 8) / 6));
    return [clean, clean.replaceAll('+', '-').replaceAll('/', '_')];
  });
}
