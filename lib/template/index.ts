/**
 * The template dialect: Jinja2 for texts written by strangers. Knows the language and its limits; knows nothing of HTTP,
 * databases or the host. Invariants: a template sees own data and whitelisted methods only; no code is generated; every
 * render has a budget of steps, output, memory and time; contexts are never shared between customers. Browser-safe.
 *
 * Reading order: values.ts (Python's values), print.ts, compare.ts, arithmetic.ts; lexer.ts, parser.ts (syntax); scope.ts,
 * compile-*.ts (closures); filters*.ts, tests.ts, methods*.ts, globals.ts (what templates may call); escape.ts (places);
 * template.ts, rendering.ts (this door). analyse.ts and reference.ts are doors of their own, for editors and documentation.
 */
export type { Limits } from './budget.ts';
export { TemplateError } from './errors.ts';
export type { Escape } from './escape.ts';
export { readJson } from './json-read.ts';
export {
  findParameters,
  isTemplate,
  PARAMETER_TYPES,
  type ParameterDeclaration,
  type ParameterType,
  refuseParameter,
} from './parameters.ts';
export { renderWithProvenance, type Span } from './provenance.ts';
export {
  type Context,
  decide,
  evaluate,
  LIMITS,
  render,
  renderEach,
  renderEachToBytes,
  renderRoot,
} from './rendering.ts';
export {
  type CompileOptions,
  compileExpression,
  compileTemplate,
  type Expression,
  type Reads,
  type Template,
} from './template.ts';
export { isTruthy } from './values.ts';
export { type Response, webhookValue } from './webhook.ts';
