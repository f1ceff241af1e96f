import { binary } from './arithmetic.ts';
import { charge, chargeItems, chargeText } from './budget.ts';
import { compare, equals } from './compare.ts';
import { TemplateError, typeError } from './errors.ts';
import { argumentError, type Filter, filter, getter, ignoreCase, text } from './filter.ts';
import { lazily } from './filters-select.ts';
import { attributeOf } from './methods.ts';
import { sortList } from './methods-tables.ts';
import { str } from './print.ts';
import { iterate, iteratorOf, length } from './sequences.ts';
import { wholeOf, widthOf } from './text.ts';
import {
  entriesOf,
  Gen,
  Group,
  hashable,
  isInt,
  isMapping,
  isMarkup,
  isText,
  isTruthy,
  Range,
  Safe,
  Tuple,
  textOf,
  typeName,
  Undefined,
  unbool,
  View,
} from './values.ts';

const missing = (which: string) => new Undefined(`No ${which} item, sequence was empty.`);

function first(value: unknown): unknown {
  if (isText(value)) {
    const code = textOf(value).codePointAt(0);
    return code === undefined ? missing('first') : String.fromCodePoint(code);
  }
  const step = iteratorOf(value).next();
  return step.done ? missing('first') : step.value;
}

function last(value: unknown): unknown {
  if (value instanceof Gen || (!isText(value) && !isReversible(value)))
    throw typeError(`'${typeName(value)}' object is not reversible`);
  const items = iterate(value);
  if (items.length === 0) return missing('last');
  const item = items[items.length - 1];
  return isMarkup(value) ? new Safe(item as string, value.kind) : item;
}

const isReversible = (value: unknown): boolean =>
  Array.isArray(value) ||
  isMapping(value) ||
  value instanceof Range ||
  value instanceof View ||
  value instanceof Undefined;

/** A generator over what a thunk gives when the first item is asked for. */
function later(make: () => readonly unknown[], type = 'generator'): Gen {
  let source: Iterator<unknown> | null = null;
  const next = (): IteratorResult<unknown> => {
    source ??= make()[Symbol.iterator]();
    return source.next();
  };
  return new Gen({ next }, type);
}

function batch(value: unknown, size: unknown, fill: unknown): readonly unknown[] {
  const items = iterate(value);
  // What is no number never is the size of a list, so one list takes all.
  const most = isInt(unbool(size)) ? wholeOf(size) : Number.NaN;
  chargeItems(items.length);
  const out: unknown[][] = [];
  let current: unknown[] = [];
  for (const item of items) {
    if (current.length === most) {
      out.push(current);
      current = [];
    }
    current.push(item);
  }
  if (current.length > 0) {
    if (fill !== null && current.length < wholeOf(size)) {
      widthOf(size);
      chargeItems(most);
      while (current.length < most) current.push(fill);
    }
    out.push(current);
  }
  return out;
}

function slice(value: unknown, count: unknown, fill: unknown): readonly unknown[] {
  const items = iterate(value);
  const slices = widthOf(count);
  if (slices === 0) throw new TemplateError('ZeroDivisionError', 'integer division or modulo by zero');
  const size = Math.floor(items.length / slices);
  const extra = items.length - size * slices;
  chargeItems(items.length + Math.max(0, slices));
  let from = 0;
  return Array.from({ length: Math.max(0, slices) }, (_, i) => {
    const to = from + size + (i < extra ? 1 : 0);
    const part = items.slice(from, to);
    from = to;
    return fill !== null && i >= extra ? [...part, fill] : part;
  });
}

function dictsort(value: unknown, [caseSensitive, by, reverse]: unknown[]): unknown {
  const which = text(by);
  if (which !== 'key' && which !== 'value') throw argumentError('You can only sort by either "key" or "value"');
  if (value instanceof Undefined) throw value.complain();
  if (!isMapping(value))
    throw new TemplateError('AttributeError', `'${typeName(value)}' object has no attribute 'items'`);
  const items: unknown[] = entriesOf(value).map((entry) => Tuple.from_(entry));
  const at = which === 'key' ? 0 : 1;
  sortList(
    items,
    (item) => (isTruthy(caseSensitive) ? (item as Tuple)[at] : ignoreCase((item as Tuple)[at])),
    isTruthy(reverse),
  );
  return items;
}

function groupby(value: unknown, [attribute, fallback, caseSensitive]: unknown[]): unknown {
  const get = getter(attribute, fallback);
  const key = isTruthy(caseSensitive) ? get : (item: unknown) => ignoreCase(get(item));
  const items = [...iterate(value)];
  chargeItems(items.length);
  sortList(items, key, false);
  const groups: { key: unknown; list: unknown[] }[] = [];
  for (const item of items) {
    const of = key(item);
    const group = groups.at(-1);
    if (group && equals(group.key, of)) group.list.push(item);
    else groups.push({ key: of, list: [item] });
  }
  return groups.map((group) => Group.of_(isTruthy(caseSensitive) ? group.key : get(group.list[0]), group.list));
}

function join(value: unknown, glue: unknown, attribute: unknown): unknown {
  const items = attribute === null ? iterate(value) : iterate(value).map(getter(attribute));
  const between = str(glue);
  let size = 0;
  let finished = items.length > 0;
  const parts = new Array<string>(items.length);
  for (let i = 0; i < items.length; i++) {
    const item = items[i];
    if (!(item instanceof Safe && item.kind === 'place')) finished = false;
    const part = str(item);
    size += part.length + between.length;
    if (size > 65_536) {
      chargeText(size);
      size = 0;
    }
    parts[i] = part;
  }
  chargeText(size + items.length * 4);
  const joined = parts.join(between);
  return finished ? new Safe(joined) : joined;
}

function reverse(value: unknown): unknown {
  if (isText(value)) {
    chargeText(textOf(value).length);
    return [...textOf(value)].reverse().join('');
  }
  if (value instanceof Gen) return [...iterate(value)].reverse();
  let items: readonly unknown[];
  try {
    items = iterate(value);
  } catch (error) {
    if (error instanceof TemplateError && error.type === 'TypeError') throw argumentError('argument must be iterable');
    throw error;
  }
  const kind =
    value instanceof Tuple
      ? 'reversed'
      : Array.isArray(value)
        ? 'list_reverseiterator'
        : value instanceof Range
          ? 'range_iterator'
          : 'dict_reversekeyiterator';
  let at = items.length;
  return new Gen(
    { next: () => (at > 0 ? { done: false, value: items[--at] } : { done: true, value: undefined }) },
    kind,
  );
}

function sort(value: unknown, [reversed, caseSensitive, attribute]: unknown[]): unknown {
  const items = [...iterate(value)];
  chargeItems(items.length);
  const fold = isTruthy(caseSensitive) ? (key: unknown) => key : ignoreCase;
  if (attribute === null) {
    sortList(items, fold, isTruthy(reversed), orderAsItems);
    return items;
  }
  const gets = isText(attribute)
    ? textOf(attribute)
        .split(',')
        .map((part) => getter(part))
    : [getter(attribute)];
  sortList(items, (item) => gets.map((get) => fold(get(item))), isTruthy(reversed));
  return items;
}

/** Jinja sorts by one-item lists, and lists ask for an order only where items differ: missing values among themselves are fine. */
function orderAsItems(a: unknown, b: unknown): number {
  charge(1);
  return typeof a === 'object' && typeof b === 'object' && equals(a, b) ? 0 : compare(a, b);
}

/** The largest (1) or smallest (-1) item. */
function extreme(direction: 1 | -1): Filter['run'] {
  return (value, [caseSensitive, attribute]) => {
    const items = iterate(value);
    if (items.length === 0) return new Undefined('No aggregated item, sequence was empty.');
    const get = getter(attribute);
    const key = isTruthy(caseSensitive) ? get : (item: unknown) => ignoreCase(get(item));
    chargeItems(items.length);
    let best = items[0];
    let bestKey = key(best);
    for (let i = 1; i < items.length; i++) {
      const candidate = key(items[i]);
      if (compare(candidate, bestKey, direction > 0 ? '>' : '<') * direction > 0) {
        best = items[i];
        bestKey = candidate;
      }
    }
    return best;
  };
}

function sum(value: unknown, attribute: unknown, start: unknown): unknown {
  if (isText(start)) throw typeError("sum() can't sum strings [use ''.join(seq) instead]");
  const get = getter(attribute);
  let total = start;
  for (const item of iterate(value)) {
    charge(1);
    total = binary('+', total, get(item));
  }
  return total;
}

function unique(value: unknown, [caseSensitive, attribute]: unknown[]): Gen {
  const get = getter(attribute);
  const seen = new Set<unknown>();
  return lazily(
    value,
    (item, emit) => {
      const found = get(item);
      const key = hashable(isTruthy(caseSensitive) ? found : ignoreCase(found));
      if (seen.has(key)) return;
      seen.add(key);
      emit(item);
    },
    false,
  );
}

function items(value: unknown): Gen {
  return later(() => {
    if (value instanceof Undefined) return [];
    if (!isMapping(value)) throw typeError('Can only get item pairs from a mapping.');
    return entriesOf(value).map((entry) => Tuple.from_(entry));
  });
}

function random(value: unknown): unknown {
  const size = length(value);
  if (size === 0) return missing('random');
  if (value instanceof View) throw typeError(`'${typeName(value)}' object is not subscriptable`);
  if (isMapping(value)) throw new TemplateError('KeyError', '0');
  return iterate(value)[Math.floor(Math.random() * size)];
}

const fallback: Filter['run'] = (value, [other, boolean]) =>
  value instanceof Undefined || (isTruthy(boolean) && !isTruthy(value)) ? other : value;

function attr(value: unknown, name: unknown): unknown {
  if (value instanceof Undefined) throw value.complain();
  const wanted = text(name);
  // An attribute, never an own key.
  const owner = isMapping(value) ? {} : value;
  const found = attributeOf(owner, wanted);
  return isMapping(value) && !(found instanceof Undefined) ? attributeOf(value, wanted) : found;
}

export const LIST_FILTERS: Filter[] = [
  filter('attr', 'name', (value, [name]) => attr(value, name), 'do_attr', 2),
  filter('batch', 'linecount, fill_with=None', (value, [size, fill]) => later(() => batch(value, size, fill))),
  filter('count', '', length, 'len'),
  filter('d', "default_value='', boolean=False", fallback, 'do_default'),
  filter('default', "default_value='', boolean=False", fallback),
  filter('dictsort', "case_sensitive=False, by='key', reverse=False", dictsort),
  filter('first', '', first, 'sync_do_first', 2),
  filter('groupby', 'attribute, default=None, case_sensitive=False', groupby, 'sync_do_groupby', 2),
  filter('items', '', items),
  filter('join', "d='', attribute=None", (value, [glue, attribute]) => join(value, glue, attribute), 'sync_do_join', 2),
  filter('last', '', last, 'do_last', 2),
  filter('length', '', length, 'len'),
  filter(
    'list',
    '',
    (value) => {
      const all = iterate(value);
      chargeItems(all.length);
      return [...all];
    },
    'sync_do_list',
  ),
  filter('max', 'case_sensitive=False, attribute=None', extreme(1), 'do_max', 2),
  filter('min', 'case_sensitive=False, attribute=None', extreme(-1), 'do_min', 2),
  filter('random', '', random, 'do_random', 2),
  filter('reverse', '', reverse),
  filter(
    'slice',
    'slices, fill_with=None',
    (value, [count, fill]) => later(() => slice(value, count, fill)),
    'sync_do_slice',
  ),
  filter('sort', 'reverse=False, case_sensitive=False, attribute=None', sort, 'do_sort', 2),
  filter(
    'sum',
    'attribute=None, start=0',
    (value, [attribute, start]) => sum(value, attribute, start),
    'sync_do_sum',
    2,
  ),
  filter('unique', 'case_sensitive=False, attribute=None', unique, 'do_unique', 2),
];
