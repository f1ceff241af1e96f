import { binary } from './arithmetic.ts';
import { chargeText } from './budget.ts';
import { TemplateError, typeError } from './errors.ts';
import { argumentError, type Filter, filter, like, text } from './filter.ts';
import { percentFormat } from './format-percent.ts';
import { htmlEscape } from './markup.ts';
import { unescapeHtml } from './methods.ts';
import { pformat } from './pretty.ts';
import { repr, str } from './print.ts';
import { iterate, length } from './sequences.ts';
import {
  capitalize,
  center,
  isSpace,
  lower,
  replace,
  rsplit,
  splitlines,
  strip,
  upper,
  wholeOf,
  widthOf,
} from './text.ts';
import { urlize } from './urlize.ts';
import {
  entriesOf,
  Func,
  Host,
  isMapping,
  isMarkup,
  isNumber,
  isText,
  Namespace,
  Safe,
  Tuple,
  textOf,
  typeName,
  Undefined,
} from './values.ts';
import { wrap } from './wordwrap.ts';

/** Jinja's title: a word begins after white space, a hyphen or an opening bracket. */
function title(value: string): string {
  chargeText(value.length);
  let out = '';
  let start = true;
  for (const char of value) {
    const separates = '-({[<'.includes(char) || isSpace(char.charCodeAt(0));
    out += separates ? char : start ? upper(char) : lower(char);
    start = separates;
  }
  return out;
}

function indent(value: unknown, width: unknown, first: unknown, blank: unknown): unknown {
  if (Array.isArray(value) && !(value instanceof Tuple))
    throw new TemplateError('AttributeError', "'list' object has no attribute 'splitlines'");
  if (value instanceof Undefined) throw value.complain();
  if (!isText(value)) throw typeError(additionError(value));
  const by = isText(width) ? textOf(width) : ' '.repeat(Math.max(0, widthOf(width)));
  const lines = splitlines(`${textOf(value)}\n`, false);
  chargeText(lines.length * (by.length + 1) + textOf(value).length);
  const done = lines.map((line, i) => (i > 0 && (blank || line !== '') ? by + line : line));
  return like(value, (first ? by : '') + done.join('\n'));
}

const additionError = (value: unknown): string =>
  value instanceof Tuple
    ? 'can only concatenate tuple (not "str") to tuple'
    : `unsupported operand type(s) for +=: '${typeName(value)}' and 'str'`;

function truncate(value: unknown, args: unknown[]): unknown {
  const [size, killwords, end, leeway] = args;
  const most = wholeOf(size);
  const tail = text(end);
  const slack = leeway === null ? 5 : wholeOf(leeway);
  if (most < [...tail].length)
    throw new TemplateError('AssertionError', `expected length >= ${[...tail].length}, got ${most}`);
  if (slack < 0) throw new TemplateError('AssertionError', `expected leeway >= 0, got ${slack}`);
  if (length(value) <= most + slack) return value;
  if (!isText(value)) throw typeError(`'${typeName(value)}' object is not subscriptable`);
  chargeText(textOf(value).length);
  const head = [...textOf(value)].slice(0, most - [...tail].length).join('');
  const cut = killwords ? head : rsplit(head, ' ', 1)[0]!;
  return isMarkup(value) ? binary('+', new Safe(cut, value.kind), end) : cut + tail;
}

function striptags(value: unknown): string {
  let rest = text(value);
  chargeText(rest.length * 2);
  rest = without(rest, '<!--', '-->');
  rest = without(rest, '<', '>');
  return unescapeHtml(
    rest
      .split(/[\s\x1c-\x1f\x85]+/)
      .filter(Boolean)
      .join(' '),
  );
}

/** The text without what stands between the marks; a mark that is not closed stays, and all behind it. */
function without(value: string, open: string, close: string): string {
  let out = '';
  let from = 0;
  // What is left after a removal may form a new opening mark with what follows, so the search goes on in `out`.
  for (;;) {
    const start = value.indexOf(open, from);
    const end = start < 0 ? -1 : value.indexOf(close, start);
    if (start < 0 || end < 0) return out + value.slice(from);
    out += value.slice(from, start);
    from = end + close.length;
  }
}

function xmlattr(value: unknown, autospace: unknown): string {
  if (value instanceof Undefined) throw value.complain();
  if (!isMapping(value))
    throw new TemplateError('AttributeError', `'${typeName(value)}' object has no attribute 'items'`);
  const items: string[] = [];
  for (const [key, item] of entriesOf(value)) {
    if (item === null || item instanceof Undefined) continue;
    if (!isText(key)) throw typeError(`expected string or bytes-like object, got '${typeName(key)}'`);
    if (/[ \t\n\r\f\v/>=]/.test(textOf(key)))
      throw new TemplateError('ValueError', `Invalid character in attribute name: ${repr(key)}`);
    const quoted = `${htmlEscape(textOf(key))}="${isMarkup(item) ? item.text : htmlEscape(str(item))}"`;
    chargeText(quoted.length);
    items.push(quoted);
  }
  const joined = items.join(' ');
  return autospace && joined ? ` ${joined}` : joined;
}

function quote(value: unknown, space: boolean): string {
  const raw = text(value);
  chargeText(raw.length * 2);
  const encoded = encodeURIComponent(raw.toWellFormed()).replace(
    /[!'()*]/g,
    (char) => `%${char.charCodeAt(0).toString(16).toUpperCase()}`,
  );
  return space ? encoded.replaceAll('%20', '+') : encoded.replaceAll('%2F', '/');
}

function urlencode(value: unknown): string {
  if (isText(value) || isNumber(value) || value === null || typeof value === 'boolean') return quote(value, false);
  if (isMapping(value))
    return entriesOf(value)
      .map(([key, item]) => `${quote(key, true)}=${quote(item, true)}`)
      .join('&');
  if (value instanceof Undefined) return '';
  if (value instanceof Func || value instanceof Host || value instanceof Namespace) return quote(value, false);
  return iterate(value)
    .map((pair) => {
      if (!isText(pair) && !Array.isArray(pair) && !isMapping(pair) && !(pair instanceof Undefined))
        throw typeError(`cannot unpack non-iterable ${typeName(pair)} object`);
      const items = iterate(pair);
      if (items.length > 2) throw new TemplateError('ValueError', 'too many values to unpack (expected 2)');
      if (items.length < 2)
        throw new TemplateError('ValueError', `not enough values to unpack (expected 2, got ${items.length})`);
      return `${quote(items[0], true)}=${quote(items[1], true)}`;
    })
    .join('&');
}

function wordcount(value: unknown): number {
  const all = text(value);
  chargeText(all.length);
  return all.match(/[\p{L}\p{N}_]+/gu)?.length ?? 0;
}

function wordwrap(value: unknown, args: unknown[]): string {
  const [width, breakLong, between, hyphens] = args;
  if (!isText(value))
    throw new TemplateError(
      value instanceof Undefined ? 'UndefinedError' : 'AttributeError',
      value instanceof Undefined ? value.hint : `'${typeName(value)}' object has no attribute 'splitlines'`,
    );
  const glue = between === null ? '\n' : text(between);
  chargeText(textOf(value).length * 2);
  return splitlines(textOf(value), false)
    .map((line) => wrap(line, wholeOf(width), Boolean(breakLong), Boolean(hyphens)).join(glue))
    .join(glue);
}

const escape = (value: unknown): Safe => {
  if (isMarkup(value)) return new Safe(value.text, 'html');
  const raw = str(value);
  chargeText(raw.length);
  return new Safe(htmlEscape(raw), 'html');
};

export const TEXT_FILTERS: Filter[] = [
  filter('capitalize', '', (value) => like(value, capitalize(text(value)))),
  filter('center', 'width=80', (value, [width]) => like(value, center(text(value), widthOf(width)))),
  filter('e', '', escape, 'escape'),
  filter('escape', '', escape, 'escape'),
  filter('forceescape', '', (value) => {
    const raw = text(value);
    chargeText(raw.length);
    return new Safe(htmlEscape(raw), 'html');
  }),
  filter('format', '*args, **kwargs', (value, _args, _env, rest, named) => {
    if (rest.length > 0 && named) throw argumentError("can't handle positional and keyword arguments at the same time");
    return percentFormat(isText(value) ? value : str(value), named ? { ...named } : Tuple.from_(rest));
  }),
  filter('indent', 'width=4, first=False, blank=False', (value, [width, first, blank]) =>
    indent(value, width, first, blank),
  ),
  filter('lower', '', (value) => {
    const all = text(value);
    chargeText(all.length);
    return like(value, lower(all));
  }),
  filter('pprint', '', (value) => pformat(value)),
  filter(
    'replace',
    'old, new, count=None',
    (value, [old, to, count]) => replace(str(value), str(old), str(to), count === null ? -1 : wholeOf(count)),
    'do_replace',
    2,
  ),
  filter('safe', '', (value) => new Safe(str(value), 'any'), 'do_mark_safe'),
  filter('string', '', (value) => (isText(value) ? value : str(value)), 'soft_str'),
  filter('striptags', '', striptags),
  filter('title', '', (value) => title(text(value))),
  filter('trim', 'chars=None', (value, [chars]) => {
    if (chars !== null && !isText(chars)) throw typeError('strip arg must be None or str');
    return like(value, strip(text(value), chars === null ? null : textOf(chars), true, true));
  }),
  filter('truncate', "length=255, killwords=False, end='...', leeway=None", truncate, 'do_truncate', 2),
  filter('upper', '', (value) => {
    const all = text(value);
    chargeText(all.length);
    return like(value, upper(all));
  }),
  filter('urlencode', '', urlencode),
  filter(
    'urlize',
    'trim_url_limit=None, nofollow=False, target=None, rel=None, extra_schemes=None',
    (value, args) => urlize(text(value), args),
    'do_urlize',
    2,
  ),
  filter('wordcount', '', wordcount),
  filter(
    'wordwrap',
    'width=79, break_long_words=True, wrapstring=None, break_on_hyphens=True',
    wordwrap,
    'do_wordwrap',
    2,
  ),
  filter('xmlattr', 'autospace=True', (value, [autospace]) => xmlattr(value, autospace), 'do_xmlattr', 2),
];
