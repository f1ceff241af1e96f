import { type Context, compileExpression, compileTemplate, evaluate, isTemplate, render } from '../template/index.ts';

/** Values that a marketer writes next to a name: plain text, a template, or one expression that keeps its type. */
export type Value = (context: Context) => unknown;

const ONE_EXPRESSION = /^\s*\{\{((?:(?!\{\{|\}\}|\{%|%\}|\{#)[\s\S])*)\}\}\s*$/;

/** Compiles a value. @throws TemplateError */
export function compileValue(source: string, name: string): Value {
  if (!isTemplate(source)) return () => source;
  if (ONE_EXPRESSION.test(source)) {
    const expression = compileExpression(source, { name });
    return (context) => evaluate(expression, context);
  }
  const template = compileTemplate(source, { name, escape: 'raw' });
  return (context) => render(template, context);
}
