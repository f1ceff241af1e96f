import type { BinaryOp } from './arithmetic.ts';
import type { CompareOp } from './compare.ts';

/** The syntax tree. Every node knows where in the source it begins, outputs also where they end. */
export type Expr = { at: number } & (
  | { type: 'const'; value: unknown }
  | { type: 'name'; name: string }
  | { type: 'parameter'; name: string }
  | { type: 'list'; items: Expr[] }
  | { type: 'tuple'; items: Expr[] }
  | { type: 'dict'; entries: [Expr, Expr][] }
  | { type: 'attribute'; object: Expr; name: string; nameAt: number }
  | { type: 'item'; object: Expr; key: Expr }
  | { type: 'slice'; object: Expr; from: Expr | null; to: Expr | null; step: Expr | null }
  | { type: 'call'; callee: Expr; args: Arguments }
  | { type: 'filter'; name: string; nameAt: number; input: Expr; args: Arguments }
  | { type: 'test'; name: string; nameAt: number; input: Expr; args: Arguments; negate: boolean }
  | { type: 'unary'; op: '-' | '+' | 'not'; operand: Expr }
  | { type: 'binary'; op: BinaryOp; left: Expr; right: Expr }
  | { type: 'and' | 'or'; left: Expr; right: Expr }
  | { type: 'compare'; left: Expr; rest: [CompareOp, Expr][] }
  | { type: 'concat'; parts: Expr[] }
  | { type: 'if'; test: Expr; yes: Expr; no: Expr | null }
);

export interface Arguments {
  positional: Expr[];
  named: [string, Expr][];
  /** `*list` and `**dict`. */
  rest: Expr | null;
  restNamed: Expr | null;
}

/** A target of `for` and `set`: a name, a namespace's attribute, or a tuple of targets. */
export type Target = { at: number } & (
  | { type: 'name'; name: string }
  | { type: 'namespace'; object: string; name: string }
  | { type: 'tuple'; items: Target[] }
);

export interface FilterCall {
  at: number;
  nameAt: number;
  name: string;
  args: Arguments;
}

export interface MacroParameter {
  name: string;
  at: number;
  fallback: Expr | null;
}

export type Statement = { at: number } & (
  | { type: 'text'; text: string }
  | { type: 'output'; value: Expr; end: number }
  | {
      type: 'for';
      target: Target;
      over: Expr;
      condition: Expr | null;
      recursive: boolean;
      body: Statement[];
      otherwise: Statement[];
    }
  | { type: 'if'; branches: [Expr, Statement[]][]; otherwise: Statement[] }
  | { type: 'set'; target: Target; value: Expr }
  | { type: 'set-block'; target: Target; filters: FilterCall[]; body: Statement[] }
  | { type: 'with'; names: [Target, Expr][]; body: Statement[] }
  | { type: 'filter-block'; filters: FilterCall[]; body: Statement[] }
  | { type: 'macro'; name: string; parameters: MacroParameter[]; body: Statement[] }
  | { type: 'call-block'; call: Extract<Expr, { type: 'call' }>; parameters: MacroParameter[]; body: Statement[] }
  | { type: 'block'; name: string; scoped: boolean; body: Statement[] }
  | { type: 'autoescape'; enabled: Expr; body: Statement[] }
  | { type: 'no-loader'; tag: string }
  | { type: 'customers'; over: Expr; separator: Expr; end: number }
);

/** A literal float, which prints with its point even when it is whole. */
export interface FloatLiteral {
  float: number;
}
