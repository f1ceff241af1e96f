import type { Expr, Statement } from './ast.ts';
import { SOURCE_LIMIT } from './budget.ts';
import { compileExpr } from './compile-expressions.ts';
import { type CompiledTemplate, compileTemplateBody } from './compile-statements.ts';
import { TemplateError } from './errors.ts';
import type { Escape } from './escape.ts';
import { normalised } from './lexer.ts';
import { declaredParameters, isTemplate, type ParameterType, typedValue } from './parameters.ts';
import { parse, parseExpression } from './parser.ts';
import { str } from './print.ts';
import { type Read, readsOf } from './reads.ts';
import { capture, type Evaluate, newFrame } from './render-state.ts';
import { FunctionScope, Scope, walk } from './scope.ts';
import type { CompiledParameter } from './surroundings.ts';

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
  /** @internal */ readonly compiled: CompiledTemplate;
  /** @internal Where it came from, for a second compilation with provenance. */ readonly options: CompileOptions;
}

export interface Expression {
  readonly source: string;
  readonly name: string;
  readonly reads: Reads;
  /** @internal */ readonly evaluate: Evaluate;
  /** @internal */ readonly size: number;
}

const CACHE_SIZE = 500;
const cache = new Map<string, Template>();

/**
 * Compiles a template; the same source with the same options is compiled once.
 * @throws TemplateError with line and column
 */
export function compileTemplate(source: string, options: CompileOptions): Template {
  const parameters = options.parameters ? JSON.stringify(options.parameters) : '';
  const key = `${options.name}\u0000${options.escape}\u0000${parameters}\u0000${source}`;
  const known = cache.get(key);
  if (known) return known;
  const template = compileFresh(source, options, false);
  if (cache.size >= CACHE_SIZE) cache.delete(cache.keys().next().value!);
  cache.set(key, template);
  return template;
}

/** Compiles without looking into the cache. @param traced outputs note what they write */
export function compileFresh(source: string, options: CompileOptions, traced: boolean): Template {
  const text = normalised(source);
  return placed(options.name, text, () => {
    if (source.length > SOURCE_LIMIT)
      throw new TemplateError(
        'LimitError',
        `the template has ${source.length} characters, the limit is ${SOURCE_LIMIT}`,
        0,
      );
    const declared = new Map(declaredParameters(text).map((declaration) => [declaration.name, declaration]));
    const values = options.parameters ?? {};
    const body = parse(text, (name) => declared.has(name) || Object.hasOwn(values, name));
    const reads: Read[] = readsOf(body);
    const parameters = new Map<string, CompiledParameter>();
    for (const name of new Set([...declared.keys(), ...Object.keys(values)])) {
      const declaration = declared.get(name);
      const value = (Object.hasOwn(values, name) ? values[name] : undefined) || declaration?.default || '';
      parameters.set(name, compileParameter(name, value, declaration?.type ?? 'string', reads));
    }
    const compiled = compileTemplateBody(body, { escape: options.escape, parameters, traced });
    return {
      name: options.name,
      source: text,
      isStatic: reads.length === 0 && !isRandom(body),
      reads: summary(reads),
      compiled,
      options,
    };
  });
}

/** A value with Jinja in it is a template of its own, rendered in the same context; its text is data where it stands. */
function compileParameter(name: string, value: string, type: ParameterType, reads: Read[]): CompiledParameter {
  if (!isTemplate(value)) {
    const constant = typedValue(type, value);
    return { evaluate: () => constant };
  }
  const label = `Parameter ${name}`;
  const text = normalised(value);
  const { run, size } = placed(label, text, () => {
    const body = parse(text);
    reads.push(...readsOf(body));
    return compileTemplateBody(body, { escape: 'raw', parameters: new Map(), traced: false });
  });
  return {
    evaluate(r) {
      const { frame } = r;
      r.frame = newFrame(size, null);
      try {
        return typedValue(type, str(capture(r, run, false)));
      } catch (error) {
        throw error instanceof TemplateError ? error.at(label, text, r.at) : error;
      } finally {
        r.frame = frame;
      }
    },
  };
}

/** Compiles one expression, bare or as `{{ … }}`: for conditions and for values that keep their type. @throws TemplateError */
export function compileExpression(source: string, options: { name: string }): Expression {
  return placed(options.name, source, () => {
    if (source.length > SOURCE_LIMIT) throw new TemplateError('LimitError', 'the expression is too long', 0);
    const tree: Expr = parseExpression(source);
    const fn = new FunctionScope(null);
    const evaluate = compileExpr(tree, {
      scope: new Scope(fn, null),
      parameters: new Map(),
      soft: false,
      compile: compileExpr,
    });
    const reads = summary(readsOf([{ type: 'output', value: tree, at: 0, end: source.length }]));
    return { source, name: options.name, reads, evaluate, size: fn.size };
  });
}

/** Faults that know only their offset get line and column; a tree too deep for the stack is the template's fault, too. */
function placed<T>(name: string, source: string, work: () => T): T {
  try {
    return work();
  } catch (error) {
    if (error instanceof TemplateError) throw error.at(name, source, 0);
    if (error instanceof RangeError)
      throw new TemplateError('LimitError', 'the template is nested too deeply').at(name, source, 0);
    throw error;
  }
}

function isRandom(body: Statement[]): boolean {
  let random = false;
  walk(body, (node) => {
    if (node.type === 'filter' && node.name === 'random') random = true;
    if (node.type === 'name' && node.name === 'lipsum') random = true;
  });
  return random;
}

function summary(reads: readonly Read[]): Reads {
  const out = new Map<string, Set<string>>();
  for (const { root, path } of reads) {
    const steps = out.get(root) ?? new Set();
    out.set(root, steps.add(path[0] ?? '*'));
  }
  return out;
}
