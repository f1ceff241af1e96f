import { randomUUID } from 'node:crypto';
import { beforeAll, describe, expect, it } from 'vitest';
import { WebhookSettings } from '../../../lib/core/webhook.ts';
import { pool, prisma } from '../../../lib/db/index.ts';
import { type Ctx, may, type Role, ServiceError, type VerbName, verbs } from '../../../lib/services/index.ts';
import { freshDatabase } from '../../support/database.ts';
import { newProject, type TestProject } from '../../support/members.ts';
import { addCustomers, rowOf, storeScenario, webhookStep } from '../../support/scenarios.ts';

// Generated from the registry: a verb that is added is tested as soon as it is there.
freshDatabase();

const NAMES = Object.keys(verbs) as VerbName[];
const ROLES: Role[] = ['viewer', 'marketer', 'developer', 'admin'];

/** What a call ends with: the code of its refusal, "answered", or the failure that it should not have. */
async function outcome(name: VerbName, ctx: Ctx, input: unknown): Promise<string> {
  const verb = verbs[name] as unknown as (ctx: Ctx, input: unknown) => Promise<unknown>;
  try {
    await verb(ctx, input);
    return 'answered';
  } catch (error) {
    if (error instanceof ServiceError) return error.code;
    throw error;
  }
}

describe('the role decides', () => {
  let project: TestProject;
  const ctxs = new Map<Role | null, Ctx>();
  beforeAll(async () => {
    project = await newProject();
    for (const role of [...ROLES, null]) ctxs.set(role, await project.as(role));
  });

  // Nothing is given, so that what is allowed ends with its input at the latest.
  it.each(NAMES)('%s: refused to every role that lacks the capability, and to no other', async (name) => {
    const { needs } = verbs[name].spec;
    for (const role of ROLES) {
      const code = await outcome(name, ctxs.get(role)!, {});
      if (may(role, needs)) expect(code, role).not.toBe('forbidden');
      else expect(code, role).toBe('forbidden');
    }
  });

  it.each(NAMES)('%s: a stranger does not learn that the project exists', async (name) => {
    expect(await outcome(name, ctxs.get(null)!, {})).toBe('not-found');
    const nowhere = { ...ctxs.get(null)!, projectId: randomUUID() };
    expect(await outcome(name, nowhere, {})).toBe('not-found');
  });

  it.each(NAMES)('%s: an API key needs its scope', async (name) => {
    const { scope } = verbs[name].spec;
    const key = (scopes: string[]): Ctx => ({
      ...ctxs.get('admin')!,
      actor: { kind: 'key', id: randomUUID(), name: 'key', scopes },
      role: null,
    });
    expect(await outcome(name, key([]), {})).toBe('forbidden');
    const all = [...new Set(NAMES.flatMap((other) => verbs[other].spec.scope ?? []))];
    expect(await outcome(name, key(all.filter((other) => other !== scope)), {})).toBe('forbidden');
    if (scope) expect(await outcome(name, key([scope]), {})).not.toBe('forbidden');
  });
});

const CANARY = 'canary-of-the-other-project';

/** A project with one of everything, all of which carries the canary in its name. */
async function furnished() {
  const project = await newProject(CANARY);
  const developer = await project.as('developer');
  const { id: projectId } = project;
  const [customer = ''] = await addCustomers(projectId, [{ email: `${CANARY}@example.com`, note: CANARY }]);
  await prisma().customerIdentifier.create({
    data: { projectId, kind: 'registered', value: CANARY, isHard: true, customerId: BigInt(customer) },
  });
  await prisma().event.create({
    data: { projectId, customerId: BigInt(customer), type: CANARY, at: new Date(), properties: { note: CANARY } },
  });
  const webhook = WebhookSettings.parse({ url: 'https://a.example/', payload: `{"note": "${CANARY}"}` });
  const scenario = await storeScenario(projectId, rowOf(['now', {}], webhookStep(webhook)), CANARY);
  const version = await prisma().version.create({
    data: {
      scenarioId: scenario,
      number: 1,
      document: rowOf(['now', {}], webhookStep()) as object,
      program: {},
      reason: 'start',
    },
  });
  const run = await prisma().run.create({
    data: { projectId, scenarioId: scenario, versionId: version.id, number: 1, kind: 'now' },
  });
  const check = await prisma().audienceCheck.create({
    data: { projectId, scenarioId: scenario, nodeId: 'n2', fingerprint: CANARY },
  });
  const { id: policy } = await verbs['policy.create'](developer, {
    name: CANARY,
    concurrency: 1,
    rate: null,
    isDefault: true,
  });
  const { id: preset } = await verbs['preset.create'](developer, { name: CANARY, webhook });
  const integration = await prisma().integration.create({
    data: { projectId, name: CANARY, kind: 'http', prefix: `https://${CANARY}.example/`, public: { scheme: 'basic' } },
  });
  const { id: catalog } = await verbs['catalog.create'](developer, { name: CANARY });
  await verbs['catalog.put-item'](developer, { id: catalog, key: CANARY, properties: { note: CANARY } });
  const admin = await project.as('admin');
  const apiKey = await verbs['api-key.create'](admin, { name: CANARY, scopes: ['runs:read'] });
  const invitation = await prisma().invitation.create({
    data: {
      projectId,
      email: `${CANARY}@example.com`,
      role: 'viewer',
      tokenHash: Buffer.from(CANARY),
      expiresAt: new Date(Date.now() + 60_000),
    },
  });
  const imported = await prisma().import.create({
    data: { projectId, kind: 'customers', fileName: CANARY, state: 'uploaded', mapping: {} },
  });
  return {
    projectId,
    member: admin.actor.id as string,
    customer,
    scenario,
    run: String(run.id),
    check: check.id,
    policy,
    preset,
    integration: integration.id,
    catalog,
    apiKey: apiKey.id,
    invitation: invitation.id,
    import: imported.id,
    webhook,
  };
}
type Theirs = Awaited<ReturnType<typeof furnished>>;

/** Takes no id of any object: it lists or makes what is one's own. */
const OWN = () => ({});
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
const REACHES: Record<VerbName, (theirs: Theirs) => object> = {
  'api-key.create': OWN,
  'api-key.list': OWN,
  'api-key.revoke': one((t) => t.apiKey),
  'audit.list': () => ({ query: CANARY }),
  'catalog.create': OWN,
  'catalog.delete': one((t) => t.catalog),
  'catalog.get': one((t) => t.catalog),
  'catalog.items': one((t) => t.catalog),
  'catalog.list': OWN,
  'catalog.put-item': (t) => ({ id: t.catalog, key: 'mine', properties: { a: 1 } }),
  'catalog.remove-item': (t) => ({ id: t.catalog, key: CANARY }),
  'catalog.rename': (t) => ({ id: t.catalog, name: 'mine' }),
  'customer.create': OWN,
  'customer.delete': one((t) => t.customer),
  'customer.events': one((t) => t.customer),
  'customer.get': one((t) => t.customer),
  'customer.journeys': one((t) => t.customer),
  'customer.list': () => ({ query: CANARY }),
  'customer.properties': OWN,
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
  'policy.delete': (t) => ({ id: t.policy, replacementId: null }),
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
  'project.update': OWN,
  'rehearsal.behave': OWN,
  'rehearsal.clear': OWN,
  'rehearsal.list': OWN,
  'rehearsal.open': OWN,
  'rehearsal.request': OWN,
  'run.journey': ofRun({ journey: '1' }),
  'run.list': (t) => ({ scenario: t.scenario }),
  'run.open': ofRun(),
  'run.pause': ofRun(),
  'run.people': ofRun({ node: 'n2', group: 'entered' }),
  'run.replay': ofRun({ node: 'n2' }),
  'run.request': ofRun({ request: '1' }),
  'run.requests': ofRun(),
  'run.resume': ofRun(),
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
  'scenario.rename': ofScenario({ name: 'mine' }),
  'scenario.restore': ofScenario(),
  'scenario.revert': ofScenario({ number: 1, revision: 0 }),
  'scenario.start': ofScenario(),
  'scenario.stop': ofScenario({ mode: 'now' }),
  'scenario.tag': ofScenario({ tags: ['mine'] }),
  'scenario.version': ofScenario({ number: 1 }),
  'scenario.versions': ofScenario(),
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
  'webhook.send': rendering,
};

/** Searches that find nothing instead of refusing. */
const ANSWERED = new Set<VerbName>(['audit.list', 'customer.list', 'event.list', 'run.list', 'scenario.list']);

/** Everything that a project has, table by table. */
async function dump(projectId: string): Promise<Record<string, string>> {
  const { rows } = await pool().query<{ name: string }>(
    `SELECT c.table_name AS name FROM information_schema.columns c JOIN information_schema.tables t USING (table_name)
      WHERE c.table_schema = 'public' AND c.column_name = 'project_id' AND t.table_type = 'BASE TABLE' GROUP BY 1 ORDER BY 1`,
  );
  const dumped: Record<string, string> = {};
  for (const { name } of rows) {
    const all = await pool().query<{ row: string }>(
      `SELECT t::text AS row FROM ${name} t WHERE project_id = $1 ORDER BY 1`,
      [projectId],
    );
    dumped[name] = all.rows.map(({ row }) => row).join('\n');
  }
  return dumped;
}

describe('another project', () => {
  let theirs: Theirs;
  let before: Record<string, string>;
  let admin: Ctx;
  beforeAll(async () => {
    theirs = await furnished();
    before = await dump(theirs.projectId);
    admin = await (await newProject()).as('admin');
  });

  it('is reached for by every verb of the registry', () => {
    expect(Object.keys(REACHES).sort()).toEqual([...NAMES].sort());
  });

  it.each(NAMES)('%s: gives nothing of it away and changes nothing in it', async (name) => {
    const verb = verbs[name] as unknown as (ctx: Ctx, input: unknown) => Promise<unknown>;
    const reach = REACHES[name] ?? OWN;
    let told: unknown;
    let code = 'answered';
    try {
      told = await verb(admin, reach(theirs));
    } catch (error) {
      if (!(error instanceof ServiceError)) throw error;
      ({ code } = error);
      told = [error.message, error.fields, error.details];
    }
    expect(JSON.stringify(told) ?? '').not.toContain(CANARY);
    if (reach !== OWN) expect(code).toBe(ANSWERED.has(name) ? 'answered' : 'not-found');
    expect(await dump(theirs.projectId)).toEqual(before);
  });

  it('has no canary that the dump would miss', () => {
    const kept = Object.entries(before)
      .filter(([, rows]) => rows.includes(CANARY))
      .map(([table]) => table);
    expect(kept).toEqual(
      expect.arrayContaining([
        'api_key',
        'catalog',
        'customer',
        'event',
        'import',
        'integration',
        'policy',
        'preset',
        'scenario',
      ]),
    );
  });
});
