import { describe, expect, it } from 'vitest';
import type { Operation } from '../../../lib/core/operations.ts';
import { pool, prisma } from '../../../lib/db/index.ts';
import { verbs } from '../../../lib/services/index.ts';
import { freshDatabase } from '../../support/database.ts';
import { lastAudit, newProject } from '../../support/members.ts';
import { addCustomers, rowOf, storeScenario, webhookStep } from '../../support/scenarios.ts';

// Nothing works here, so that people stand where a test puts them.
freshDatabase();

/** Now (n1) → wait (n2) → webhook (n3). */
const ready = () => rowOf(['now', {}], ['wait', { amount: 1, unit: 'days' }], webhookStep());

async function running(...operations: Operation[]) {
  const project = await newProject();
  const customers = await addCustomers(project.id, [{ email: 'a@example.com' }, { email: 'b@example.com' }]);
  const id = await storeScenario(project.id, ready());
  const ctx = await project.as('marketer');
  const { runs } = await verbs['scenario.start'](ctx, { id });
  const run = runs[0]!.id;
  if (operations.length > 0) await verbs['scenario.edit'](ctx, { id, revision: 0, operations });
  const { revision } = await verbs['scenario.open'](ctx, { id });
  return { project, ctx, id, run, revision, customers };
}

/** Puts people at a node of a run, as if they had walked there. */
const stand = (run: string, node: number, customers: string[], more = '') =>
  pool().query(
    `WITH one AS (
       INSERT INTO chunk (run_id, node, size, journeys, customers, version_id, due_at${more ? ', state' : ''})
       SELECT id, $2, $3, (SELECT array_agg(g) FROM generate_series(1, $3::int) g), $4::bigint[], version_id, now() + interval '1 day'
              ${more ? `, '${more}'` : ''} FROM run WHERE id = $1 RETURNING 1)
     UPDATE run_node SET entered = entered + $3 WHERE run_id = $1 AND node = $2`,
    [run, node, customers.length, `{${customers.join(',')}}`],
  );

const removeWait: Operation = { type: 'remove', nodes: ['n2'], edges: [] };
const newPayload: Operation = { type: 'set', node: 'n3', settings: { payload: '{"new": true}' } };

describe('what publishing would change', () => {
  it('is told by node, with the people inside and what else it means', async () => {
    const { ctx, id, run, revision, customers } = await running(removeWait, newPayload, {
      type: 'add',
      nodes: [{ ...ready().nodes[0]!, id: 'n4', number: 4 }],
      edges: [{ id: 'e4', from: 'n4', port: 'out', to: 'n3' }],
    });
    await stand(run, 2, customers);
    const preview = await verbs['scenario.publish-preview'](ctx, { id });
    expect(preview).toMatchObject({ revision, version: 1, targets: [{ id: 'n3', number: 3 }] });
    expect(preview.changes).toMatchObject([
      { id: 'n1', change: 'rewired', unlinked: [{ port: 'out', to: 'n2' }], waiting: 0 },
      { id: 'n2', change: 'removed', kind: 'wait', waiting: 2, inFlight: 0, next: 'n3' },
      { id: 'n3', change: 'changed', settings: ['payload'], waiting: 0, stopped: null },
      { id: 'n4', change: 'added' },
    ]);
    expect(preview.notes).toEqual(['Now (#4) lets nobody in until the scenario is stopped and started again.']);
  });

  it('is nothing when nodes only stand elsewhere', async () => {
    const { ctx, id } = await running({ type: 'move', positions: { n2: { x: 5, y: 5 } } });
    expect((await verbs['scenario.publish-preview'](ctx, { id })).changes).toEqual([]);
    expect((await verbs['scenario.open'](ctx, { id })).live).toMatchObject({ differs: false });
  });

  it('comes with the errors that block it', async () => {
    const { ctx, id } = await running({ type: 'set', node: 'n3', settings: { url: '' } });
    expect((await verbs['scenario.publish-preview'](ctx, { id })).problems).toMatchObject([
      { severity: 'error', nodeId: 'n3', field: 'url' },
    ]);
  });

  it('names a node that has the number of another one', async () => {
    const { ctx, id } = await running(removeWait, {
      type: 'add',
      nodes: [{ ...ready().nodes[1]!, id: 'other', number: 2 }],
      edges: [],
    });
    expect((await verbs['scenario.publish-preview'](ctx, { id })).problems).toContainEqual(
      expect.objectContaining({ severity: 'error', nodeId: 'other', message: expect.stringContaining('#2') }),
    );
  });

  it('is refused while nothing runs', async () => {
    const project = await newProject();
    const id = await storeScenario(project.id, ready());
    await expect(verbs['scenario.publish-preview'](await project.as('viewer'), { id })).rejects.toMatchObject({
      code: 'conflict',
    });
  });
});

describe('publishing', () => {
  it('keeps the draft as a version that all open runs go by, and says so in history and audit log', async () => {
    const { project, ctx, id, run, revision, customers } = await running(removeWait, newPayload);
    await stand(run, 2, customers);
    const input = { id, revision, version: 1, moves: { n2: 'n3' } };
    expect(await verbs['scenario.publish'](ctx, input)).toEqual({ version: 2, runs: [] });
    expect(await verbs['scenario.open'](ctx, { id })).toMatchObject({
      revision,
      status: 'active',
      live: { version: 2, differs: false },
      runs: [{ id: run, version: 2, state: 'running' }],
    });
    expect(
      (await verbs['scenario.versions'](ctx, { id })).map(({ number, reason, isLive }) => [number, reason, isLive]),
    ).toEqual([
      [2, 'publish', true],
      [1, 'start', false],
    ]);
    const version = await prisma().version.findFirstOrThrow({ where: { scenarioId: id, number: 2 } });
    expect(version.program).toMatchObject({ moves: { 2: 'n3' } });
    expect(await lastAudit(project.id)).toMatchObject({
      action: 'scenario.publish',
      objectId: id,
      before: { version: 1 },
      after: { version: 2, revision, moves: { n2: 'n3' } },
    });
    expect((await verbs['run.open'](ctx, { run })).counts).toContainEqual(
      expect.objectContaining({ node: 'n2', number: 2, removed: true, entered: 2, waiting: 2 }),
    );
  });

  it('asks what becomes of people at a deleted node, and where they may go', async () => {
    const { ctx, id, run, revision, customers } = await running(removeWait);
    const input = { id, revision, version: 1 };
    await stand(run, 2, customers);
    await expect(verbs['scenario.publish'](ctx, input)).rejects.toMatchObject({
      code: 'invalid',
      message: expect.stringContaining('Wait (#2)'),
      details: { asked: ['n2'] },
    });
    for (const [moves, fault] of [
      [{ n2: 'n9' }, 'is not a node'],
      [{ n2: 'n1' }, 'is a trigger'],
      [{ n3: 'end' }, 'is not deleted'],
    ] as const)
      await expect(verbs['scenario.publish'](ctx, { ...input, moves })).rejects.toMatchObject({
        code: 'invalid',
        message: expect.stringContaining(fault),
      });
    expect((await verbs['scenario.open'](ctx, { id })).live).toMatchObject({ version: 1 });
    expect(await verbs['scenario.publish'](ctx, { ...input, moves: { n2: 'end' } })).toMatchObject({ version: 2 });
  });

  it('is refused when draft or version are not those that were shown, when nothing differs, and for errors', async () => {
    const { ctx, id, revision } = await running(newPayload);
    await expect(verbs['scenario.publish'](ctx, { id, revision: 0, version: 1 })).rejects.toMatchObject({
      code: 'conflict',
      details: { revision },
    });
    await verbs['scenario.publish'](ctx, { id, revision, version: 1 });
    await expect(verbs['scenario.publish'](ctx, { id, revision, version: 1 })).rejects.toMatchObject({
      code: 'conflict',
      message: expect.stringContaining('Version 2'),
    });
    await expect(verbs['scenario.publish'](ctx, { id, revision, version: 2 })).rejects.toMatchObject({
      code: 'conflict',
      message: expect.stringContaining('nothing to publish'),
    });
    const broken = await verbs['scenario.edit'](ctx, {
      id,
      revision,
      operations: [{ type: 'set', node: 'n3', settings: { url: '' } }],
    });
    await expect(verbs['scenario.publish'](ctx, { id, revision: broken.revision, version: 2 })).rejects.toMatchObject({
      code: 'invalid',
      message: expect.stringContaining('cannot be published yet'),
      details: { problems: [{ field: 'url' }] },
    });
  });

  it('of two people at once happens once', async () => {
    const { project, id, revision } = await running(newPayload);
    const people = [await project.as('marketer'), await project.as('marketer')];
    const both = await Promise.allSettled(
      people.map((ctx) => verbs['scenario.publish'](ctx, { id, revision, version: 1 })),
    );
    expect(both.map(({ status }) => status).sort()).toEqual(['fulfilled', 'rejected']);
    expect(await prisma().version.count({ where: { scenarioId: id } })).toBe(2);
  });

  it('also changes a scenario that finishes, or whose run is paused, but lets nobody in by a new trigger', async () => {
    const { ctx, id, run, revision, customers } = await running(newPayload, {
      type: 'add',
      nodes: [{ ...rowOf(['on-event', { event: 'purchase' }]).nodes[0]!, id: 'n4', number: 4 }],
      edges: [],
    });
    await stand(run, 2, customers);
    await verbs['run.pause'](ctx, { run });
    await verbs['run.stop'](ctx, { run, mode: 'finish' });
    expect((await verbs['scenario.publish-preview'](ctx, { id })).notes).toEqual([
      'On event (#4) lets nobody in, because the scenario is finishing.',
    ]);
    expect(await verbs['scenario.publish'](ctx, { id, revision, version: 1 })).toEqual({ version: 2, runs: [] });
    expect(await verbs['scenario.open'](ctx, { id })).toMatchObject({ status: 'finishing', live: { version: 2 } });
  });

  it('gives those who wait at a stopped webhook the new request when that is wanted, and only those', async () => {
    for (const renew of [[], ['n3']]) {
      const { ctx, id, run, revision, customers } = await running(newPayload);
      await stand(run, 3, customers, 'held');
      await pool().query(
        "UPDATE run_node SET stopped = 'answered 404.', stopped_at = now() WHERE run_id = $1 AND node = 3",
        [run],
      );
      expect((await verbs['scenario.publish-preview'](ctx, { id })).changes).toMatchObject([
        { id: 'n3', waiting: 2, stopped: 'answered 404.' },
      ]);
      await verbs['scenario.publish'](ctx, { id, revision, version: 1, renew });
      const { rows } = await pool().query<{ number: number }>(
        'SELECT v.number FROM chunk c JOIN version v ON v.id = c.version_id WHERE c.run_id = $1 AND c.node = 3',
        [run],
      );
      expect(rows).toEqual([{ number: renew.length + 1 }]);
    }
  });

  it('needs a clean check of the audience where a start needs one', async () => {
    const { project, ctx, id, revision } = await running(newPayload);
    await verbs['project.require-checks'](await project.as('admin'), { required: true });
    expect((await verbs['scenario.publish-preview'](ctx, { id })).problems).toMatchObject([
      { severity: 'error', message: expect.stringContaining('clean check') },
    ]);
    await expect(verbs['scenario.publish'](ctx, { id, revision, version: 1 })).rejects.toMatchObject({
      code: 'invalid',
      message: expect.stringContaining('clean check'),
    });
  });
});

describe('a run that goes by an earlier version', () => {
  it('has its people told and asked for, too', async () => {
    const { ctx, id, run, revision, customers } = await running(removeWait, newPayload);
    await verbs['scenario.publish'](ctx, { id, revision, version: 1 });
    // As a replay leaves it that reopened an old run, beside one that goes by the newest version.
    await pool().query(
      `INSERT INTO run (project_id, scenario_id, version_id, number, kind) SELECT project_id, scenario_id, version_id, 2, 'event'
         FROM run WHERE id = $1`,
      [run],
    );
    await pool().query(
      `UPDATE run SET version_id = (SELECT id FROM version WHERE scenario_id = $2 AND number = 1) WHERE id = $1`,
      [run, id],
    );
    await stand(run, 2, customers);
    const edit = { type: 'rename' as const, node: 'n3', name: 'Other' };
    const { revision: next } = await verbs['scenario.edit'](ctx, { id, revision, operations: [edit] });
    const { changes } = await verbs['scenario.publish-preview'](ctx, { id });
    expect(changes).toMatchObject([
      { id: 'n3', change: 'changed', settings: ['name'] },
      { id: 'n2', change: 'removed', waiting: 2 },
    ]);
    const input = { id, revision: next, version: 2 };
    await expect(verbs['scenario.publish'](ctx, input)).rejects.toMatchObject({ details: { asked: ['n2'] } });
    expect(await verbs['scenario.publish'](ctx, { ...input, moves: { n2: 'n3' } })).toMatchObject({ version: 3 });
  });
});

describe('who may', () => {
  it('a viewer sees what would change and publishes nothing', async () => {
    const { project, id, revision } = await running(newPayload);
    const viewer = await project.as('viewer');
    expect((await verbs['scenario.publish-preview'](viewer, { id })).changes).toHaveLength(1);
    await expect(verbs['scenario.publish'](viewer, { id, revision, version: 1 })).rejects.toMatchObject({
      code: 'forbidden',
    });
  });

  it('another project finds no scenario', async () => {
    const { id, revision } = await running(newPayload);
    const stranger = await (await newProject()).as('admin');
    await expect(verbs['scenario.publish-preview'](stranger, { id })).rejects.toMatchObject({ code: 'not-found' });
    await expect(verbs['scenario.publish'](stranger, { id, revision, version: 1 })).rejects.toMatchObject({
      code: 'not-found',
    });
    expect(await prisma().version.count({ where: { scenarioId: id } })).toBe(1);
  });
});

describe('what people who arrived under an earlier version still need', () => {
  it('counts as used while they are there', async () => {
    const { project, ctx, id, run, revision, customers } = await running();
    const developer = await project.as('developer');
    const { id: policyId } = await verbs['policy.create'](developer, {
      name: 'Old',
      concurrency: 1,
      rate: null,
      isDefault: false,
    });
    const set = (at: number, value: string | null) =>
      verbs['scenario.edit'](ctx, {
        id,
        revision: at,
        operations: [{ type: 'set', node: 'n3', settings: { policyId: value } }],
      });
    const first = await set(revision, policyId);
    await verbs['scenario.publish'](ctx, { id, revision: first.revision, version: 1 });
    await stand(run, 3, customers);
    const second = await set(first.revision, null);
    await verbs['scenario.publish'](ctx, { id, revision: second.revision, version: 2 });
    const used = async () => (await verbs['policy.list'](developer, {})).find((policy) => policy.id === policyId)!.uses;
    expect(await used()).toMatchObject([{ scenarioId: id, isRunning: true }]);
    await pool().query('DELETE FROM chunk WHERE run_id = $1', [run]);
    expect(await used()).toEqual([]);
  });
});
