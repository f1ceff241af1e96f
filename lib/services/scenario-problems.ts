import { type AnyNode, type Document, type Node, reachableFrom, webhooksBefore } from '../core/document.ts';
import { type NodeTemplate, templatesOf } from '../core/node-templates.ts';
import { coverUrl } from '../core/prefix-cover.ts';
import { errorsFirst, type Problem, problemsOf } from '../core/problems.ts';
import type { Db, Tx } from '../db/index.ts';
import {
  compileExpression,
  compileTemplate,
  type Escape,
  findParameters,
  type Reads,
  refuseParameter,
  TemplateError,
} from '../template/index.ts';

/**
 * Everything that is wrong with a scenario in its project, errors first: the document by itself, faults inside its
 * templates and parameters, and things that it names (policies, integrations, secrets) but that are not there.
 */
export async function scenarioProblems(db: Db | Tx, projectId: string, document: Document): Promise<Problem[]> {
  const nodes = document.nodes.toSorted((a, b) => a.number - b.number);
  return errorsFirst([
    ...problemsOf(document),
    ...nodes.flatMap((node) => templateProblems(document, node)),
    ...(await referenceProblems(
      db,
      projectId,
      nodes.filter((node) => node.kind === 'webhook'),
    )),
  ]);
}

/** How the values of a template are escaped where it stands; "raw" is a choice for payloads only. */
function escapeOf(place: NodeTemplate['place'], escaping: 'format' | 'raw'): Escape {
  if (place === 'value') return 'raw';
  return escaping === 'raw' && place !== 'url' && place !== 'header' ? 'raw' : place;
}

function templateProblems(document: Document, node: AnyNode): Problem[] {
  const settings = node.kind === 'webhook' ? node.settings : null;
  const problems: Problem[] = [];
  const add = (problem: Omit<Problem, 'nodeId'>) => {
    if (!problems.some((known) => known.field === problem.field && known.message === problem.message))
      problems.push({ ...problem, nodeId: node.id });
  };
  const templates = templatesOf(node);
  for (const template of templates) {
    try {
      const { reads } = template.isExpression
        ? compileExpression(template.source, { name: template.name })
        : compileTemplate(template.source, {
            name: template.name,
            escape: escapeOf(template.place, settings?.escaping ?? 'raw'),
            ...(settings ? { parameters: settings.parameters } : {}),
          });
      for (const message of pathProblems(document, node, reads))
        add({ severity: 'warning', field: template.field, message: `${template.name}: ${message}` });
    } catch (error) {
      if (!(error instanceof TemplateError)) throw error;
      // An empty expression is told by the node's own faults.
      if (template.isExpression && template.source.trim() === '') continue;
      add(templateProblem(error, template));
    }
  }
  if (settings) for (const problem of parameterProblems(templates, settings.parameters)) add(problem);
  return problems;
}

function templateProblem(error: TemplateError, template: NodeTemplate): Omit<Problem, 'nodeId'> {
  const name = error.template || template.name;
  const parameter = /^Parameter (.+)$/.exec(name)?.[1];
  return {
    severity: 'error',
    field: parameter === undefined ? template.field : `parameters.${parameter}`,
    message: `${name}, line ${error.line}, column ${error.column}: ${error.message}`,
    line: error.line,
    column: error.column,
  };
}

/** What a template reads although nothing on the way to its node can have given it. */
function pathProblems(document: Document, node: AnyNode, reads: Reads): string[] {
  const told: string[] = [];
  if (reads.has('webhook') && webhooksBefore(document, node.id).length === 0)
    told.push('there is no webhook before this node, so webhook is empty here.');
  const begins = (trigger: AnyNode) => trigger.kind === 'on-event' && reachableFrom(document, trigger.id).has(node.id);
  if (reads.has('event') && !document.nodes.some(begins))
    told.push('no On event trigger leads to this node, so event is empty here.');
  return told;
}

function parameterProblems(templates: NodeTemplate[], values: Record<string, string>): Omit<Problem, 'nodeId'>[] {
  return findParameters(...templates.map(({ source }) => source)).flatMap((declaration): Omit<Problem, 'nodeId'>[] => {
    const { name } = declaration;
    const value = (Object.hasOwn(values, name) ? values[name] : undefined) || declaration.default;
    const field = `parameters.${name}`;
    if (value === '')
      return [{ severity: 'warning', field, message: `Parameter ${name} has no value: it stays empty.` }];
    const refusal = refuseParameter(declaration, value);
    return refusal === null ? [] : [{ severity: 'error', field, message: `Parameter ${name} ${refusal}.` }];
  });
}

/** What an imported webhook had and nobody has mapped yet stands in its settings behind this word, with its name. */
export const MISSING = 'missing:';

async function referenceProblems(db: Db | Tx, projectId: string, webhooks: Node<'webhook'>[]): Promise<Problem[]> {
  const named = (pick: (node: Node<'webhook'>) => (string | null | undefined)[]) => [
    ...new Set(webhooks.flatMap(pick).filter((id) => id != null && isUuid(id)) as string[]),
  ];
  const where = (ids: string[]) => ({ projectId, id: { in: ids } });
  const [policies, integrations, secrets, presets] = await Promise.all([
    rowsOf(
      named(({ settings }) => [settings.policyId]),
      (ids) => db.policy.findMany({ where: where(ids), select: { id: true } }),
    ),
    rowsOf(
      named(({ settings }) => [settings.integrationId]),
      (ids) => db.integration.findMany({ where: where(ids), select: { id: true, name: true, prefix: true } }),
    ),
    rowsOf(
      named(({ settings }) => settings.headers.map(({ secretId }) => secretId)),
      (ids) => db.secret.findMany({ where: where(ids), select: { id: true } }),
    ),
    rowsOf(
      named(({ settings }) => [settings.preset?.id]),
      (ids) => db.preset.findMany({ where: where(ids), select: { id: true } }),
    ),
  ]);
  return webhooks.flatMap((node) => {
    const { policyId, integrationId, headers, preset, url } = node.settings;
    const problem = (field: string, message: string, severity: Problem['severity'] = 'error'): Problem => ({
      severity,
      field,
      message,
      nodeId: node.id,
    });
    const problems: Problem[] = [];
    if (policyId !== null && !policies.has(policyId))
      problems.push(problem('policyId', gone('throughput policy', policyId)));
    const integration = integrationId === null ? undefined : integrations.get(integrationId);
    const outside = integration && outsidePrefix(url, integration.prefix);
    if (integrationId !== null && !integration)
      problems.push(problem('integrationId', gone('authentication integration', integrationId)));
    if (integration && outside)
      problems.push(problem('url', `The URL is outside the endpoint prefix of ${integration.name}: ${outside}.`));
    headers.forEach(({ name, secretId }, i) => {
      if (secretId !== null && !secrets.has(secretId))
        problems.push(problem(`headers.${i}.value`, `Enter the value of the secret header ${name}.`));
    });
    if (preset && !presets.has(preset.id))
      problems.push(
        problem('preset', 'The preset of this webhook no longer exists; the webhook stays as it is.', 'warning'),
      );
    return problems;
  });
}

function gone(what: string, id: string): string {
  return id.startsWith(MISSING)
    ? `Choose the ${what} that stands here for “${id.slice(MISSING.length)}” of the imported file.`
    : `The ${what} of this webhook no longer exists. Choose another one.`;
}

const isUuid = (text: string) => /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i.test(text);

async function rowsOf<Row extends { id: string }>(
  ids: string[],
  find: (ids: string[]) => Promise<Row[]>,
): Promise<Map<string, Row>> {
  return new Map(ids.length === 0 ? [] : (await find(ids)).map((row) => [row.id, row]));
}

/**
 * Why the part of a URL that is the same for everybody cannot lie below the prefix, or null when it may; what rendering
 * adds is judged at every send.
 */
function outsidePrefix(url: string, prefix: string): string | null {
  const text = url.trim();
  const dynamic = text.search(/\{\{|\{%|\{#|\[\[/);
  if (dynamic < 0) {
    const cover = coverUrl(text, prefix);
    return cover.ok ? null : cover.reason;
  }
  // Up to the last complete segment of what is static; a head without a path says nothing yet.
  const head = text.slice(0, dynamic);
  if (!/^https?:\/\/[^/]+\//i.test(head)) return null;
  const complete = head.slice(0, head.search(/[?#]|$/)).replace(/[^/]*$/, '');
  const base = prefix.endsWith('/') ? prefix : `${prefix}/`;
  if (base.toLowerCase().startsWith(complete.toLowerCase())) return null;
  const cover = coverUrl(complete, prefix);
  return cover.ok ? null : cover.reason;
}
