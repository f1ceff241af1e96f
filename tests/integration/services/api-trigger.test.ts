import { beforeEach, describe, expect, it } from 'vitest';
import type { Node } from '../../../lib/core/document.ts';
import { prisma } from '../../../lib/db/index.ts';
import { type Ctx, verbs } from '../../../lib/services/index.ts';
import { MISSING } from '../../../lib/services/scenario-problems.ts';
import { freshDatabase } from '../../support/database.ts';
import { lastAudit, newProject, type TestProject } from '../../support/members.ts';
import { addCustomers, rowOf, type Step, storeScenario, webhookStep } from '../../support/scenarios.ts';

freshDatabase();

let project: TestProject;
let developer: Ctx;
let marketer: Ctx;
beforeEach(async () => {
  project = await newProject();
  developer = await project.as('developer');
  marketer = await project.as('marketer');
});

const CITY = { name: 'city', type: 'text', required: true, example: 'Brno' } as const;
const create = async (more: object = {}) =>
  (await verbs['api-trigger.create'](developer, { name: 'Storm', parameters: [CITY], ...more })).id;
const get = (id: string) => verbs['api-trigger.get'](marketer, { id });
const call = (id: string, parameters: Record<string, unknown> = { city: 'Brno' }) =>
  verbs['api-trigger.call'](marketer, { id, parameters });
const log = async (id: string) => (await verbs['api-trigger.calls'](marketer, { id })).calls;
const listens = (id: string): Step => ['api-trigger', { triggerId: id }];

async function active(id: string, name = 'Storm warning', webhook = webhookStep()) {
  const scenario = await storeScenario(project.id, rowOf(listens(id), webhook), name);
  await verbs['scenario.start'](marketer, { id: scenario });
  return scenario;
}

describe('an API trigger', () => {
  it('keeps what was set, and the change is audited without examples and defaults', async () => {
    const id = await create();
    expect(await lastAudit(project.id)).toMatchObject({
      action: 'api-trigger.create',
      objectId: id,
      objectName: 'Storm',
      after: { enabled: true, parameters: [{ name: 'city', type: 'text', required: true }] },
    });
    await verbs['api-trigger.update'](developer, { id, name: 'Storms', enabled: false, parameters: [] });
    expect(await get(id)).toMatchObject({
      name: 'Storms',
      enabled: false,
      parameters: [],
      uses: [],
      secondsBetweenCalls: 1,
    });
    const entry = await lastAudit(project.id);
    expect(entry).toMatchObject({ action: 'api-trigger.update', before: { enabled: true }, after: { enabled: false } });
    expect(JSON.stringify(entry!.before)).not.toContain('Brno');
  });

  it('has a name of its own within the project, and sound parameters', async () => {
    await create();
    await expect(create()).rejects.toMatchObject({ code: 'invalid', fields: [{ path: 'name' }] });
    await expect(create({ name: '' })).rejects.toMatchObject({ fields: [{ path: 'name' }] });
    await expect(
      create({ name: 'Other', parameters: [{ name: 'city', type: 'number', example: 'Brno' }] }),
    ).rejects.toMatchObject({ code: 'invalid', fields: [{ path: 'parameters.0.example' }] });
    const other = await newProject();
    await verbs['api-trigger.create'](await other.as('developer'), { name: 'Storm' });
  });

  it('is made by a developer, and seen and used by a marketer', async () => {
    const id = await create();
    for (const ask of [
      () => verbs['api-trigger.create'](marketer, { name: 'Mine' }),
      () => verbs['api-trigger.update'](marketer, { id, name: 'Mine' }),
      () => verbs['api-trigger.delete'](marketer, { id }),
    ])
      await expect(ask()).rejects.toMatchObject({ code: 'forbidden' });
    expect(await verbs['api-trigger.list'](await project.as('viewer'), {})).toMatchObject([{ id, lastCallAt: null }]);
    await expect(verbs['api-trigger.call'](await project.as('viewer'), { id })).rejects.toMatchObject({
      code: 'forbidden',
    });
  });

  it('of another project is not found', async () => {
    const id = await create();
    const stranger = await (await newProject()).as('admin');
    for (const ask of [
      () => verbs['api-trigger.get'](stranger, { id }),
      () => verbs['api-trigger.update'](stranger, { id, name: 'Mine' }),
      () => verbs['api-trigger.delete'](stranger, { id, unlink: true }),
      () => verbs['api-trigger.call'](stranger, { id }),
      () => verbs['api-trigger.calls'](stranger, { id }),
      () => verbs['api-trigger.call-open'](stranger, { id, call: '1' }),
    ])
      await expect(ask()).rejects.toMatchObject({ code: 'not-found' });
    expect(await verbs['api-trigger.list'](stranger, {})).toEqual([]);
  });
});

describe('deleting an API trigger', () => {
  it('that nobody uses takes its log along', async () => {
    const id = await create();
    await call(id).catch(() => {});
    expect(await verbs['api-trigger.delete'](developer, { id })).toEqual({ unlinked: 0 });
    expect(await prisma().apiTriggerCall.count({ where: { triggerId: id } })).toBe(0);
    expect(await lastAudit(project.id)).toMatchObject({ action: 'api-trigger.delete', objectName: 'Storm' });
  });

  it('lists the drafts that use it and takes it off them when that is confirmed', async () => {
    const id = await create();
    const scenario = await storeScenario(project.id, rowOf(listens(id), webhookStep()), 'Warning');
    await expect(verbs['api-trigger.delete'](developer, { id })).rejects.toMatchObject({
      code: 'conflict',
      message: expect.stringContaining('Warning'),
      details: { uses: [{ scenarioId: scenario, name: 'Warning', isRunning: false }] },
    });
    expect(await verbs['api-trigger.delete'](developer, { id, unlink: true })).toEqual({ unlinked: 1 });
    const { document, revision } = await verbs['scenario.open'](marketer, { id: scenario });
    expect(document.nodes[0]).toMatchObject({ settings: { triggerId: null } });
    expect(revision).toBe(1);
  });

  it('is refused while a scenario waits for its calls', async () => {
    const id = await create();
    await active(id);
    await expect(verbs['api-trigger.delete'](developer, { id, unlink: true })).rejects.toMatchObject({
      code: 'conflict',
      message: 'Storm warning waits for calls of this trigger. Stop it first.',
    });
  });
});

describe('a scenario with an API trigger', () => {
  const problemsOf = async (...steps: Step[]) => {
    const id = await storeScenario(project.id, rowOf(...steps));
    return (await verbs['scenario.open'](marketer, { id })).problems.filter(
      ({ field }) => field !== 'policyId' && field !== 'url',
    );
  };

  it('cannot start without one, with one that is gone, or with one that an import left open', async () => {
    expect(await problemsOf(['api-trigger', {}], webhookStep())).toMatchObject([
      { severity: 'error', field: 'triggerId', nodeId: 'n1' },
    ]);
    const other = await (await newProject()).as('developer');
    const { id: foreign } = await verbs['api-trigger.create'](other, { name: 'Theirs' });
    expect(await problemsOf(listens(foreign), webhookStep())).toMatchObject([
      { severity: 'error', message: 'The API trigger of this node no longer exists. Choose another one.' },
    ]);
    expect(await problemsOf(listens(`${MISSING}Storm`), webhookStep())).toMatchObject([
      { severity: 'error', message: 'Choose the API trigger that stands here for “Storm” of the imported file.' },
    ]);
  });

  it('is warned when it is switched off', async () => {
    const id = await create({ enabled: false });
    expect(await problemsOf(listens(id), webhookStep())).toMatchObject([
      { severity: 'warning', field: 'triggerId', message: expect.stringContaining('switched off') },
    ]);
  });

  it('knows the parameters in its templates, in Root too, and says so where no call leads', async () => {
    const id = await create();
    const uses = webhookStep({ payload: '{"city": "{{ trigger.city }}", "x": "{{ trigger.citty }}"}' });
    expect(await problemsOf(listens(id), uses)).toMatchObject([
      { field: 'payload', message: expect.stringMatching(/citty.*city/s) },
    ]);
    const root = webhookStep({
      batch: true,
      customer: '1',
      root: '{"city": "{{ trigger.city }}", "to": [{% output customers separated by "," %}]}',
    });
    expect(await problemsOf(listens(id), root)).toEqual([]);
    expect(await problemsOf(['now', {}], webhookStep({ payload: '{"city": "{{ trigger.city }}"}' }))).toMatchObject([
      { severity: 'error', message: expect.stringContaining('no API trigger before this node') },
    ]);
  });

  it('previews, tests and checks with the examples, or with what is typed', async () => {
    const id = await create();
    const webhook = webhookStep({ payload: '{"city": "{{ trigger.city }}"}' });
    const scenario = await storeScenario(project.id, rowOf(listens(id), webhook));
    const { document } = await verbs['scenario.open'](marketer, { id: scenario });
    const settings = (document.nodes[1] as Node<'webhook'>).settings;
    const preview = async (more: object = {}) => {
      const shown = await verbs['webhook.preview'](marketer, {
        scenario,
        node: 'n2',
        settings,
        subject: { kind: 'none' },
        ...more,
      });
      return shown.ok ? shown.request.body : shown.faults;
    };
    expect(await preview()).toBe('{"city": "Brno"}');
    expect(await preview({ trigger: { city: 'Praha' } })).toBe('{"city": "Praha"}');
  });

  it('foretells the whole audience at each call', async () => {
    await addCustomers(project.id, [{}, {}, {}]);
    const id = await create();
    const scenario = await storeScenario(project.id, rowOf(listens(id), webhookStep()));
    expect(await verbs['scenario.forecast'](marketer, { id: scenario })).toMatchObject({
      customers: 3,
      triggers: ['At each call of the API trigger Storm everybody enters, 3 customers today.'],
      requests: [{ customers: 3, requests: 3 }],
    });
  });
});

describe('a call', () => {
  it('sets every active scenario going that waits, and is logged with its runs and audited', async () => {
    const id = await create();
    const [a, b] = [await active(id, 'A'), await active(id, 'B')];
    await storeScenario(project.id, rowOf(listens(id), webhookStep()), 'A draft');
    const accepted = await call(id);
    expect(accepted.scenarios).toBe(2);
    expect(accepted.runs.map(({ scenarioId }) => scenarioId).toSorted()).toEqual([a, b].toSorted());
    expect(await log(id)).toMatchObject([
      {
        outcome: 'started',
        reason: null,
        caller: marketer.actor.name,
        keyPrefix: null,
        requestId: marketer.requestId,
        times: 1,
        runs: expect.arrayContaining(
          accepted.runs.map(({ id: run, number }) => expect.objectContaining({ id: run, number })),
        ),
      },
    ]);
    expect(await lastAudit(project.id)).toMatchObject({ action: 'api-trigger.call', objectId: id });
    expect((await verbs['api-trigger.list'](marketer, {}))[0]!.lastCallAt).not.toBeNull();
  });

  it('is refused while the trigger is off, naming the parameter that is wrong, and while nobody waits', async () => {
    const id = await create();
    await expect(call(id)).rejects.toMatchObject({ code: 'conflict', details: { reason: 'no-active-scenario' } });
    const scenario = await active(id);
    await expect(call(id, { city: 5 })).rejects.toMatchObject({
      code: 'invalid',
      message: 'parameters.city: must be a text',
      fields: [{ path: 'parameters.city' }],
    });
    const { runs } = await verbs['run.list'](marketer, { scenario });
    await verbs['run.pause'](marketer, { run: runs[0]!.id });
    await expect(call(id)).rejects.toMatchObject({ code: 'conflict', details: { reason: 'paused' } });
    await verbs['run.resume'](marketer, { run: runs[0]!.id });
    await verbs['api-trigger.update'](developer, { id, name: 'Storm', enabled: false, parameters: [CITY] });
    await expect(call(id)).rejects.toMatchObject({ code: 'conflict', details: { reason: 'disabled' } });
    expect((await log(id)).map(({ outcome }) => outcome)).toEqual(['refused', 'refused', 'refused', 'refused']);
    // A refusal takes nobody's turn.
    await verbs['api-trigger.update'](developer, { id, name: 'Storm', enabled: true, parameters: [CITY] });
    await call(id);
  });

  it('that comes too soon is refused with the time to wait, whichever trigger of the project it is', async () => {
    const id = await create();
    const other = await create({ name: 'Calm' });
    await active(id);
    await active(other);
    await call(id);
    await expect(call(other)).rejects.toMatchObject({ code: 'limited', details: { seconds: 1 } });
    expect(await log(other)).toMatchObject([{ outcome: 'limited', times: 1 }]);
    await new Promise((resolve) => setTimeout(resolve, 1050));
    await call(other);
  });

  it('is accepted once when many come at the same moment', async () => {
    const id = await create();
    const scenario = await active(id);
    const all = await Promise.allSettled(Array.from({ length: 12 }, () => call(id)));
    expect(all.filter(({ status }) => status === 'fulfilled')).toHaveLength(1);
    const codes = all.flatMap((one) => (one.status === 'rejected' ? [(one.reason as { code: string }).code] : []));
    expect(new Set(codes)).toEqual(new Set(['limited']));
    const { runs } = await verbs['run.list'](marketer, { scenario });
    expect(runs).toHaveLength(2);
  });

  it('does not depend on the turn of another project', async () => {
    const id = await create();
    await active(id);
    const other = await newProject();
    const [theirs, them] = [await other.as('developer'), await other.as('marketer')];
    const { id: trigger } = await verbs['api-trigger.create'](theirs, { name: 'Storm' });
    const scenario = await storeScenario(other.id, rowOf(listens(trigger), webhookStep()));
    await verbs['scenario.start'](them, { id: scenario });
    await Promise.all([call(id), verbs['api-trigger.call'](them, { id: trigger })]);
  });

  it('says what is wrong with a parameter that is new, once the trigger has it', async () => {
    const id = await create();
    await active(id);
    await verbs['api-trigger.update'](developer, {
      id,
      name: 'Storm',
      parameters: [CITY, { name: 'level', type: 'number', required: true }],
    });
    await expect(call(id)).rejects.toMatchObject({ message: 'parameters.level: is required' });
    await call(id, { city: 'Brno', level: 3 });
  });
});

describe('the trigger log', () => {
  it('counts equal refusals that follow each other instead of filling up', async () => {
    const id = await create();
    for (let i = 0; i < 5; i++) await call(id).catch(() => {});
    await call(id, {}).catch(() => {});
    await call(id).catch(() => {});
    expect((await log(id)).map(({ times, reason }) => [times, reason])).toEqual([
      [1, expect.stringContaining('No active scenario')],
      [1, 'parameters.city: is required'],
      [5, expect.stringContaining('No active scenario')],
    ]);
  });

  it('is told in pages, newest first', async () => {
    const id = await create();
    for (let i = 0; i < 5; i++) await call(id, { [`wrong${i}`]: 1 }).catch(() => {});
    const first = await verbs['api-trigger.calls'](marketer, { id, limit: 2 });
    expect(first.calls.map(({ reason }) => reason)).toEqual([
      expect.stringContaining('wrong4'),
      expect.stringContaining('wrong3'),
    ]);
    const second = await verbs['api-trigger.calls'](marketer, { id, limit: 3, before: first.next });
    expect(second.calls).toHaveLength(3);
    expect(second.next).toBeNull();
  });

  it('shows what a call gave without its values, which are revealed to who may build, audited', async () => {
    const id = await create();
    await active(id);
    await call(id, { city: 'Vienna' });
    const [entry] = await log(id);
    const viewer = await project.as('viewer');
    const masked = await verbs['api-trigger.call-open'](viewer, { id, call: entry!.id });
    expect(masked.isMasked).toBe(true);
    expect(masked.payload).toContain('city');
    expect(masked.payload).not.toContain('Vienna');
    expect(JSON.stringify(await verbs['api-trigger.calls'](viewer, { id }))).not.toContain('Vienna');
    expect(masked.mayReveal).toBe(false);
    const which = { id, call: entry!.id };
    expect(await verbs['api-trigger.call-open'](marketer, which)).toEqual({
      payload: '{\n  "city": "•••"\n}',
      isMasked: true,
      mayReveal: true,
    });
    await expect(verbs['api-trigger.call-reveal'](viewer, which)).rejects.toMatchObject({ code: 'forbidden' });
    expect(await verbs['api-trigger.call-reveal'](marketer, which)).toMatchObject({
      payload: '{\n  "city": "Vienna"\n}',
      isMasked: false,
    });
    expect(await lastAudit(project.id)).toMatchObject({ action: 'api-trigger.reveal', objectId: id });
  });
});

describe('the file of a scenario with an API trigger', () => {
  it('names what it needs without an id, and finds the trigger of the same name where it is imported', async () => {
    const id = await create();
    const scenario = await storeScenario(project.id, rowOf(listens(id), webhookStep()));
    const { text } = await verbs['scenario.export'](marketer, { id: scenario });
    expect(text).not.toContain(id);
    expect(JSON.parse(text).needs).toEqual([
      { id: 'trigger-1', kind: 'trigger', name: 'Storm', parameters: [{ name: 'city', type: 'text', required: true }] },
    ]);
    const other = await newProject();
    const [theirs, them] = [await other.as('developer'), await other.as('marketer')];
    expect(await verbs['transfer.read'](them, { text })).toMatchObject({
      needs: [{ need: { id: 'trigger-1' }, usedBy: ['API trigger'], suggestion: null }],
    });
    const open = await verbs['transfer.import'](them, { text });
    expect(open).toMatchObject({ problems: [{ severity: 'error', field: 'triggerId' }] });
    const { id: trigger } = await verbs['api-trigger.create'](theirs, { name: 'Storm' });
    expect(await verbs['transfer.read'](them, { text })).toMatchObject({ needs: [{ suggestion: trigger }] });
    const mapped = await verbs['transfer.import'](them, { text, mapping: { 'trigger-1': trigger } });
    const { document } = await verbs['scenario.open'](them, { id: (mapped as { id: string }).id });
    expect(document.nodes[0]).toMatchObject({ settings: { triggerId: trigger } });
    await expect(verbs['transfer.import'](them, { text, mapping: { 'trigger-1': id } })).rejects.toMatchObject({
      code: 'invalid',
      fields: [{ path: 'mapping.trigger-1' }],
    });
  });

  it('is refused when a node names a trigger that the file does not list', async () => {
    const id = await create();
    const scenario = await storeScenario(project.id, rowOf(listens(id), webhookStep()));
    const { text } = await verbs['scenario.export'](marketer, { id: scenario });
    const broken = JSON.stringify({ ...JSON.parse(text), needs: [] });
    await expect(verbs['transfer.read'](marketer, { text: broken })).rejects.toMatchObject({
      code: 'invalid',
      message: expect.stringContaining('trigger-1'),
    });
  });
});
