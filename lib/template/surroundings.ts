import type { Expr } from './ast.ts';
import type { Evaluate } from './render-state.ts';
import type { Scope } from './scope.ts';

export interface CompiledParameter {
  /** What `[[ name ]]` gives: a constant, or the result of the value's own template. */
  evaluate: Evaluate;
}

/** What the compilers of expressions and calls have to know of the place they are in. */
export interface Surroundings {
  scope: Scope;
  parameters: ReadonlyMap<string, CompiledParameter>;
  /** Inside an `if`, an unknown filter or test is a fault only when it is reached. */
  soft: boolean;
  /** Compiles an expression inside another one. */
  compile(e: Expr, s: Surroundings): Evaluate;
}
