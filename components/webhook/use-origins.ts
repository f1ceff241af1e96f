'use client';

import { useCallback } from 'react';
import type { CodeEditorProps } from '@/components/monaco/code-editor';
import { brief } from '@/components/monaco/sources';
import { useProject } from '@/components/shell/project-context';
import type { Node } from '@/lib/core/document';
import type { WebhookSettings } from '@/lib/core/webhook';
import { compileExpression, evaluate, type Span, TemplateError, webhookValue } from '@/lib/template';
import type { Prepared } from './contract';
import { spanAt, type TraceContext, trace } from './trace';
import type { Place } from './use-place';
import type { Whom } from './use-whom';

/** For a rendered request: what wrote each part of its body, with the value before each filter. Of a batch, the first customer's part. */
export function useOrigins({
  settings,
  scenario,
  node: { number, name },
  whom,
  place,
}: {
  settings: WebhookSettings;
  scenario: { id: string; name: string } | null;
  node: Node<'webhook'>;
  whom: Whom;
  place: Place;
}): (request: Prepared) => CodeEditorProps['origin'] {
  const project = useProject();
  const { customer } = whom;
  return useCallback(
    ({ body, customers }) => {
      if (body === null || !customer || (settings.batch && customers.length === 0)) return null;
      const context: TraceContext = {
        customer: customer.properties,
        event: place.event?.typed ?? place.event?.latest ?? {},
        trigger: place.trigger?.typed ?? place.trigger?.examples ?? {},
        responses: place.earlier.map(({ response }) => response),
        project: { id: project.id, name: project.name },
        scenario: scenario ?? { id: '', name: '' },
        action: { id: number, name },
      };
      const part = settings.batch ? customers[0]! : { start: 0, end: body.length };
      const template = settings.batch ? 'Customer' : 'Payload';
      // Only when somebody points at it: a long template is not rendered twice for every key.
      let spans: Span[] | null | undefined;
      return (offset) => {
        if (spans === undefined) spans = trace(settings, template, context, body.slice(part.start, part.end));
        const span = spans && spanAt(spans, offset - part.start);
        if (!span) return null;
        const steps = stepsOf(span.expression, context).map(([code, value]) => `\`${code}\` gives \`${value}\``);
        return {
          from: part.start + span.start,
          to: part.start + span.end,
          text: [
            ...(steps.length > 0 ? steps : [`\`${span.expression}\``]),
            `${span.template}, line ${span.line}`,
          ].join('  \n'),
        };
      };
    },
    [settings, scenario, number, name, customer, place, project.id, project.name],
  );
}

/** The value of an output's expression before its first filter, and after each. */
function stepsOf(output: string, { responses, ...context }: TraceContext): [code: string, value: string][] {
  const code = /^\{\{[-+]?\s*([\s\S]*?)\s*[-+]?\}\}$/.exec(output)?.[1];
  if (!code) return [];
  const cuts = [0, ...filterBars(code), code.length];
  const steps: [string, string][] = [];
  for (let i = 1; i < cuts.length; i++) {
    try {
      const value = evaluate(compileExpression(code.slice(0, cuts[i]), { name: 'Preview' }), {
        ...context,
        webhook: webhookValue(responses),
      });
      steps.push([code.slice(cuts[i - 1], cuts[i]).trim(), value === null ? 'nothing' : brief(value, 120)]);
    } catch (error) {
      // A part that means nothing by itself, or reads a name that the template set before.
      if (!(error instanceof TemplateError)) throw error;
    }
  }
  return steps;
}

/** Where the bars of filters stand, outside of brackets and texts. */
function filterBars(code: string): number[] {
  const found: number[] = [];
  let depth = 0;
  let quote = '';
  for (let i = 0; i < code.length; i++) {
    const char = code[i]!;
    if (quote) quote = char === quote ? '' : quote;
    else if (char === '"' || char === "'") quote = char;
    else if ('([{'.includes(char)) depth++;
    else if (')]}'.includes(char)) depth--;
    else if (char === '|' && depth === 0) found.push(i);
  }
  return found;
}
