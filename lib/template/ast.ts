/** The syntax tree. Every node knows the offset in the source where it begins. */
export type Expr = { at: number } & (
  | { type: 'const'; value: unknown }
  | { type: 'name'; name: string }
  | { type: 'parameter'; name: string }
  | { type: 'list'; items: Expr[] }
  | { type: 'tuple'; items: Expr[] }
  | { type: 'dict'; entries: [Expr, Expr][] }
  | { type: 'attribute'; object: Expr; name: string }
  | { type: 'item'; object: Expr; key: Expr }
  | { type: 'slice'; object: Expr; from: Expr | null; to: Expr | null; step: Expr | null }
  | { type: 'call'; callee: Expr; args: Arguments }
  | { type: 'filter'; name: string; input: Expr | null; args: Arguments }
  | { type: 'test'; name: string; input: Expr; args: Arguments; negate: boolean }
  | { type: 'unary'; op: '-' | '+' | 'not'; operand: Expr }
  | { type: 'binary'; op: BinaryOp; left: Expr; right: Expr }
  | { type: 'and' | 'or'; left: Expr; right: Expr }
  | { type: 'compare'; left: Expr; rest: [CompareOp, Expr][] }
  | { type: 'concat'; parts: Expr[] }
  | { type: 'if'; test: Expr; yes: Expr; no: Expr | null }
);
export type BinaryOp = '+' | '-' | '*' | '/' | '//' | '%' | '**';
export type CompareOp = '==' | '!=' | '<' | '<=' | '>' | '>=' | 'in' | 'not in';

export interface Arguments {
  positional: Expr[];
  named: [string, Expr][];
}

/** A target of `for` and `set`: a name, or a tuple of targets. */
export type Target = string | Target[];

export type Statement = { at: number } & (
  | { type: 'text'; text: string }
  | { type: 'output'; value: Expr }
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
  | { type: 'set-attribute'; object: string; name: string; value: Expr }
  | { type: 'set-block'; target: string; filters: FilterCall[]; body: Statement[] }
  | { type: 'with'; names: [Target, Expr][]; body: Statement[] }
  | { type: 'filter-block'; filters: FilterCall[]; body: Statement[] }
  | { type: 'macro'; name: string; parameters: [string, Expr | null][]; body: Statement[] }
  | { type: 'call-block'; call: Expr; parameters: [string, Expr | null][]; body: Statement[] }
  | { type: 'block'; body: Statement[] }
  | { type: 'customers'; over: Expr; separator: Expr }
);

export interface FilterCall {
  at: number;
  name: string;
  args: Arguments;
}
