import { charge } from './budget.ts';
import { compare } from './compare.ts';
import { TemplateError } from './errors.ts';
import { repr } from './print.ts';
import { Dict, entriesOf, isMapping, Tuple } from './values.ts';

const WIDTH = 80;

/** Python's pprint.pformat: keys sorted, and one item a line where a value does not fit into 80 columns. */
export function pformat(value: unknown): string {
  return pretty(value, 0, 0);
}

function sortedEntries(value: Parameters<typeof entriesOf>[0]): [unknown, unknown][] {
  return entriesOf(value).sort(([a], [b]) => {
    try {
      return compare(a, b);
    } catch (error) {
      if (error instanceof TemplateError && error.type === 'TypeError') return 0;
      throw error;
    }
  });
}

/** The value with its keys sorted, on one line. */
function flat(value: unknown): unknown {
  charge(1);
  if (isMapping(value)) return Dict.from(sortedEntries(value).map(([key, item]) => [key, flat(item)] as const));
  if (value instanceof Tuple) return Tuple.from_([...value].map(flat));
  return Array.isArray(value) ? value.map(flat) : value;
}

function pretty(value: unknown, indent: number, allowance: number): string {
  // repr refuses what is nested too deeply or contains itself, before anything here walks it.
  repr(value);
  const text = repr(flat(value));
  if (text.length <= WIDTH - indent - allowance) return text;
  if (isMapping(value)) {
    const items = sortedEntries(value).map(([key, item], i, all) => {
      const name = `${repr(key)}: `;
      return name + pretty(item, indent + 1 + name.length, i === all.length - 1 ? allowance + 1 : 1);
    });
    return items.length > 0 ? `{${items.join(`,\n${' '.repeat(indent + 1)}`)}}` : '{}';
  }
  if (Array.isArray(value)) {
    const [open, close] = value instanceof Tuple ? ['(', value.length === 1 ? ',)' : ')'] : ['[', ']'];
    const items = [...value].map((item, i) =>
      pretty(item, indent + 1, i === value.length - 1 ? allowance + close.length : 1),
    );
    return `${open}${items.join(`,\n${' '.repeat(indent + 1)}`)}${close}`;
  }
  return text;
}
