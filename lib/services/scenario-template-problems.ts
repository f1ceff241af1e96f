import { triggerIdsBefore } from '../core/api-trigger.ts';
import { type AnyNode, type Document, reachableFrom, webhooksBefore } from '../core/document.ts';
import { type NodeTemplate, templatesOf } from '../core/node-templates.ts';
import type { Problem } from '../core/problems.ts';
import { type AnalyseOptions, analyse, type Problem as Finding, type Known } from '../template/analyse.ts';
import { findParameters, isTemplate, refuseParameter } from '../template/index.ts';
import type { KnownTrigger } from './api-trigger-use.ts';

type NodeProblem = Omit<Problem, 'nodeId'>;

/**
 * What is wrong inside the templates of a node and with the values of its parameters, as the editor would mark it. Without
 * a document (a preset) nobody knows which event, call and responses there will be.
 */
export function templateProblems(
  document: Document | null,
  node: AnyNode,
  triggers: ReadonlyMap<string, KnownTrigger>,
): Problem[] {
  const templates = templatesOf(node);
  const { customer, root } = contextsOf(document, node, triggers);
  const isBatch = node.kind === 'webhook' && node.settings.batch;
  const names = node.kind === 'webhook' ? Object.keys(node.settings.parameters) : [];
  const problems = templates
    .filter(({ source }) => source.trim() !== '')
    .flatMap((template) => {
      const { place } = template;
      // The URL and the headers of a batch are the same for all its customers, as Root is.
      const isForAll = template.field === 'root' || (isBatch && (place === 'url' || place === 'header'));
      return found(template, {
        escape: escapeOf(node, place),
        ...(place === 'value' ? {} : { format: place }),
        isExpression: template.isExpression,
        parameters: names,
        known: isForAll ? root : customer,
      });
    });
  if (node.kind === 'webhook') problems.push(...parameterProblems(templates, node.settings.parameters, customer));
  return problems.map((problem) => ({ ...problem, nodeId: node.id }));
}

/** How the values of a template are escaped where it stands; "raw" is a choice for payloads only. */
function escapeOf(node: AnyNode, place: NodeTemplate['place']): NonNullable<AnalyseOptions['escape']> {
  if (place === 'value') return 'raw';
  const isRaw = node.kind === 'webhook' && node.settings.escaping === 'raw';
  return isRaw && place !== 'url' && place !== 'header' ? 'raw' : place;
}

/** What templates of the node see: those rendered for a customer, and those rendered for a whole batch. */
function contextsOf(
  document: Document | null,
  node: AnyNode,
  triggers: ReadonlyMap<string, KnownTrigger>,
): { customer: Known; root: Known } {
  const everywhere = {
    params: null,
    project: null,
    scenario: null,
    action: null,
    time: null,
    ...calledBefore(document, node, triggers),
  };
  const hasEvent =
    !document ||
    document.nodes.some((trigger) => trigger.kind === 'on-event' && reachableFrom(document, trigger.id).has(node.id));
  const webhooks =
    document && webhooksBefore(document, node.id).map(({ name }, i) => ({ position: i + 1, name, fields: null }));
  return {
    customer: { roots: { ...everywhere, customer: null, ...(hasEvent ? { event: null } : {}) }, webhooks },
    root: { roots: { ...everywhere, customers: null }, webhooks: [] },
  };
}

/** The root `trigger` with the parameters of the API triggers that lead to the node; nothing where none does. */
function calledBefore(
  document: Document | null,
  node: AnyNode,
  triggers: ReadonlyMap<string, KnownTrigger>,
): { trigger?: Known['roots'][string] } {
  if (!document) return { trigger: null };
  const ids = triggerIdsBefore(document, node.id);
  if (ids.length === 0) return {};
  // While one of them is not known, nothing is called unknown.
  if (ids.some((id) => !triggers.has(id))) return { trigger: null };
  return { trigger: ids.flatMap((id) => triggers.get(id)!.parameters.map(({ name }) => ({ name }))) };
}

function found({ field, name, source }: Pick<NodeTemplate, 'field' | 'name' | 'source'>, options: AnalyseOptions) {
  return findings(source, options).map(
    ({ severity, message, line, column }): NodeProblem => ({
      severity,
      field,
      message: `${name}, line ${line}, column ${column}: ${message}`,
      line,
      column,
    }),
  );
}

/** Templates change one at a time while a scenario is edited, so what was found in the others is kept. */
const kept = new Map<string, readonly Finding[]>();
const KEPT_FINDINGS = 1000;

function findings(source: string, options: AnalyseOptions): readonly Finding[] {
  const key = JSON.stringify([source, options]);
  const known = kept.get(key);
  if (known) return known;
  // Who writes "safe" has decided so; it is told in the editor only.
  const problems = analyse(source, options).problems.filter(({ code }) => code !== 'safe');
  if (kept.size >= KEPT_FINDINGS) kept.delete(kept.keys().next().value!);
  kept.set(key, problems);
  return problems;
}

function parameterProblems(templates: NodeTemplate[], values: Record<string, string>, known: Known): NodeProblem[] {
  return findParameters(...templates.map(({ source }) => source)).flatMap((declaration): NodeProblem[] => {
    const { name } = declaration;
    const value = (Object.hasOwn(values, name) ? values[name] : undefined) || declaration.default;
    const field = `parameters.${name}`;
    if (value === '')
      return [{ severity: 'warning', field, message: `Parameter ${name} has no value: it stays empty.` }];
    if (isTemplate(value)) return found({ field, name: `Parameter ${name}`, source: value }, { known });
    const refusal = refuseParameter(declaration, value);
    return refusal === null ? [] : [{ severity: 'error', field, message: `Parameter ${name} ${refusal}.` }];
  });
}
