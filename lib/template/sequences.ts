import { charge } from './budget.ts';
import { typeError } from './errors.ts';
import {
  Bytes,
  entriesOf,
  Gen,
  isMapping,
  isText,
  keysOf,
  Range,
  sizeOf,
  Tuple,
  textOf,
  typeName,
  Undefined,
  View,
} from './values.ts';

/** Going through values: characters, items, lengths. */

/** The characters of a text as Python counts them. */
export function characters(text: string): string[] {
  charge(text.length / 8);
  return [...text];
}

/** True when each UTF-16 unit is a character, so that JavaScript's indices are Python's. */
export function isSimple(text: string): boolean {
  if (text.length > 64) charge(text.length / 64);
  for (let i = 0; i < text.length; i++) if ((text.charCodeAt(i) & 0xf800) === 0xd800) return false;
  return true;
}

/** The items that a loop or a filter goes through; a list is given itself, not copied. @throws TypeError for what has none */
export function iterate(value: unknown): readonly unknown[] {
  if (Array.isArray(value)) return value;
  if (isText(value)) return characters(textOf(value));
  if (value instanceof Gen) return drain(value);
  if (value instanceof Range) {
    charge(value.length);
    return value.items();
  }
  if (isMapping(value)) {
    charge(sizeOf(value));
    return keysOf(value);
  }
  if (value instanceof View) return viewItems(value);
  if (value instanceof Undefined) return [];
  if (value instanceof Bytes) return [...value.data];
  throw typeError(`'${typeName(value)}' object is not iterable`);
}

export function viewItems(view: View): unknown[] {
  charge(sizeOf(view.of));
  const entries = entriesOf(view.of);
  if (view.kind === 'keys') return entries.map(([key]) => key);
  if (view.kind === 'values') return entries.map(([, value]) => value);
  return entries.map((entry) => Tuple.from_(entry));
}

function drain(generator: Gen): unknown[] {
  const items: unknown[] = [];
  for (let step = generator.source.next(); !step.done; step = generator.source.next()) {
    charge(1);
    items.push(step.value);
  }
  return items;
}

/** One item after another, reading no more of a generator than is asked for. */
export function iteratorOf(value: unknown): Iterator<unknown> {
  return value instanceof Gen ? value.source : iterate(value)[Symbol.iterator]();
}

/** Python's len(). */
export function length(value: unknown): number {
  if (isText(value)) {
    const text = textOf(value);
    return isSimple(text) ? text.length : characters(text).length;
  }
  if (Array.isArray(value) || value instanceof Range) return value.length;
  if (isMapping(value)) return sizeOf(value);
  if (value instanceof View) return sizeOf(value.of);
  if (value instanceof Undefined) return 0;
  if (value instanceof Bytes) return value.data.length;
  throw typeError(`object of type '${typeName(value)}' has no len()`);
}
