/**
 * The template dialect: Jinja2 for texts written by strangers. Knows the language and its limits; knows nothing of HTTP,
 * databases or the host. Invariants: a template sees own data and whitelisted methods only; no code is generated; every
 * render has a budget of steps, output and time; contexts are never shared between customers. Browser-safe.
 */
import type { Expr, Statement } from './ast.ts';
import { begin, type Limits, SOURCE_LIMIT } from './budget.ts';
import { type CompiledParameter, compileExpr, compileStatements, emptyScope, type Render } from './compile.ts';
import { TemplateError } from './errors.ts';
import type { Escape } from './escape.ts';
import { type Env, FILTERS } from './filters.ts';
import { normalised } from './lexer.ts';
import { findParameters, isTemplate, typedValue } from './parameters.ts';
import { parse, parseExpression } from './parser.ts';
import { TESTS } from './tests.ts';
import { Host, isTruthy, Safe, toPlain, Undefined } from './values.ts';

export type { Limits } from './budget.ts';
export { TemplateError } from './errors.ts';
export type { Escape } from './escape.ts';
export {
  findParameters,
  isTemplate,
  PARAMETER_TYPES,
  type ParameterDeclaration,
  type ParameterType,
  refuseParameter,
} from './parameters.ts';
export { isTruthy } from './values.ts';

/** Budgets: an ordinary template uses 2 to 50 steps, the Root of 1000 customers about 30,000. */
export const LIMITS: { customer: Limits; root: Limits } = {
  customer: { steps: 200_000, output: 1_000_000, timeMs: 1000 },
  root: { steps: 2_000_000, output: 16_000_000, timeMs: 5000 },
};

export interface CompileOptions {
  /** How errors call it: "URL", "Header X-Id", "Root", "Customer", "Payload". */
  name: string;
  escape: Escape;
  /** Values of the parameters `[[ name ]]`; declarations without a value here take their default. */
  parameters?: Record<string, string>;
}

/** What a template reads: root names with the first step below them, "*" when it takes the whole. */
export type Reads = ReadonlyMap<string, ReadonlySet<string>>;

export interface Template {
  readonly name: string;
  readonly source: string;
  /** True when it gives the same text for everybody. */
  readonly isStatic: boolean;
  readonly reads: Reads;
  /** @internal */ readonly run: (r: Render) => void;
}

export interface Expression {
  readonly source: string;
  readonly name: string;
  readonly reads: Reads;
  /** @internal */ readonly evaluate: (r: Render) => unknown;
}

export type Context = Record<string, unknown>;

const CACHE_SIZE = 500;
const cache = new Map<string, Template>();

/**
 * Compiles a template; the same source with the same options is compiled once.
 * @throws TemplateError with line and column
 */
export function compileTemplate(source: string, options: CompileOptions): Template {
  const key = JSON.stringify([options.name, options.escape, options.parameters ?? null, source]);
  const known = cache.get(key);
  if (known) return known;
  if (source.length > SOURCE_LIMIT)
    throw new TemplateError(
      'LimitError',
      `the template has ${source.length} characters, the limit is ${SOURCE_LIMIT}`,
    ).at(options.name, source, 0);
  const declared = new Map(findParameters(source).map((declaration) => [declaration.name, declaration]));
  const values = options.parameters ?? {};
  const isDeclared = (name: string) => declared.has(name) || Object.hasOwn(values, name);
  const body = parse(options.name, source, isDeclared);
  const reads = readsOf(body);
  const parameters = new Map<string, CompiledParameter>();
  for (const name of new Set([...declared.keys(), ...Object.keys(values)])) {
    const declaration = declared.get(name);
    const value = (Object.hasOwn(values, name) ? values[name] : undefined) || declaration?.default || '';
    parameters.set(name, parameterOf(name, value, declaration?.type ?? 'string', reads));
  }
  const run = placed(options.name, source, () => compileStatements(body, { escape: options.escape, parameters }));
  const template: Template = {
    name: options.name,
    source,
    isStatic: reads.size === 0 && !/\brandom\b/.test(source),
    reads,
    run,
  };
  if (cache.size >= CACHE_SIZE) cache.delete(cache.keys().next().value!);
  cache.set(key, template);
  return template;
}

/** A value with Jinja in it is a template of its own, rendered in the same context; its text is data where it stands. */
function parameterOf(
  name: string,
  value: string,
  type: Parameters<typeof typedValue>[0],
  reads: Map<string, Set<string>>,
): CompiledParameter {
  if (!isTemplate(value)) {
    const constant = typedValue(type, value);
    return { evaluate: () => constant };
  }
  const label = `Parameter ${name}`;
  const body = parse(label, value);
  for (const [root, paths] of readsOf(body)) reads.set(root, new Set([...(reads.get(root) ?? []), ...paths]));
  const run = placed(label, value, () => compileStatements(body, { escape: 'raw', parameters: new Map() }));
  return {
    evaluate(r) {
      const { out, scope, chunks } = r;
      r.out = '';
      r.chunks = null;
      r.scope = emptyScope();
      try {
        run(r);
        return typedValue(type, r.out);
      } catch (error) {
        throw error instanceof TemplateError ? error.at(label, value, r.at) : error;
      } finally {
        r.out = out;
        r.chunks = chunks;
        r.scope = scope;
      }
    },
  };
}

/** Compiles one expression, bare or as `{{ … }}`: for conditions and for values that keep their type. */
export function compileExpression(source: string, options: { name: string }): Expression {
  const tree = parseExpression(options.name, source);
  return {
    source,
    name: options.name,
    reads: readsOf([{ type: 'output', value: tree, at: 0 }]),
    evaluate: placed(options.name, source, () => compileExpr(tree)),
  };
}

/** Compile-time faults that know only their offset get line and column. */
function placed<T>(name: string, source: string, work: () => T): T {
  try {
    return work();
  } catch (error) {
    if (error instanceof TemplateError)
      throw error.at(name, normalised(source), (error as { offset?: number }).offset ?? 0);
    throw error;
  }
}

const ENV: Env = {
  filter(name) {
    const filter = FILTERS.get(name);
    if (!filter) throw new TemplateError('TemplateRuntimeError', `No filter named '${name}'.`);
    return filter;
  },
  test(name) {
    const test = TESTS.get(name);
    if (!test) throw new TemplateError('TemplateRuntimeError', `No test named '${name}'.`);
    return test;
  },
  now: () => Date.now() / 1000,
};

function start(context: Context, limits: Limits, chunks: string[] | null): Render {
  begin(limits);
  return { context, scope: emptyScope(), out: '', chunks, outputLimit: limits.output, at: 0, depth: 0, env: ENV };
}

/** Whatever goes wrong inside a render is the template's fault and is told as such, with its place. */
function blame(error: unknown, r: Render, template: { name: string; source: string }): TemplateError {
  const source = normalised(template.source);
  if (error instanceof TemplateError) return error.at(template.name, source, r.at);
  if (error instanceof RangeError)
    return new TemplateError('RecursionError', 'the template goes too deep or makes too much').at(
      template.name,
      source,
      r.at,
    );
  throw error;
}

/** Renders for one context. @throws TemplateError */
export function render(template: Template, context: Context, limits: Limits = LIMITS.customer): string {
  const r = start(context, limits, null);
  try {
    template.run(r);
    return r.out;
  } catch (error) {
    throw blame(error, r, template);
  }
}

/** Renders for each context; one that fails gives its error and never stops the others. */
export function renderEach(
  template: Template,
  contexts: readonly Context[],
  limits: Limits = LIMITS.customer,
): (string | TemplateError)[] {
  const results = new Array<string | TemplateError>(contexts.length);
  for (let i = 0; i < contexts.length; i++) {
    const r = start(contexts[i]!, limits, null);
    try {
      template.run(r);
      results[i] = r.out;
    } catch (error) {
      results[i] = blame(error, r, template);
    }
  }
  return results;
}

/** Renders Root over finished Customer parts; gives pieces whose concatenation is the body. @throws TemplateError */
export function renderRoot(
  template: Template,
  context: Context,
  customers: readonly string[],
  limits: Limits = LIMITS.root,
): string[] {
  const r = start({ ...context, customers: customers.map((part) => new Safe(part)) }, limits, []);
  try {
    template.run(r);
    r.chunks!.push(r.out);
    return r.chunks!;
  } catch (error) {
    throw blame(error, r, template);
  }
}

/** The expression's value as plain JSON; a missing value is null. @throws TemplateError */
export function evaluate(expression: Expression, context: Context, limits: Limits = LIMITS.customer): unknown {
  const r = start(context, limits, null);
  try {
    return toPlain(expression.evaluate(r));
  } catch (error) {
    throw blame(error, r, expression);
  }
}

/** Whether the expression is true in Python's sense. @throws TemplateError */
export function decide(expression: Expression, context: Context, limits: Limits = LIMITS.customer): boolean {
  const r = start(context, limits, null);
  try {
    return isTruthy(expression.evaluate(r));
  } catch (error) {
    throw blame(error, r, expression);
  }
}

/** An earlier response as templates see it. */
export interface Response {
  name: string;
  data: unknown;
  isText: boolean;
  statusCode: number;
  success: boolean;
}

/** The context's `webhook`: the last response as a value, and `webhook(n)` from 1 or `webhook("name")`. */
export function webhookValue(responses: readonly Response[]): unknown {
  const view = (response: Response | undefined): Host | Undefined => {
    if (!response) return new Undefined('there is no such webhook before this place');
    const { data } = response;
    return new Host('webhook', (key) => {
      if (
        typeof data === 'object' &&
        data !== null &&
        !response.isText &&
        !Array.isArray(data) &&
        typeof key === 'string' &&
        Object.hasOwn(data, key)
      )
        return (data as Record<string, unknown>)[key];
      if (Array.isArray(data) && typeof key === 'number') return data[key];
      if (key === 'data') return data === undefined ? null : data;
      if (key === 'status_code') return response.statusCode;
      if (key === 'success') return response.success;
      return undefined;
    });
  };
  const last = view(responses.at(-1));
  const call = ([which]: unknown[]): unknown => {
    if (which === undefined) return last;
    return view(
      typeof which === 'number'
        ? responses[which - 1]
        : responses.findLast((response) => response.name === (which instanceof Safe ? which.text : which)),
    );
  };
  return new Host('webhook', (key) => (last instanceof Host ? last.get(key) : undefined), call);
}

/** Root names that a tree takes from its context, each with the first steps below it. */
function readsOf(body: Statement[]): Map<string, Set<string>> {
  const reads = new Map<string, Set<string>>();
  const add = (root: string, path: string) => {
    const paths = reads.get(root) ?? new Set();
    reads.set(root, paths.add(path));
  };
  const visit = (node: unknown): void => {
    if (Array.isArray(node)) return node.forEach(visit);
    if (typeof node !== 'object' || node === null) return;
    const expr = node as Expr;
    if (expr.type === 'name') return add(expr.name, '*');
    if (expr.type === 'attribute' && expr.object.type === 'name') return add(expr.object.name, expr.name);
    if (
      expr.type === 'item' &&
      expr.object.type === 'name' &&
      expr.key.type === 'const' &&
      typeof expr.key.value === 'string'
    )
      return add(expr.object.name, expr.key.value);
    for (const value of Object.values(node)) visit(value);
  };
  visit(body);
  return reads;
}
