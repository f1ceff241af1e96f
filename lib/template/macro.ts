import type { MacroParameter, Statement } from './ast.ts';
import { MACRO_DEPTH } from './budget.ts';
import { TemplateError, typeError } from './errors.ts';
import { capture, type Evaluate, type Execute, newFrame, type Render } from './render-state.ts';
import { type FunctionScope, mentions } from './scope.ts';
import { Dict, Func, type Named, Tuple, Undefined } from './values.ts';

/** A macro, compiled: what it needs to become a function of the frame it is defined in. */
export interface CompiledMacro {
  /** Null for the body of a call block. */
  name: string | null;
  fn: FunctionScope;
  parameters: { name: string; slot: number; fallback: Evaluate | null }[];
  /** Slots of what the body asks for beyond its parameters; null when it does not. */
  varargs: number | null;
  kwargs: number | null;
  caller: number | null;
  run: Execute;
  /** Whether the output is finished for its place, or a text that is escaped where it is used. */
  finished: boolean;
}

/** The special names that a macro's body reads. */
export function specialNames(parameters: MacroParameter[], body: Statement[]): Set<string> {
  const own = new Set(parameters.map(({ name }) => name));
  return new Set(
    ['varargs', 'kwargs', 'caller'].filter((name) => !own.has(name) && mentions([body, parameters], name)),
  );
}

const quote = (name: string | null): string => (name === null ? 'None' : `'${name}'`);

/** The macro as a function that sees the variables of the frame where it was defined. */
export function macroFunction(macro: CompiledMacro, r: Render): Func {
  const home = r.frame;
  const attributes: Named = Object.assign(Object.create(null) as Named, {
    name: macro.name,
    arguments: Tuple.from_(macro.parameters.map(({ name }) => name)),
    catch_kwargs: macro.kwargs !== null,
    catch_varargs: macro.varargs !== null,
    caller: macro.caller !== null,
  });
  return new Func(
    macro.name ?? 'caller',
    (positional, named) => {
      if (++r.depth > MACRO_DEPTH) throw new TemplateError('RecursionError', 'maximum recursion depth exceeded');
      const back = r.frame;
      const frame = newFrame(macro.fn.size, home);
      const pending = fill(macro, frame.slots, positional, named);
      r.frame = frame;
      try {
        for (const at of pending) {
          const { name, slot, fallback } = macro.parameters[at]!;
          frame.slots[slot] = fallback ? fallback(r) : new Undefined(`parameter '${name}' was not provided`);
        }
        return capture(r, macro.run, macro.finished);
      } finally {
        r.frame = back;
        r.depth--;
      }
    },
    'Macro',
    attributes,
  );
}

/** Puts the arguments into their slots; gives the parameters that are left to their defaults. @throws TypeError */
function fill(macro: CompiledMacro, slots: unknown[], positional: unknown[], named: Named): number[] {
  const rest = new Map(Object.entries(named));
  const pending: number[] = [];
  macro.parameters.forEach(({ name, slot }, i) => {
    if (i < positional.length) slots[slot] = positional[i];
    else if (rest.has(name)) {
      slots[slot] = rest.get(name);
      rest.delete(name);
    } else pending.push(i);
  });
  if (macro.caller !== null) {
    slots[macro.caller] = rest.get('caller') ?? new Undefined('No caller defined');
    rest.delete('caller');
  }
  if (macro.kwargs !== null) slots[macro.kwargs] = Dict.from(rest);
  else if (rest.has('caller'))
    throw typeError(
      `macro ${quote(macro.name)} was invoked with two values for the special caller argument. This is most likely a bug.`,
    );
  else if (rest.size > 0)
    throw typeError(`macro ${quote(macro.name)} takes no keyword argument '${rest.keys().next().value}'`);
  const { length } = macro.parameters;
  if (macro.varargs !== null) slots[macro.varargs] = Tuple.from_(positional.slice(length));
  else if (positional.length > length)
    throw typeError(`macro ${quote(macro.name)} takes not more than ${length} argument(s)`);
  return pending;
}
