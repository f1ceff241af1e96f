import { begin, type Limits } from './budget.ts';
import { TemplateError } from './errors.ts';
import { ENV } from './filters.ts';
import { toPlain } from './plain.ts';
import { newFrame, type Render } from './render-state.ts';
import type { Expression, Template } from './template.ts';
import { isTruthy, Safe } from './values.ts';

/**
 * Budgets. An ordinary template uses 2 to 50 steps and the Root of 1000 customers about 30,000, so these stop only what is
 * wrong: 200,000 steps are some 0.1 s of one core, 2 million about a second. Output is limited to what a request may weigh.
 */
export const LIMITS: { customer: Limits; root: Limits } = {
  customer: { steps: 200_000, output: 1_000_000, timeMs: 1000, allocation: 32_000_000 },
  root: { steps: 2_000_000, output: 16_000_000, timeMs: 5000, allocation: 128_000_000 },
};

export type Context = Record<string, unknown>;

export function start(context: Context, limits: Limits, size: number): Render {
  begin(limits);
  return {
    context,
    frame: newFrame(size, null),
    out: '',
    chunks: null,
    chunked: 0,
    outputLimit: limits.output,
    at: 0,
    depth: 0,
    spans: null,
    env: ENV,
  };
}

/** Whatever goes wrong inside a render is the template's fault and is told as such, with its place. */
export function blame(error: unknown, r: Render, template: { name: string; source: string }): TemplateError {
  if (error instanceof TemplateError) return error.at(template.name, template.source, r.at);
  if (error instanceof RangeError)
    return new TemplateError('RecursionError', 'the template goes too deep or makes too much').at(
      template.name,
      template.source,
      r.at,
    );
  throw error;
}

/** Renders for one context. @throws TemplateError */
export function render(template: Template, context: Context, limits: Limits = LIMITS.customer): string {
  const r = start(context, limits, template.compiled.size);
  try {
    template.compiled.run(r);
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
  return contexts.map((context) => {
    const r = start(context, limits, template.compiled.size);
    try {
      template.compiled.run(r);
      return r.out;
    } catch (error) {
      return blame(error, r, template);
    }
  });
}

const encoder = new TextEncoder();
const SLAB = 65_536;

/**
 * Renders for each context to UTF-8. The texts are never joined, as encoding one string of a whole batch costs more than
 * all its templates together; they share slabs of memory instead. One that fails gives its error.
 */
export function renderEachToBytes(
  template: Template,
  contexts: readonly Context[],
  limits: Limits = LIMITS.customer,
): (Uint8Array | TemplateError)[] {
  let slab = new Uint8Array(SLAB);
  let used = 0;
  return renderEach(template, contexts, limits).map((text) => {
    if (typeof text !== 'string') return text;
    const most = text.length * 3;
    if (slab.length - used < most) {
      slab = new Uint8Array(Math.max(SLAB, most));
      used = 0;
    }
    const from = used;
    used += encoder.encodeInto(text, slab.subarray(used)).written;
    return slab.subarray(from, used);
  });
}

/** Renders Root over finished Customer parts; gives pieces whose concatenation is the body. @throws TemplateError */
export function renderRoot(
  template: Template,
  context: Context,
  customers: readonly string[],
  limits: Limits = LIMITS.root,
): string[] {
  const parts = customers.map((part) => new Safe(part));
  const r = start({ ...context, customers: parts }, limits, template.compiled.size);
  r.chunks = [];
  try {
    template.compiled.run(r);
    if (r.out) r.chunks.push(r.out);
    return r.chunks;
  } catch (error) {
    throw blame(error, r, template);
  }
}

/** The expression's value as plain JSON; a missing value is null. @throws TemplateError */
export function evaluate(expression: Expression, context: Context, limits: Limits = LIMITS.customer): unknown {
  const r = start(context, limits, expression.size);
  try {
    return toPlain(expression.evaluate(r));
  } catch (error) {
    throw blame(error, r, expression);
  }
}

/** Whether the expression is true in Python's sense. @throws TemplateError */
export function decide(expression: Expression, context: Context, limits: Limits = LIMITS.customer): boolean {
  const r = start(context, limits, expression.size);
  try {
    return isTruthy(expression.evaluate(r));
  } catch (error) {
    throw blame(error, r, expression);
  }
}
