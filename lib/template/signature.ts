import { type TemplateError, typeError } from './errors.ts';
import { Float, type Named, Tuple } from './values.ts';

/**
 * Signatures of filters, tests, methods and globals. One text such as "length=255, killwords=False, end='...'" binds the
 * arguments at run time and is shown by completion and reference, so the two cannot disagree.
 */
export interface Parameter {
  name: string;
  /** `REQUIRED`, or what it is when it is left out. */
  fallback: unknown;
}
export const REQUIRED = Symbol('required');
/** A parameter that may be left out and then is not there at all. */
export const ABSENT = Symbol('absent');

export interface Signature {
  readonly text: string;
  readonly parameters: readonly Parameter[];
  readonly required: number;
  /** Takes any number of further positional arguments. */
  readonly rest: boolean;
  /** Takes any named arguments. */
  readonly named: boolean;
}

const CONSTANTS: Record<string, unknown> = { None: null, True: true, False: false, absent: ABSENT };

/** Reads a signature's text. */
export function signature(text: string): Signature {
  const parameters: Parameter[] = [];
  let rest = false;
  let named = false;
  for (const part of text.match(/(?:'[^']*'|[^,'])+/g) ?? []) {
    const found = /^\s*(\*{0,2})(\w+)\s*(?:=\s*([\s\S]+?))?\s*$/.exec(part);
    if (!found) throw new Error(`not a signature: ${text}`);
    const [, stars, name = '', fallback] = found;
    if (stars === '*') rest = true;
    else if (stars === '**') named = true;
    else parameters.push({ name, fallback: fallback === undefined ? REQUIRED : constant(fallback) });
  }
  return { text, parameters, required: parameters.filter((one) => one.fallback === REQUIRED).length, rest, named };
}

function constant(text: string): unknown {
  if (Object.hasOwn(CONSTANTS, text)) return CONSTANTS[text];
  if (text.startsWith("'")) return text.slice(1, -1).replaceAll('\\n', '\n');
  if (text === '()') return new Tuple();
  return text.includes('.') ? new Float(Number(text)) : Number(text);
}

/** Python's own functions count their arguments in other words. */
const BUILTIN = new Map<string, (given: number) => string>([
  ['len', (given) => `len() takes exactly one argument (${given} given)`],
  ['abs', (given) => `abs() takes exactly one argument (${given} given)`],
  ['callable', (given) => `callable() takes exactly one argument (${given} given)`],
  ...['eq', 'ne', 'lt', 'le', 'gt', 'ge'].map(
    (name) => [name, (given: number) => `${name} expected 2 arguments, got ${given}`] as const,
  ),
]);

const plural = (count: number, word: string) => `${count} ${word}${count === 1 ? '' : 's'}`;

/**
 * Arguments in the order of the parameters. @throws TypeError in Python's words
 * @param hidden positional arguments that Python counts but the signature leaves out: the filtered value, the environment
 */
export function bind(
  of: Signature,
  label: string,
  positional: readonly unknown[],
  named: Named,
  hidden = 0,
): { args: unknown[]; rest: unknown[]; named: Named | null } {
  const { parameters } = of;
  const builtin = BUILTIN.get(label);
  if (builtin && positional.length !== parameters.length) throw typeError(builtin(positional.length + hidden));
  if (positional.length > parameters.length && !of.rest) throw tooMany(of, label, positional.length, hidden);
  const args: unknown[] = new Array(parameters.length);
  for (let i = 0; i < parameters.length; i++) args[i] = i < positional.length ? positional[i] : parameters[i]!.fallback;
  let spare: Named | null = null;
  for (const name in named) {
    const at = parameters.findIndex((one) => one.name === name);
    if (at >= 0) {
      if (at < positional.length) throw typeError(`${label}() got multiple values for argument '${name}'`);
      args[at] = named[name];
    } else if (of.named) {
      spare ??= Object.create(null) as Named;
      spare[name] = named[name];
    } else throw typeError(`${label}() got an unexpected keyword argument '${name}'`);
  }
  if (of.required > positional.length) {
    const missing = parameters.filter((_, i) => args[i] === REQUIRED).map(({ name }) => `'${name}'`);
    if (missing.length > 0)
      throw typeError(
        `${label}() missing ${plural(missing.length, 'required positional argument')}: ${missing.length < 3 ? missing.join(' and ') : `${missing.slice(0, -1).join(', ')}, and ${missing.at(-1)}`}`,
      );
  }
  return { args, rest: positional.slice(parameters.length), named: spare };
}

function tooMany(of: Signature, label: string, given: number, hidden: number): TemplateError {
  const most = of.parameters.length + hidden;
  const least = of.required + hidden;
  const count =
    least === most ? plural(most, 'positional argument') : `from ${least} to ${plural(most, 'positional argument')}`;
  return typeError(`${label}() takes ${count} but ${given + hidden} were given`);
}
