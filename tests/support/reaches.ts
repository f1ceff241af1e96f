import { randomBytes, randomUUID } from 'node:crypto';
import { WebhookSettings } from '../../lib/core/webhook.ts';
import { pool, prisma } from '../../lib/db/index.ts';
import { type VerbName, verbs } from '../../lib/services/index.ts';
import { newProject } from './members.ts';
import { addCustomers, rowOf, storeScenario, webhookStep } from './scenarios.ts';

/** A project with one of everything, and for every verb how somebody would reach for it. */

/** Stands in the name of everything that `furnished` makes. */
export const CANARY = 'canary-of-the-other-project';

/** The secrets of that project: a password and the value of a secret header. */
export const SECRETS = { password: 'hunter2-of-the-gateway', header: 'hunter3-of-the-header' };

/** Every way in which one of those secrets might be written. */
export const SECRET_FORMS = Object.values(SECRETS).flatMap((secret) => [
  secret,
  Buffer.from(secret).toString('base64').replace(/=+$/, ''),
  Buffer.from(`eva:${secret}`).toString('base64').replace(/=+$/, ''),
  Buffer.from(secret).toString('hex'),
]);

/** The names, contents and secrets of that project that a text has. */
export const canariesIn = (text: string): string[] => [CANARY, ...SECRET_FORMS].filter((form) => text.includes(form));

/** A project with one of everything, all of which carries the mark in its name and its contents. */
export async function furnished(mark = CANARY, secrets = SECRETS) {
  const project = await newProject(mark);
  const developer = await project.as('developer');
  const { id: projectId } = project;
  const [customer = ''] = await addCustomers(projectId, [{ email: `${mark}@example.com`, note: mark }]);
  await prisma().customerIdentifier.create({
    data: { projectId, kind: 'registered', value: mark, isHard: true, customerId: BigInt(customer) },
  });
  await prisma().event.create({
    data: { projectId, customerId: BigInt(customer), type: mark, at: new Date(), properties: { note: mark } },
  });
  const prefix = `https://${mark}.example/`;
  const integration = await verbs['integration.create'](developer, {
    name: mark,
    prefix,
    settings: { kind: 'http', scheme: 'basic' },
    secrets: { username: 'eva', password: secrets.password },
  });
  const secret = await verbs['secret.store'](developer, { value: secrets.header, url: prefix });
  const webhook = WebhookSettings.parse({
    url: `${prefix}send`,
    headers: [{ name: 'X-Key', value: '', secretId: secret.id }],
    integrationId: integration.id,
    payload: `{"note": "${mark}"}`,
  });
  const scenario = await storeScenario(projectId, rowOf(['now', {}], webhookStep(webhook)), mark);
  const { runs } = await verbs['scenario.start'](developer, { id: scenario });
  const check = await prisma().audienceCheck.create({
    data: { projectId, scenarioId: scenario, nodeId: 'n2', fingerprint: mark, message: mark },
  });
  const { id: policy } = await verbs['policy.create'](developer, {
    name: mark,
    concurrency: 1,
    rate: null,
    isDefault: true,
  });
  const { id: preset } = await verbs['preset.create'](developer, { name: mark, webhook });
  const { id: catalog } = await verbs['catalog.create'](developer, { name: mark });
  await verbs['catalog.put-item'](developer, { id: catalog, key: mark, properties: { note: mark } });
  const admin = await project.as('admin');
  const apiKey = await verbs['api-key.create'](admin, { name: mark, scopes: ['runs:read'] });
  const invitation = await prisma().invitation.create({
    data: {
      projectId,
      email: `${mark}@example.com`,
      role: 'viewer',
      tokenHash: randomBytes(32),
      expiresAt: new Date(Date.now() + 60_000),
    },
  });
  const imported = await prisma().import.create({
    data: {
      projectId,
      kind: 'customers',
      fileName: mark,
      state: 'uploaded',
      mapping: {
        kind: 'customers',
        delimiter: ',',
        header: ['id', 'note'],
        columns: [{ as: 'identifier', kind: 'registered' }, { as: 'skip' }],
      },
      parts: { create: { number: 0, data: Buffer.from(`id,note\n${mark}-in-a-file,${mark}\n`) } },
      refusals: { create: { line: 2, reason: mark, cells: [mark] } },
    },
  });
  await answered(runs[0]!.id, customer, mark);
  const { id: apiTrigger } = await verbs['api-trigger.create'](developer, {
    name: mark,
    parameters: [{ name: 'note', type: 'text', example: mark }],
  });
  const deletions = await pool().query<{ id: string }>(
    `INSERT INTO deletion(id, project_id, state, customers, message) VALUES (gen_random_uuid(), $1, 'failed', 1, $2) RETURNING id`,
    [projectId, mark],
  );
  const called = await prisma().apiTriggerCall.create({
    data: {
      projectId,
      triggerId: apiTrigger,
      outcome: 'refused',
      reason: mark,
      callerName: mark,
      requestId: mark,
      payload: { note: mark },
    },
  });
  return {
    project,
    projectId,
    member: admin.actor.id as string,
    customer,
    scenario,
    run: runs[0]!.id,
    check: check.id,
    policy,
    preset,
    integration: integration.id,
    catalog,
    apiKey: apiKey.id,
    apiTrigger,
    deletion: deletions.rows[0]!.id,
    triggerCall: String(called.id),
    invitation: invitation.id,
    import: imported.id,
    webhook,
  };
}

/** Stores an answer that a request of the run's webhook got. */
async function answered(runId: string, customer: string, body: string): Promise<void> {
  await pool().query(
    `INSERT INTO ledger_entry (run_id, node, outcome, size, journeys, customers, low, high, sent, status, attempts, ms, answers)
     VALUES ($1, 2, 'delivered', 1, '{1}', ARRAY[$2::bigint], $2, $2, 'each', 200, 1, '{5}', $3)`,
    [runId, customer, JSON.stringify([{ headers: { 'x-said': body }, body }])],
  );
}

export type Theirs = Awaited<ReturnType<typeof furnished>>;

/** Takes no id of any object: it lists or makes what is one's own. */
export const OWN = () => ({});
const one = (pick: (theirs: Theirs) => string) => (theirs: Theirs) => ({ id: pick(theirs) });
const ofRun =
  (more: object = {}) =>
  (theirs: Theirs) => ({ run: theirs.run, ...more });
const ofScenario =
  (more: object = {}) =>
  (theirs: Theirs) => ({ id: theirs.scenario, ...more });
const ofWebhook = (theirs: Theirs) => ({ scenario: theirs.scenario, node: 'n2' });
const rendering = (theirs: Theirs) => ({ ...ofWebhook(theirs), settings: theirs.webhook, subject: { kind: 'none' } });

/** For every verb, how somebody would reach for what another project has. */
export const REACHES: Record<VerbName, (theirs: Theirs) => object> = {
  'api-key.create': OWN,
  'api-key.list': OWN,
  'api-key.revoke': one((t) => t.apiKey),
  'api-trigger.call': one((t) => t.apiTrigger),
  'api-trigger.call-open': (t) => ({ id: t.apiTrigger, call: t.triggerCall }),
  'api-trigger.call-reveal': (t) => ({ id: t.apiTrigger, call: t.triggerCall }),
  'api-trigger.calls': one((t) => t.apiTrigger),
  'api-trigger.create': OWN,
  'api-trigger.delete': (t) => ({ id: t.apiTrigger, unlink: true }),
  'api-trigger.get': one((t) => t.apiTrigger),
  'api-trigger.list': OWN,
  'api-trigger.update': (t) => ({ id: t.apiTrigger, name: 'mine' }),
  'audit.list': () => ({ query: CANARY }),
  'catalog.create': OWN,
  'catalog.delete': one((t) => t.catalog),
  'catalog.get': one((t) => t.catalog),
  'catalog.items': one((t) => t.catalog),
  'catalog.list': OWN,
  'catalog.put-item': (t) => ({ id: t.catalog, key: 'mine', properties: { a: 1 } }),
  'catalog.remove-item': (t) => ({ id: t.catalog, key: CANARY }),
  'catalog.rename': (t) => ({ id: t.catalog, name: 'mine' }),
  'customer.count': () => ({ query: CANARY }),
  'customer.create': OWN,
  'customer.delete': one((t) => t.customer),
  'customer.delete-many': (t) => ({ ids: [t.customer] }),
  'customer.deletion': one((t) => t.deletion),
  'customer.deletions': OWN,
  'customer.events': one((t) => t.customer),
  'customer.get': one((t) => t.customer),
  'customer.journeys': one((t) => t.customer),
  'customer.list': () => ({ query: CANARY }),
  'customer.properties': OWN,
  'customer.resume-deletion': one((t) => t.deletion),
  'customer.update': (t) => ({ id: t.customer, set: { note: 'mine' } }),
  'customer.upsert': OWN,
  'event.list': () => ({ type: CANARY }),
  'event.receive': OWN,
  'event.types': OWN,
  'import.cancel': one((t) => t.import),
  'import.get': one((t) => t.import),
  'import.list': OWN,
  'import.preview': one((t) => t.import),
  'import.resume': one((t) => t.import),
  'import.start': (t) => ({
    id: t.import,
    mapping: { kind: 'customers', delimiter: ',', header: ['id'], columns: [{ as: 'identifier', kind: 'registered' }] },
  }),
  'integration.create': OWN,
  'integration.delete': (t) => ({ id: t.integration, replacementId: null }),
  'integration.get': one((t) => t.integration),
  'integration.list': OWN,
  'integration.test': one((t) => t.integration),
  'integration.update': (t) => ({
    id: t.integration,
    name: 'mine',
    prefix: 'https://evil.example/',
    settings: { kind: 'http', scheme: 'basic' },
  }),
  'member.invite': OWN,
  'member.list': OWN,
  'member.remove': (t) => ({ userId: t.member }),
  'member.set-role': (t) => ({ userId: t.member, role: 'viewer' }),
  'member.uninvite': one((t) => t.invitation),
  'policy.create': OWN,
  'policy.delete': (t) => ({ id: t.policy, answers: { [t.scenario]: null } }),
  'policy.list': OWN,
  'policy.queues': OWN,
  'policy.update': (t) => ({ id: t.policy, name: 'mine', concurrency: 9, rate: null, isDefault: false }),
  'preset.create': OWN,
  'preset.delete': (t) => ({ id: t.preset, detach: true }),
  'preset.diff': (t) => ({ id: t.preset, from: 1, to: 1 }),
  'preset.export': one((t) => t.preset),
  'preset.list': OWN,
  'preset.open': one((t) => t.preset),
  'preset.settings': one((t) => t.preset),
  'preset.update': (t) => ({ id: t.preset, name: 'mine', webhook: t.webhook }),
  'project.create': OWN,
  'project.get': OWN,
  'project.require-checks': OWN,
  'project.set-retention': OWN,
  'project.update': OWN,
  'rehearsal.behave': OWN,
  'rehearsal.clear': OWN,
  'rehearsal.list': OWN,
  'rehearsal.open': OWN,
  'rehearsal.request': OWN,
  'rehearsal.reveal': OWN,
  'run.journey': ofRun({ journey: '1' }),
  'run.list': (t) => ({ scenario: t.scenario }),
  'run.open': ofRun(),
  'run.pause': ofRun(),
  'run.people': ofRun({ node: 'n2', group: 'entered' }),
  'run.replay': ofRun({ node: 'n2' }),
  'run.request': ofRun({ request: '1' }),
  'run.requests': ofRun(),
  'run.resume': ofRun(),
  'run.reveal': ofRun({ request: '1' }),
  'run.resume-webhook': ofRun({ node: 'n2' }),
  'run.stop': ofRun({ mode: 'now' }),
  'scenario.archive': ofScenario(),
  'scenario.create': OWN,
  'scenario.delete': ofScenario(),
  'scenario.duplicate': ofScenario(),
  'scenario.edit': ofScenario({ revision: 0, operations: [{ type: 'rename', node: 'n2', name: 'mine' }] }),
  'scenario.export': ofScenario(),
  'scenario.forecast': ofScenario(),
  'scenario.list': () => ({ query: CANARY }),
  'scenario.open': ofScenario(),
  'scenario.publish': ofScenario({ revision: 0, version: 1 }),
  'scenario.publish-preview': ofScenario(),
  'scenario.rename': ofScenario({ name: 'mine' }),
  'scenario.restore': ofScenario(),
  'scenario.revert': ofScenario({ number: 1, revision: 0 }),
  'scenario.start': ofScenario(),
  'scenario.stop': ofScenario({ mode: 'now' }),
  'scenario.tag': ofScenario({ tags: ['mine'] }),
  'scenario.version': ofScenario({ number: 1 }),
  'scenario.versions': ofScenario(),
  'scenario.weigh': ofScenario({ weight: 9 }),
  'secret.store': OWN,
  'session.change-password': OWN,
  'session.list': OWN,
  'session.revoke': () => ({ id: randomUUID() }),
  'totp.begin': OWN,
  'totp.confirm': OWN,
  'totp.disable': OWN,
  'totp.status': OWN,
  'transfer.import': OWN,
  'transfer.read': OWN,
  'webhook.check': ofWebhook,
  'webhook.check-cancel': (t) => ({ check: t.check }),
  'webhook.check-open': (t) => ({ check: t.check }),
  'webhook.check-people': (t) => ({ check: t.check, fault: 0 }),
  'webhook.checks': (t) => ({ scenario: t.scenario }),
  'webhook.context': ofWebhook,
  'webhook.curl': rendering,
  'webhook.export': ofWebhook,
  'webhook.preview': rendering,
  'webhook.reveal': OWN,
  'webhook.send': rendering,
};

/** The verbs that tell something: those that change nothing, and those that hand out a file or hidden values. */
export const ASKING = (Object.keys(verbs) as VerbName[]).filter(
  (name) => verbs[name].kind === 'read' || /\.export$|reveal$/.test(name),
);
