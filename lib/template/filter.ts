import { charge } from './budget.ts';
import { TemplateError } from './errors.ts';
import { itemOf } from './methods.ts';
import { str } from './print.ts';
import { bind, type Signature, signature } from './signature.ts';
import { isMarkup, isText, type Named, Safe, textOf, Undefined } from './values.ts';

/** What filters and tests may ask of the engine. */
export interface Env {
  filter(name: string): Filter;
  test(name: string): Test;
  hasFilter(name: string): boolean;
  hasTest(name: string): boolean;
}

export interface Filter {
  readonly name: string;
  /** Python's function, for messages about wrong arguments. */
  readonly label: string;
  readonly signature: Signature;
  /** Positional arguments that Python counts besides ours: the value, and the environment where it is passed. */
  readonly hidden: number;
  readonly run: (value: unknown, args: unknown[], env: Env, rest: unknown[], named: Named | null) => unknown;
}

export interface Test {
  readonly name: string;
  readonly label: string;
  readonly signature: Signature;
  readonly hidden: number;
  readonly run: (value: unknown, args: unknown[], env: Env) => boolean;
}

/** Declares a filter; the label and hidden arguments are Python's. */
export function filter(name: string, text: string, run: Filter['run'], label = `do_${name}`, hidden = 1): Filter {
  return { name, label, signature: signature(text), hidden, run };
}

export function test(name: string, text: string, run: Test['run'], label = `test_${name}`, hidden = 1): Test {
  return { name, label, signature: signature(text), hidden, run };
}

/** Applies a filter to arguments that are not bound yet. @throws TypeError */
export function applyFilter(of: Filter, value: unknown, positional: unknown[], named: Named, env: Env): unknown {
  charge(1);
  const bound = bind(of.signature, of.label, positional, named, of.hidden);
  return of.run(value, bound.args, env, bound.rest, bound.named);
}

export function applyTest(of: Test, value: unknown, positional: unknown[], named: Named, env: Env): boolean {
  charge(1);
  return of.run(value, bind(of.signature, of.label, positional, named, of.hidden).args, env);
}

/** The value as text, as most filters take it. */
export const text = (value: unknown): string => (isText(value) ? textOf(value) : str(value));

/** The result is Markup when the value was, as Python's str methods on Markup give. */
export const like = (value: unknown, result: string): unknown =>
  isMarkup(value) ? new Safe(result, value.kind) : result;

/** A getter by `attribute=`: a dotted path, an index, or nothing for the item itself. */
export function getter(attribute: unknown, fallback: unknown = null): (item: unknown) => unknown {
  if (attribute === null || attribute === undefined) return (item) => item;
  const path = isText(attribute)
    ? textOf(attribute)
        .split('.')
        .map((part) => (/^\d+$/.test(part) ? Number(part) : part))
    : [attribute];
  return (item) => {
    let value = item;
    for (const step of path) {
      value = itemOf(value, step);
      if (fallback !== null && value instanceof Undefined) value = fallback;
    }
    return value;
  };
}

/** Jinja sorts, groups and compares text without regard to case unless told otherwise. */
export const ignoreCase = (value: unknown): unknown => (isText(value) ? textOf(value).toLowerCase() : value);

export const argumentError = (message: string) => new TemplateError('FilterArgumentError', message);
