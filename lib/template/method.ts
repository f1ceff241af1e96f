import { typeError } from './errors.ts';
import { bind, type Signature, signature } from './signature.ts';
import type { Named } from './values.ts';

/** A method of one of Python's types. */
export interface Method {
  readonly name: string;
  readonly signature: Signature;
  readonly run: (self: never, args: unknown[], rest: unknown[], named: Named | null) => unknown;
}

export function method(name: string, text: string, run: Method['run']): Method {
  return { name, signature: signature(text), run };
}

/** Methods whose complaint about missing arguments Python words differently. */
const SEARCHES = new Set(['count', 'endswith', 'find', 'index', 'rfind', 'rindex', 'startswith']);

/** Python's methods that take arguments by name; all others take them by place only. */
const TAKES_NAMES = new Set([
  'decode',
  'encode',
  'expandtabs',
  'format',
  'rsplit',
  'sort',
  'split',
  'splitlines',
  'update',
]);

/** Calls a method with Python's complaints about wrong arguments. @throws TypeError */
export function callMethod(of: Method, type: string, self: unknown, positional: unknown[], named: Named): unknown {
  const { parameters, required, rest } = of.signature;
  const given = positional.length;
  if (!rest && given > parameters.length) throw tooMany(of, type, given);
  let names = 0;
  for (const _name in named) names++;
  if (names === 0 && given < required) throw tooFew(of, type, given);
  if (names > 0 && !TAKES_NAMES.has(of.name)) throw typeError(`${type}.${of.name}() takes no keyword arguments`);
  const bound = bind(of.signature, of.name, positional, named);
  return of.run(self as never, bound.args, bound.rest, bound.named);
}

function tooMany(of: Method, type: string, given: number) {
  const { parameters, required } = of.signature;
  const most = parameters.length;
  if (most === 0) return typeError(`${type}.${of.name}() takes no arguments (${given} given)`);
  if (most === 1 && required === 1)
    return typeError(`${type}.${of.name}() takes exactly one argument (${given} given)`);
  return typeError(`${of.name} expected at most ${most} argument${most === 1 ? '' : 's'}, got ${given}`);
}

function tooFew(of: Method, type: string, given: number) {
  const { parameters, required } = of.signature;
  if (parameters.length === 1) return typeError(`${type}.${of.name}() takes exactly one argument (${given} given)`);
  if (SEARCHES.has(of.name) && type === 'str')
    return typeError(`${of.name}() takes at least 1 argument (${given} given)`);
  if (required === parameters.length) return typeError(`${of.name} expected ${required} arguments, got ${given}`);
  return typeError(`${of.name} expected at least ${required} argument${required === 1 ? '' : 's'}, got ${given}`);
}
