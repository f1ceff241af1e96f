import { VALUE_DEPTH } from './budget.ts';
import { TemplateError } from './errors.ts';
import { str } from './print.ts';
import { iterate } from './sequences.ts';
import {
  Bytes,
  entriesOf,
  Float,
  Func,
  Gen,
  Host,
  isMapping,
  Namespace,
  Range,
  Safe,
  Undefined,
  View,
} from './values.ts';

/** A template's value as plain JSON for the rest of the house; a missing value and what JSON cannot hold become null. */
export function toPlain(value: unknown, depth = 0): unknown {
  if (depth > VALUE_DEPTH) throw new TemplateError('RecursionError', 'maximum recursion depth exceeded');
  if (value === undefined || value instanceof Undefined) return null;
  if (value instanceof Float) return value.value;
  if (typeof value === 'bigint') return Number(value);
  if (value instanceof Safe) return value.text;
  if (Array.isArray(value)) return Array.from(value, (item) => toPlain(item, depth + 1));
  if (value instanceof Gen || value instanceof Range || value instanceof View)
    return iterate(value).map((item) => toPlain(item, depth + 1));
  if (isMapping(value))
    return Object.fromEntries(entriesOf(value).map(([key, item]) => [str(key), toPlain(item, depth + 1)]));
  if (value instanceof Host || value instanceof Func || value instanceof Namespace || value instanceof Bytes)
    return null;
  return value;
}
