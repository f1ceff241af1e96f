import { triggerIdsBefore } from '../core/api-trigger.ts';
import type { AnyNode, Document, Node } from '../core/document.ts';
import { NODE_KINDS } from '../core/node-kinds.ts';
import { coverUrl } from '../core/prefix-cover.ts';
import { errorsFirst, type Problem, problemsOf } from '../core/problems.ts';
import type { WebhookSettings } from '../core/webhook.ts';
import type { Db, Tx } from '../db/index.ts';
import { headersSetBy } from '../vault/index.ts';
import { type KnownTrigger, knownTriggers } from './api-trigger-use.ts';
import { templateProblems } from './scenario-template-problems.ts';
import { staticOrigin } from './secret.ts';

/**
 * Everything that is wrong with a scenario in its project, errors first: the document by itself, faults inside its
 * templates and parameters, and things that it names (policies, integrations, secrets, API triggers) but that are not there.
 */
export async function scenarioProblems(db: Db | Tx, projectId: string, document: Document): Promise<Problem[]> {
  const nodes = document.nodes.toSorted((a, b) => a.number - b.number);
  const triggers = await knownTriggers(db, projectId, triggerIdsBefore(document, null));
  return errorsFirst([
    ...problemsOf(document),
    ...nodes.flatMap((node) => templateProblems(document, node, triggers)),
    ...nodes.flatMap((node) => triggerProblems(node, triggers)),
    ...(await referenceProblems(
      db,
      projectId,
      nodes.filter((node) => node.kind === 'webhook'),
    )),
  ]);
}

/** What is wrong with a webhook that stands in no scenario (a preset), errors first. */
export async function webhookProblems(db: Db | Tx, projectId: string, settings: WebhookSettings): Promise<Problem[]> {
  const position = { x: 0, y: 0 };
  const node: Node<'webhook'> = { id: 'webhook', number: 1, kind: 'webhook', name: 'Webhook', position, settings };
  return errorsFirst([
    ...NODE_KINDS.webhook.faults(settings),
    // Values that are missing are for the marketer to fill in.
    ...templateProblems(null, node, new Map()).filter(
      ({ severity, field }) => severity === 'error' || !field.startsWith('parameters.'),
    ),
    ...(await referenceProblems(db, projectId, [node])),
  ]);
}

/** A node whose API trigger is gone, or switched off. */
function triggerProblems(node: AnyNode, triggers: ReadonlyMap<string, KnownTrigger>): Problem[] {
  if (node.kind !== 'api-trigger' || node.settings.triggerId === null) return [];
  const { triggerId } = node.settings;
  const trigger = triggers.get(triggerId);
  const problem = (severity: Problem['severity'], message: string): Problem[] => [
    { severity, field: 'triggerId', message, nodeId: node.id },
  ];
  if (!trigger) return problem('error', gone('API trigger', triggerId, 'node'));
  return trigger.enabled
    ? []
    : problem('warning', `The API trigger ${trigger.name} is switched off: its calls are refused, so nobody enters.`);
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
      (ids) =>
        db.integration.findMany({
          where: where(ids),
          select: { id: true, name: true, kind: true, prefix: true, public: true },
        }),
    ),
    rowsOf(
      named(({ settings }) => settings.headers.map(({ secretId }) => secretId)),
      (ids) => db.secret.findMany({ where: where(ids), select: { id: true, origin: true } }),
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
    const taken = integration && headers.length > 0 ? headersSetBy(integration) : [];
    headers.forEach(({ name, secretId }, i) => {
      const secret = secretId === null ? undefined : secrets.get(secretId);
      const stray = secret?.origin && strayOf(url, secret.origin);
      if (secretId !== null && !secret)
        problems.push(problem(`headers.${i}.value`, `Enter the value of the secret header ${name}.`));
      if (secret?.origin === null)
        problems.push(
          problem(
            `headers.${i}.value`,
            `The value of the secret header ${name} was stored without a host, so it is not sent anywhere. Write the host into the URL and enter the value again, or use an authentication integration.`,
          ),
        );
      if (stray)
        problems.push(
          problem(
            `headers.${i}.value`,
            `The value of the secret header ${name} was stored for ${secret?.origin} and does not go to ${stray}. Enter it again.`,
          ),
        );
      const double = integration && doubleOf(name, integration.name, taken);
      if (double) problems.push(problem(`headers.${i}.name`, double, 'warning'));
    });
    if (preset && !presets.has(preset.id))
      problems.push(
        problem('preset', 'The preset of this webhook no longer exists; the webhook stays as it is.', 'warning'),
      );
    return problems;
  });
}

/** Where a webhook's URL leads for certain, when that is not where the value of a secret header may go. */
function strayOf(url: string, origin: string): string | null {
  const leads = staticOrigin(url);
  return leads === null || leads === origin ? null : leads;
}

/** What there is to say of a header of the webhook's own beside an integration, or null. */
function doubleOf(name: string, integration: string, taken: readonly string[]): string | null {
  if (taken.includes(name.trim().toLowerCase()))
    return `The integration ${integration} sets ${name} itself, so the value here is not sent. Remove the header or the integration.`;
  return /^authorization$/i.test(name.trim())
    ? `The webhook sends ${name} of its own beside the integration ${integration}. Credentials belong in the integration.`
    : null;
}

function gone(what: string, id: string, of = 'webhook'): string {
  return id.startsWith(MISSING)
    ? `Choose the ${what} that stands here for “${id.slice(MISSING.length)}” of the imported file.`
    : `The ${what} of this ${of} no longer exists. Choose another one.`;
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
