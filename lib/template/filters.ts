import { charge } from './budget.ts';
import { TemplateError } from './errors.ts';
import { b64decode, b64encode, hmacSha256, md5, sha1, sha256, sha512 } from './hashes.ts';
import { fromJson, jsonInside, toJsonCompact, toJsonPython } from './json.ts';
import { attributeOf, itemOf } from './methods.ts';
import { binary, percentFormat } from './operators.ts';
import { strftime } from './time.ts';
import {
  asFloat,
  compare,
  entriesOf,
  equals,
  Float,
  float,
  getKey,
  hasKey,
  isFloat,
  isMapping,
  isNumber,
  isText,
  isTruthy,
  iterate,
  length,
  Safe,
  str,
  Tuple,
  textOf,
  typeName,
  Undefined,
} from './values.ts';

export interface Env {
  filter(name: string): Filter;
  test(name: string): Test;
  /** Unix seconds of the render. */
  now(): number;
}
export type Filter = (value: unknown, args: unknown[], named: Record<string, unknown>, env: Env) => unknown;
export type Test = (value: unknown, args: unknown[], env: Env) => boolean;

const text = (value: unknown): string => (isText(value) ? textOf(value) : str(value));
const pick = (
  args: unknown[],
  named: Record<string, unknown>,
  index: number,
  name: string,
  fallback?: unknown,
): unknown => (args[index] !== undefined ? args[index] : Object.hasOwn(named, name) ? named[name] : fallback);
const int = (value: unknown, fallback: number): number =>
  isNumber(value) ? Math.trunc(float(value)) : typeof value === 'boolean' ? Number(value) : fallback;

/** A getter by Jinja's `attribute=`: a dotted path or an index. */
function getter(attribute: unknown, fallback?: unknown): (item: unknown) => unknown {
  if (attribute === undefined || attribute === null) return (item) => item;
  const path =
    typeof attribute === 'number'
      ? [attribute]
      : text(attribute)
          .split('.')
          .map((part) => (/^\d+$/.test(part) ? Number(part) : part));
  return (item) => {
    let value = item;
    for (const step of path) {
      value = itemOf(value, step);
      if (value instanceof Undefined && fallback !== undefined) value = fallback;
    }
    return value;
  };
}

/** Jinja sorts and groups text without regard to case unless told otherwise. */
const fold = (caseSensitive: unknown) => (value: unknown) =>
  !isTruthy(caseSensitive) && isText(value) ? textOf(value).toLowerCase() : value;

function sorted(items: unknown[], key: (item: unknown) => unknown, reverse: boolean): unknown[] {
  charge(items.length * 8);
  const keyed = items.map((item) => ({ item, key: key(item) }));
  keyed.sort((a, b) => (reverse ? compare(b.key, a.key) : compare(a.key, b.key)));
  return keyed.map(({ item }) => item);
}

/** Half-even on the decimal digits that Python prints, as Python's round does on the exact binary value near a tie. */
function round(value: number, digits: number): number {
  const exact = value.toFixed(Math.min(100, Math.max(0, digits) + 25));
  const scale = 10 ** digits;
  const scaled = value * scale;
  const floor = Math.floor(scaled);
  const tie =
    Math.abs(scaled - floor - 0.5) < 1e-9 &&
    digits >= 0 &&
    /^-?\d+\.?\d*$/.test(exact) &&
    Number(exact) === value &&
    isTie(exact, digits);
  if (tie) return (floor % 2 === 0 ? floor : floor + 1) / scale;
  return digits >= 0 ? Number(value.toFixed(Math.min(100, digits))) : Math.round(scaled) / scale;
}
function isTie(exact: string, digits: number): boolean {
  const fraction = exact.split('.')[1] ?? '';
  return fraction[digits] === '5' && /^0*$/.test(fraction.slice(digits + 1));
}

function selectBy(keep: boolean, byAttribute: boolean): Filter {
  return (value, args, _named, env) => {
    const rest = byAttribute ? args.slice(1) : args;
    const get = byAttribute ? getter(args[0]) : (item: unknown) => item;
    const [name, ...more] = rest;
    const test = name === undefined ? null : env.test(text(name));
    const items = iterate(value);
    charge(items.length * 2);
    return items.filter((item) => (test ? test(get(item), more, env) : isTruthy(get(item))) === keep);
  };
}

function number(value: unknown): number | null {
  if (typeof value === 'boolean') return Number(value);
  if (isNumber(value)) return float(value);
  if (isText(value)) {
    const trimmed = textOf(value).trim().replaceAll('_', '');
    return trimmed.length < 400 && /^[-+]?(\d+\.?\d*|\.\d+)([eE][-+]?\d+)?$/.test(trimmed) ? Number(trimmed) : null;
  }
  return null;
}

const HTML: Record<string, string> = { '&': '&amp;', '<': '&lt;', '>': '&gt;', '"': '&#34;', "'": '&#39;' };
const htmlEscape = (value: string) => value.replace(/[&<>"']/g, (char) => HTML[char]!);
const quotePath = (value: string) =>
  encodeURIComponent(value.toWellFormed())
    .replaceAll('%2F', '/')
    .replace(/[!'()*]/g, (char) => `%${char.charCodeAt(0).toString(16).toUpperCase()}`);

function slug(word: string): string {
  return word.length === 0 ? word : word[0]!.toUpperCase() + word.slice(1).toLowerCase();
}

const first: Filter = (value) => {
  const items = iterate(value);
  return items.length > 0 ? items[0] : new Undefined('No first item, sequence was empty.');
};
const last: Filter = (value) => {
  const items = iterate(value);
  return items.length > 0 ? items[items.length - 1] : new Undefined('No last item, sequence was empty.');
};
const count: Filter = (value) => length(value);
const fallback: Filter = (value, args, named) => {
  const other = pick(args, named, 0, 'default_value', '');
  const alsoFalse = isTruthy(pick(args, named, 1, 'boolean', false));
  return value instanceof Undefined || (alsoFalse && !isTruthy(value)) ? other : value;
};
const escapeHtml: Filter = (value) => (value instanceof Safe ? value : new Safe(htmlEscape(str(value))));

const digest =
  (hash: (text: string) => string): Filter =>
  (value) => {
    charge(text(value).length);
    return hash(text(value));
  };

/** Every filter by name; `lib/template/reference` documents them. */
export const FILTERS = new Map<string, Filter>(
  Object.entries<Filter>({
    abs: (value) =>
      value instanceof Float
        ? new Float(Math.abs(value.value))
        : typeof value === 'bigint'
          ? value < 0n
            ? -value
            : value
          : Math.abs(int(value, Number(value)) === value ? value : Number(value)),
    attr: (value, [name]) =>
      isMapping(value)
        ? new Undefined(`'dict object' has no attribute '${text(name)}'`)
        : attributeOf(value, text(name)),
    batch: (value, args, named) => {
      const size = Math.max(1, int(pick(args, named, 0, 'linecount'), 1));
      const fill = pick(args, named, 1, 'fill_with');
      const items = iterate(value);
      charge(items.length);
      const out: unknown[][] = [];
      for (let i = 0; i < items.length; i += size) out.push(items.slice(i, i + size));
      const tail = out.at(-1);
      if (fill !== undefined && fill !== null && tail) while (tail.length < size) tail.push(fill);
      return out;
    },
    capitalize: (value) => {
      const [head = ''] = str(value);
      return head.toUpperCase() + str(value).slice(head.length).toLowerCase();
    },
    center: (value, [width]) => {
      const size = Math.min(100_000, int(width, 80));
      const space = Math.max(0, size - str(value).length);
      charge(size / 8);
      const left = (space >> 1) + (space & size & 1);
      return ' '.repeat(left) + str(value) + ' '.repeat(space - left);
    },
    count,
    length: count,
    d: fallback,
    default: fallback,
    dictsort: (value, args, named) => {
      const by = text(pick(args, named, 1, 'by', 'key')) === 'value' ? 1 : 0;
      const key = fold(pick(args, named, 0, 'case_sensitive', false));
      const items = isMapping(value) ? entriesOf(value).map((entry) => Tuple.of2(entry)) : [];
      return sorted(items, (item) => key((item as unknown[])[by]), isTruthy(pick(args, named, 2, 'reverse', false)));
    },
    e: escapeHtml,
    escape: escapeHtml,
    forceescape: (value) => new Safe(htmlEscape(str(value))),
    filesizeformat: (value, args, named) => {
      const bytes = Number(str(value));
      const base = isTruthy(pick(args, named, 0, 'binary', false)) ? 1024 : 1000;
      const names =
        base === 1024
          ? ['KiB', 'MiB', 'GiB', 'TiB', 'PiB', 'EiB', 'ZiB', 'YiB']
          : ['kB', 'MB', 'GB', 'TB', 'PB', 'EB', 'ZB', 'YB'];
      if (bytes === 1) return '1 Byte';
      if (bytes < base) return `${Math.trunc(bytes)} Bytes`;
      let unit = base;
      for (const name of names) {
        if (bytes < unit * base || name === names.at(-1)) return `${(bytes / unit).toFixed(1)} ${name}`;
        unit *= base;
      }
      return '';
    },
    first,
    float: (value, args, named) => {
      const found = number(value);
      return found === null ? (pick(args, named, 0, 'default') ?? new Float(0)) : asFloat(found);
    },
    format: (value, args, named) => percentFormat(text(value), Object.keys(named).length > 0 ? named : Tuple.of2(args)),
    groupby: (value, args, named) => {
      const attribute = pick(args, named, 0, 'attribute');
      const get = getter(attribute, pick(args, named, 1, 'default'));
      const key = fold(pick(args, named, 2, 'case_sensitive', false));
      const groups: [unknown, unknown[]][] = [];
      for (const item of sorted(iterate(value), (one) => key(get(one)), false)) {
        const name = get(item);
        const group = groups.at(-1);
        if (group && equals(key(group[0]), key(name))) group[1].push(item);
        else groups.push([name, [item]]);
      }
      return groups.map(([grouper, list]) => Object.assign(Tuple.of2([grouper, list])));
    },
    indent: (value, args, named) => {
      const width = pick(args, named, 0, 'width', 4);
      const by = isText(width) ? textOf(width) : ' '.repeat(Math.min(10_000, int(width, 4)));
      const lines = str(value).split('\n');
      charge((lines.length * by.length) / 8);
      const [head = '', ...rest] = lines.map((line, i) =>
        line === '' && !isTruthy(pick(args, named, 2, 'blank', false)) ? line : i === 0 ? line : by + line,
      );
      return [isTruthy(pick(args, named, 1, 'first', false)) ? by + head : head, ...rest].join('\n');
    },
    int: (value, args, named) => {
      const base = int(pick(args, named, 1, 'base', 10), 10);
      const other = pick(args, named, 0, 'default', 0);
      if (isText(value) && base !== 10) {
        const parsed = Number.parseInt(
          textOf(value)
            .trim()
            .replace(/^0[xXoObB]/, ''),
          base,
        );
        return Number.isNaN(parsed) ? other : parsed;
      }
      if (typeof value === 'bigint') return value;
      const found = number(value);
      return found === null || !Number.isFinite(found) ? other : Math.trunc(found) || 0;
    },
    items: (value) => (isMapping(value) ? entriesOf(value).map((entry) => Tuple.of2(entry)) : []),
    join: (value, args, named) => {
      const get = getter(pick(args, named, 1, 'attribute'));
      const glue = pick(args, named, 0, 'd', '');
      const items = iterate(value).map(get);
      let size = items.length;
      const parts = items.map((item) => {
        const part = str(item);
        size += part.length / 16;
        return part;
      });
      charge(size);
      const joined = parts.join(str(glue));
      return items.length > 0 && items.every((item) => item instanceof Safe) ? new Safe(joined) : joined;
    },
    last,
    list: (value) => [...iterate(value)],
    lower: (value) => str(value).toLowerCase(),
    map: (value, args, named, env) => {
      const items = iterate(value);
      charge(items.length * 2);
      if (Object.hasOwn(named, 'attribute')) return items.map(getter(named.attribute, named.default));
      const [name, ...rest] = args;
      const filter = env.filter(text(name));
      return items.map((item) => filter(item, rest, named, env));
    },
    max: (value, args, named) => extreme(value, args, named, 1),
    min: (value, args, named) => extreme(value, args, named, -1),
    pprint: (value) => (isText(value) ? `'${textOf(value)}'` : str(value)),
    random: (value) => {
      const items = iterate(value);
      return items.length > 0
        ? items[Math.floor(Math.random() * items.length)]
        : new Undefined('No random item, sequence was empty.');
    },
    reject: selectBy(false, false),
    rejectattr: selectBy(false, true),
    replace: (value, args, named) => {
      const limit = pick(args, named, 2, 'count');
      const from = str(args[0]);
      const to = str(args[1]);
      const source = str(value);
      charge(source.length / 8);
      if (limit === undefined || limit === null) {
        const out = source.replaceAll(from, () => to);
        charge(out.length / 8);
        return out;
      }
      const parts = source.split(from);
      const most = int(limit, 0);
      return parts.length > most + 1
        ? parts.slice(0, most + 1).join(to) + from + parts.slice(most + 1).join(from)
        : parts.join(to);
    },
    reverse: (value) => (isText(value) ? [...textOf(value)].reverse().join('') : [...iterate(value)].reverse()),
    round: (value, args, named) => {
      if (!isNumber(value) && typeof value !== 'boolean')
        throw new TemplateError('TypeError', `type ${typeName(value)} doesn't define __round__ method`);
      const digits = int(pick(args, named, 0, 'precision', 0), 0);
      const method = text(pick(args, named, 1, 'method', isText(args[0]) ? args[0] : 'common'));
      if (!['common', 'ceil', 'floor'].includes(method))
        throw new TemplateError('FilterArgumentError', 'method must be common, ceil or floor');
      const number_ = typeof value === 'boolean' ? Number(value) : float(value);
      if (method === 'common') return isFloat(value) ? asFloat(round(number_, digits)) : value;
      const scale = 10 ** digits;
      return asFloat((method === 'ceil' ? Math.ceil(number_ * scale) : Math.floor(number_ * scale)) / scale);
    },
    safe: (value) => new Safe(str(value)),
    select: selectBy(true, false),
    selectattr: selectBy(true, true),
    slice: (value, args, named) => {
      const items = iterate(value);
      const slices = Math.max(1, int(args[0], 1));
      const fill = pick(args, named, 1, 'fill_with');
      const size = Math.floor(items.length / slices);
      const extra = items.length % slices;
      charge(items.length + slices);
      let from = 0;
      return Array.from({ length: slices }, (_, i) => {
        const to = from + size + (i < extra ? 1 : 0);
        const part = items.slice(from, to);
        from = to;
        if (fill !== undefined && fill !== null && i >= extra && extra > 0) part.push(fill);
        return part;
      });
    },
    sort: (value, args, named) => {
      const attribute = pick(args, named, 2, 'attribute');
      const key = fold(pick(args, named, 1, 'case_sensitive', false));
      const gets =
        attribute === undefined || attribute === null
          ? [getter(undefined)]
          : text(attribute)
              .split(',')
              .map((one) => getter(one.trim()));
      return sorted(
        iterate(value),
        (item) => (gets.length === 1 ? key(gets[0]!(item)) : Tuple.of2(gets.map((get) => key(get(item))))),
        isTruthy(pick(args, named, 0, 'reverse', false)),
      );
    },
    string: (value) => (value instanceof Safe ? value : str(value)),
    striptags: (value) =>
      str(value)
        .replace(/<!--[\s\S]*?-->|<[^>]*>/g, '')
        .replace(/\s+/g, ' ')
        .trim(),
    sum: (value, args, named) => {
      const get = getter(pick(args, named, 0, 'attribute'));
      return iterate(value).reduce(
        (sum: unknown, item) => binary('+', sum, get(item)),
        pick(args, named, 1, 'start', 0),
      );
    },
    title: (value) => str(value).replace(/[^-\s({[<]+/g, slug),
    tojson: (value, args, named) => {
      const indent = pick(args, named, 0, 'indent');
      return new Safe(toJsonPython(value, indent === undefined || indent === null ? undefined : int(indent, 0)));
    },
    trim: (value, [what]) => {
      const drop = isText(what) ? textOf(what) : null;
      const source = str(value);
      if (drop === null) return source.trim();
      let from = 0;
      let to = source.length;
      while (from < to && drop.includes(source[from]!)) from++;
      while (to > from && drop.includes(source[to - 1]!)) to--;
      return source.slice(from, to);
    },
    truncate: (value, args, named) => {
      const size = int(pick(args, named, 0, 'length', 255), 255);
      const killWords = isTruthy(pick(args, named, 1, 'killwords', false));
      const end = str(pick(args, named, 2, 'end', '...'));
      const leeway = int(pick(args, named, 3, 'leeway', 5), 5);
      const source = str(value);
      if (source.length <= size + leeway) return source;
      const cut = source.slice(0, Math.max(0, size - end.length));
      return (killWords || !cut.includes(' ') ? cut : cut.slice(0, cut.lastIndexOf(' '))) + end;
    },
    unique: (value, args, named) => {
      const get = getter(pick(args, named, 1, 'attribute'));
      const key = fold(pick(args, named, 0, 'case_sensitive', false));
      const seen: unknown[] = [];
      const known = new Set<unknown>();
      return iterate(value).filter((item) => {
        const mark = key(get(item));
        if (typeof mark === 'string' || typeof mark === 'number')
          return known.has(mark) ? false : (known.add(mark), true);
        charge(seen.length);
        if (seen.some((one) => equals(one, mark))) return false;
        seen.push(mark);
        return true;
      });
    },
    upper: (value) => str(value).toUpperCase(),
    urlencode: (value) => {
      if (isMapping(value))
        return entriesOf(value)
          .map(([key, item]) => `${form(str(key))}=${form(str(item))}`)
          .join('&');
      if (Array.isArray(value))
        return value
          .map((pair) => `${form(str((pair as unknown[])[0]))}=${form(str((pair as unknown[])[1]))}`)
          .join('&');
      return new Safe(quotePath(str(value)));
    },
    wordcount: (value) => str(value).match(/[\p{L}\p{N}_]+/gu)?.length ?? 0,
    wordwrap: (value, args, named) => {
      const width = Math.max(1, int(pick(args, named, 0, 'width', 79), 79));
      return str(value)
        .split('\n')
        .map((line) => wrap(line, width))
        .join('\n');
    },
    xmlattr: (value) => {
      const pairs = isMapping(value)
        ? entriesOf(value).filter(([, item]) => item !== null && !(item instanceof Undefined))
        : [];
      return pairs.length === 0
        ? ''
        : ` ${pairs.map(([key, item]) => `${str(key)}="${htmlEscape(str(item))}"`).join(' ')}`;
    },
    // ---- ours
    from_json: (value) => {
      if (value instanceof Undefined) throw value.complain();
      return fromJson(text(value));
    },
    to_json: (value) => new Safe(toJsonCompact(value)),
    json_string: (value) => new Safe(jsonInside(str(value))),
    from_timestamp: (value, args, named) => {
      const seconds = number(value);
      if (seconds === null)
        throw new TemplateError(
          'ValueError',
          `from_timestamp needs a unix timestamp in seconds, not ${typeName(value)}`,
        );
      return strftime(seconds, str(pick(args, named, 0, 'format', '%Y-%m-%d %H:%M:%S')));
    },
    b64encode: (value) => b64encode(text(value)),
    b64decode: (value) => b64decode(text(value)),
    md5: digest(md5),
    sha1: digest(sha1),
    sha256: digest(sha256),
    sha512: digest(sha512),
    hmac_sha256: (value, args, named) => {
      charge(text(value).length);
      return hmacSha256(text(pick(args, named, 0, 'key', '')), text(value));
    },
  }),
);

const form = (value: string) => encodeURIComponent(value.toWellFormed()).replaceAll('%20', '+');

function extreme(value: unknown, args: unknown[], named: Record<string, unknown>, sign: 1 | -1): unknown {
  const get = getter(pick(args, named, 1, 'attribute'));
  const key = fold(pick(args, named, 0, 'case_sensitive', false));
  const items = iterate(value);
  if (items.length === 0) return new Undefined('No aggregated item, sequence was empty.');
  charge(items.length);
  return items.reduce((best, item) => (compare(key(get(item)), key(get(best))) * sign > 0 ? item : best));
}

function wrap(line: string, width: number): string {
  charge(line.length / 4);
  const lines: string[] = [];
  let current = '';
  for (const word of line.split(' ')) {
    let rest = word;
    if (current !== '' && current.length + 1 + rest.length > width) {
      lines.push(current);
      current = '';
    }
    while (rest.length > width) {
      lines.push(rest.slice(0, width));
      rest = rest.slice(width);
    }
    current = current === '' ? rest : `${current} ${rest}`;
  }
  return [...lines, current].join('\n');
}

export { getKey, hasKey };
