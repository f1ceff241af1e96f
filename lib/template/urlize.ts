import { chargeText } from './budget.ts';
import { argumentError } from './filter.ts';
import { htmlEscape } from './markup.ts';
import { repr, str } from './print.ts';
import { iterate } from './sequences.ts';
import { isTruthy } from './values.ts';

/** Jinja's urlize: links for addresses in a text. Every pattern is linear; words are looked at one by one. */
export function urlize(text: string, args: unknown[]): string {
  const [limit, nofollow, target, rel, schemes] = args;
  const relations = new Set((rel === null ? '' : str(rel)).split(/\s+/).filter(Boolean));
  if (isTruthy(nofollow)) relations.add('nofollow');
  relations.add('noopener');
  const extra = schemes === null ? [] : iterate(schemes).map(str);
  for (const scheme of extra)
    if (!/^[\w.+-]{2,}:\/{0,2}$/.test(scheme)) throw argumentError(`${repr(scheme)} is not a valid URI scheme prefix.`);
  const attributes =
    ` rel="${htmlEscape([...relations].sort().join(' '))}"` +
    (isTruthy(target) ? ` target="${htmlEscape(str(target))}"` : '');
  const escaped = htmlEscape(text);
  chargeText(escaped.length * 4);
  const shorten = (shown: string) =>
    limit !== null && [...shown].length > Number(limit) ? `${[...shown].slice(0, Number(limit)).join('')}...` : shown;
  return escaped
    .split(/(\s+)/)
    .map((word) => linked(word, attributes, extra, shorten))
    .join('');
}

function linked(word: string, attributes: string, extra: string[], shorten: (text: string) => string): string {
  const { head, middle, tail } = apart(word);
  return head + link(middle, attributes, extra, shorten) + tail;
}

const OPENERS = ['(', '<', '&lt;'];
const CLOSERS = [')', '>', '.', ',', '\n', '&gt;'];
const PAIRS = [
  ['(', ')'],
  ['<', '>'],
  ['&lt;', '&gt;'],
] as const;

/** The word without the brackets and marks around it; brackets that belong to the address stay with it. */
function apart(word: string): { head: string; middle: string; tail: string } {
  const opener = (at: number) => OPENERS.find((one) => word.startsWith(one, at));
  const closer = (start: number, at: number) =>
    CLOSERS.find((one) => at - one.length >= start && word.endsWith(one, at));
  let from = 0;
  for (let mark = opener(from); mark; mark = opener(from)) from += mark.length;
  let to = word.length;
  for (let mark = closer(from, to); mark; mark = closer(from, to)) to -= mark.length;
  if (to === word.length) return { head: word.slice(0, from), middle: word.slice(from), tail: '' };
  let middle = word.slice(from, to);
  let tail = word.slice(to);
  for (const [open, close] of PAIRS) {
    const opened = middle.split(open).length - 1;
    if (opened <= middle.split(close).length - 1) continue;
    const moves = Math.min(opened, tail.split(close).length - 1);
    let end = 0;
    for (let i = 0; i < moves; i++) end = tail.indexOf(close, end) + close.length;
    middle += tail.slice(0, end);
    tail = tail.slice(end);
  }
  return { head: word.slice(0, from), middle, tail };
}

const WEB = /^(?:https?:\/\/|www\.)/i;
const HOST = /^[\p{L}\p{N}_%.-]+/u;
const TOP = new Set(['com', 'net', 'int', 'edu', 'gov', 'org', 'info', 'mil']);

function isWebAddress(text: string): boolean {
  const prefix = WEB.exec(text)?.[0] ?? '';
  const rest = text.slice(prefix.length);
  if (
    /^https?/i.test(prefix) &&
    /^\[(?:[\da-f]{0,4}:){2}(?:[\da-f]{0,4}:?){1,6}\](?::\d{1,5})?(?:[/?#]\S*)?$/i.test(rest)
  )
    return true;
  const host = HOST.exec(rest)?.[0] ?? '';
  if (!/^(?::\d{1,5})?(?:[/?#]\S*)?$/.test(rest.slice(host.length))) return false;
  const labels = host.split('.');
  if (labels.some((label) => label === '')) return false;
  const last = labels.at(-1)!;
  if (/^https?/i.test(prefix) && labels.length === 4 && labels.every((label) => /^\d{1,3}$/.test(label))) return true;
  if (prefix && (/^[a-z]{2,63}$/i.test(last) || /^xn--[\w%]{2,59}$/i.test(last))) return true;
  const whole = prefix.toLowerCase() === 'www.' ? ['www', ...labels] : prefix ? null : labels;
  return (
    whole !== null &&
    whole.length > 1 &&
    TOP.has(last.toLowerCase()) &&
    whole.slice(0, -1).every((label) => label.length >= 2 && label.length <= 63)
  );
}

function isMail(text: string): boolean {
  const at = text.lastIndexOf('@');
  if (at < 1 || /\s/.test(text)) return false;
  const host = text.slice(at + 1);
  const dot = host.lastIndexOf('.');
  return (
    dot > 0 &&
    /^[\p{L}\p{N}_][\p{L}\p{N}_.-]*$/u.test(host.slice(0, dot)) &&
    /^[\p{L}\p{N}_]+$/u.test(host.slice(dot + 1))
  );
}

function link(text: string, attributes: string, extra: string[], shorten: (text: string) => string): string {
  if (isWebAddress(text)) {
    const address = /^https?:\/\//.test(text) ? text : `https://${text}`;
    return `<a href="${address}"${attributes}>${shorten(text)}</a>`;
  }
  if (text.startsWith('mailto:') && isMail(text.slice(7))) return `<a href="${text}">${text.slice(7)}</a>`;
  if (text.includes('@') && !text.startsWith('www.') && !text.startsWith('@') && !text.includes(':') && isMail(text))
    return `<a href="mailto:${text}">${text}</a>`;
  const scheme = extra.find((one) => text !== one && text.startsWith(one));
  return scheme ? `<a href="${text}"${attributes}>${text}</a>` : text;
}
