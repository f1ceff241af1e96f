import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { pool, prisma } from '../../../lib/db/index.ts';
import { listRequests, requestDetail, startWorker, type Worker } from '../../../lib/engine/index.ts';
import { type Ctx, verbs } from '../../../lib/services/index.ts';
import { freshDatabase } from '../../support/database.ts';
import { deleted, rowsWith } from '../../support/deletions.ts';
import { addsUp, allow, countsOf, draw, ended, start, until, withTarget } from '../../support/engine.ts';
import { lastAudit, newProject, type TestProject } from '../../support/members.ts';
import { addCustomers } from '../../support/scenarios.ts';
import { closeServers, httpServer } from '../../support/servers.ts';

const target = withTarget();
freshDatabase();

let worker: Worker;
let project: TestProject;
let admin: Ctx;
let echo = '';
beforeAll(async () => {
  const server = await httpServer((response, { body }) => {
    const text = body.toString();
    response.writeHead(text.includes('please refuse') ? 422 : 200, {
      'x-echo': encodeURIComponent(text).slice(0, 500),
    });
    response.end(JSON.stringify({ success: true, you_said: text }));
  });
  echo = `${server.origin}/echo`;
  allow(server.origin);
  worker = await startWorker({ databaseUrl: process.env.DATABASE_URL! });
});
afterAll(async () => {
  await worker.stop();
  await closeServers();
});
beforeEach(async () => {
  project = await newProject();
  admin = await project.as('admin');
});

const remove = async (id: string) => deleted(admin, (await verbs['customer.delete'](admin, { id })).id);
const people = (n: number) =>
  addCustomers(
    project.id,
    Array.from({ length: n }, (_, i) => ({ name: `Person ${i}`, email: email(i) })),
  );
/** Nobody else has it, in no project. */
const email = (i: number) => `p${i}.${project.id.slice(-12)}@example.com`;

describe('deleting a customer', () => {
  it('answers at once with a job, hides the customer from then on, and frees the identifier', async () => {
    const { id } = await verbs['customer.create'](admin, {
      identifiers: { registered: 'eva' },
      properties: { email: 'eva@example.com' },
    });
    await pool().query(
      `INSERT INTO event(project_id, customer_id, type, at, properties)
       SELECT $1, $2, 'visit', now(), '{}' FROM generate_series(1, 3)`,
      [project.id, id],
    );
    const job = await verbs['customer.delete'](admin, { id });
    expect(job).toMatchObject({ state: 'running', customers: 1, steps: 5, createdBy: expect.any(String) });
    await expect(verbs['customer.get'](admin, { id })).rejects.toMatchObject({ code: 'not-found' });
    expect((await verbs['customer.list'](admin, { query: 'eva' })).customers).toEqual([]);
    expect((await verbs['event.list'](admin, {})).events).toEqual([]);
    const again = await verbs['customer.create'](admin, { identifiers: { registered: 'eva' } });
    expect(again.id).not.toBe(id);
    expect(await deleted(admin, job.id)).toMatchObject({ removed: { events: 3 }, endedAt: expect.any(String) });
    expect(await verbs['customer.get'](admin, { id: again.id })).toMatchObject({ id: again.id });
  });

  it('is audited when it is asked for and when it is done, under one request id and without a value', async () => {
    const { id } = await verbs['customer.create'](admin, {
      identifiers: { registered: 'canary-audited' },
      properties: { email: 'canary-audited@example.com' },
    });
    const job = await remove(id);
    const entries = await prisma().auditEntry.findMany({
      where: { projectId: project.id, requestId: admin.requestId, action: { startsWith: 'customer.delete' } },
      orderBy: { id: 'asc' },
    });
    expect(entries).toMatchObject([
      { action: 'customer.delete', objectId: id, after: { customers: 1, deletion: job.id }, actorKind: 'user' },
      { action: 'customer.deleted', objectId: job.id, after: { customers: 1, events: 0 }, actorKind: 'system' },
    ]);
    expect(JSON.stringify(entries, (_, value) => (typeof value === 'bigint' ? String(value) : value))).not.toContain(
      'canary-audited',
    );
  });

  it('is for admins of the project only, and for keys with the scope', async () => {
    const [id = ''] = await people(1);
    for (const role of ['viewer', 'marketer', 'developer'] as const) {
      const ctx = await project.as(role);
      await expect(verbs['customer.delete'](ctx, { id })).rejects.toMatchObject({ code: 'forbidden' });
      await expect(verbs['customer.delete-many'](ctx, { ids: [id] })).rejects.toMatchObject({ code: 'forbidden' });
      await expect(verbs['customer.count'](ctx, { query: 'x' })).rejects.toMatchObject({ code: 'forbidden' });
    }
    const foreign = await (await newProject()).as('admin');
    await expect(verbs['customer.delete'](foreign, { id })).rejects.toMatchObject({ code: 'not-found' });
    await expect(verbs['customer.delete-many'](foreign, { ids: [id] })).rejects.toMatchObject({ code: 'not-found' });
    expect(await verbs['customer.get'](admin, { id })).toMatchObject({ id });
    const job = await remove(id);
    await expect(verbs['customer.deletion'](foreign, { id: job.id })).rejects.toMatchObject({ code: 'not-found' });
    await expect(verbs['customer.resume-deletion'](foreign, { id: job.id })).rejects.toMatchObject({
      code: 'not-found',
    });
    expect(await verbs['customer.deletions'](foreign, {})).toEqual([]);
  });

  it('can be asked for by an identifier', async () => {
    const { id } = await verbs['customer.create'](admin, { identifiers: { registered: 'by-name' } });
    await expect(verbs['customer.delete'](admin, { id: 'by-name' })).rejects.toMatchObject({ code: 'not-found' });
    await expect(verbs['customer.delete'](admin, { id: 'by-name', by: 'cookie' })).rejects.toMatchObject({
      code: 'not-found',
    });
    await deleted(admin, (await verbs['customer.delete'](admin, { id: 'by-name', by: 'registered' })).id);
    await expect(verbs['customer.get'](admin, { id })).rejects.toMatchObject({ code: 'not-found' });
  });
});

describe('deleting several customers', () => {
  it('takes those chosen in one job, and leaves out who is of another project', async () => {
    const ids = await people(4);
    const other = await newProject();
    const [theirs = ''] = await addCustomers(other.id, [{}]);
    const { id } = await verbs['customer.delete-many'](admin, { ids: [...ids.slice(0, 3), theirs] });
    expect(await deleted(admin, id)).toMatchObject({ customers: 3 });
    expect((await verbs['customer.list'](admin, {})).customers.map((one) => one.id)).toEqual([ids[3]]);
    expect(await verbs['customer.get'](await other.as('viewer'), { id: theirs })).toMatchObject({ id: theirs });
    expect(await lastAudit(project.id)).toMatchObject({ action: 'customer.deleted', after: { customers: 3 } });
  });

  it('takes all that a search finds, if they are as many as was said', async () => {
    await people(3);
    await addCustomers(project.id, [{ email: 'other@example.org' }]);
    expect(await verbs['customer.count'](admin, { query: 'example.com' })).toMatchObject({ found: 3 });
    await expect(verbs['customer.delete-many'](admin, { query: 'example.com', expected: 2 })).rejects.toMatchObject({
      code: 'conflict',
      message: expect.stringContaining('finds 3 customers now, not 2'),
    });
    const { id } = await verbs['customer.delete-many'](admin, { query: 'example.com', expected: 3 });
    await deleted(admin, id);
    expect((await verbs['customer.list'](admin, {})).customers).toHaveLength(1);
    const asked = await prisma().auditEntry.findFirst({ where: { projectId: project.id, objectId: id } });
    expect(JSON.stringify(asked?.after)).not.toContain('example.com');
  });

  it('refuses to take everybody by an empty search', async () => {
    await expect(verbs['customer.delete-many'](admin, { query: ' ', expected: 1 })).rejects.toMatchObject({
      code: 'invalid',
    });
  });
});

describe('what is stored of requests', () => {
  it('is forgotten of the customer alone where each had a request, and of a batch as a whole', async () => {
    const ids = await people(5);
    const { add, document } = draw();
    const now = add('now');
    add('webhook', { url: echo, payload: '{"to": "{{ customer.email }}"}' }, [now, 'out']);
    add(
      'webhook',
      {
        url: echo,
        batch: true,
        root: "[{% output customers separated by ', ' %}]",
        customer: '"{{ customer.email }}"',
      },
      [now, 'out'],
    );
    const run = await start(project.id, document());
    await ended(run.id);
    const bodies = async () => {
      const { requests } = await listRequests(pool(), { runId: run.id });
      return Promise.all(
        requests.map(async ({ id, customers, customerId }) => {
          const detail = await requestDetail(pool(), run.id, id);
          return { customers, customerId, body: detail!.body, answer: detail!.response?.body ?? null };
        }),
      );
    };
    expect(await rowsWith([email(2)])).not.toEqual([]);
    await remove(ids[2]!);
    const left = await bodies();
    for (const one of left.filter(({ customers }) => customers === 1)) {
      const isGone = one.customerId === ids[2];
      expect(one.body === null, `body of ${one.customerId}`).toBe(isGone);
      expect(one.answer === null, `answer to ${one.customerId}`).toBe(isGone);
    }
    expect(left.find(({ customers }) => customers === 5)).toMatchObject({ body: null, answer: null });
    expect(await rowsWith([email(2)])).toEqual([]);
    expect(addsUp((await countsOf(run.id)).values())).toBe(true);
    expect((await countsOf(run.id)).get(2)).toMatchObject({ delivered: 5 });
  });
});

describe('a customer in a running run', () => {
  it('ends as skipped where they wait, and nothing more is sent to them', async () => {
    const ids = await people(4);
    const { add, document } = draw();
    const wait = add('wait', { amount: 1, unit: 'days' }, [add('now'), 'out']);
    add('webhook', { url: target.url('after-wait'), payload: '{}' }, [wait, 'out']);
    const run = await start(project.id, document());
    await until('all wait', async () => (await countsOf(run.id)).get(2)?.waiting === 4);
    await remove(ids[1]!);
    const counts = await countsOf(run.id);
    expect(counts.get(2)).toMatchObject({ entered: 4, waiting: 3, skipped: 1 });
    const { people: skipped } = await verbs['run.people'](admin, { run: run.id, node: 'n2', group: 'skipped' });
    expect(skipped).toMatchObject([{ customerId: ids[1], reason: 'the customer was deleted' }]);
    for (const id of [ids[0]!, ids[2]!, ids[3]!]) await verbs['customer.delete'](admin, { id });
    expect((await ended(run.id)).get(2)).toMatchObject({ waiting: 0, skipped: 4 });
    expect(await target.books('after-wait')).toMatchObject({ requests: 0 });
  });

  it('is left out of the tries that follow, which send the others the same bytes', async () => {
    await target.behave('ill', { errorRate: 1, errorStatus: 503 });
    const ids = await people(3);
    const { add, document } = draw();
    add('webhook', { url: target.url('ill'), payload: '{"to": "{{ customer.email }}"}' }, [add('now'), 'out']);
    const run = await start(project.id, document());
    await until('all were tried', async () => (await countsOf(run.id)).get(2)?.requests === 3);
    await until('all wait', async () => (await countsOf(run.id)).get(2)?.waiting === 3);
    await remove(ids[0]!);
    await target.behave('ill', {});
    await hurry(run.id);
    expect((await ended(run.id)).get(2)).toMatchObject({ delivered: 2, skipped: 1 });
    expect(await target.books('ill')).toMatchObject({ requests: 5, distinctKeys: 2, changedBodies: 0 });
    expect(await rowsWith([email(0)])).toEqual([]);
  });

  it('is left out of a batch that is tried again, which is a new one', async () => {
    await target.behave('ill-batch', { errorRate: 1, errorStatus: 503 });
    const ids = await people(3);
    const { add, document } = draw();
    add(
      'webhook',
      {
        url: target.url('ill-batch'),
        batch: true,
        root: "[{% output customers separated by ', ' %}]",
        customer: '"{{ customer.email }}"',
      },
      [add('now'), 'out'],
    );
    const run = await start(project.id, document());
    await until('all wait', async () => {
      const counts = (await countsOf(run.id)).get(2);
      return counts?.requests === 1 && counts.waiting === 3;
    });
    await remove(ids[1]!);
    expect(await rowsWith([email(1)])).toEqual([]);
    await target.behave('ill-batch', {});
    await hurry(run.id);
    expect((await ended(run.id)).get(2)).toMatchObject({ delivered: 2, skipped: 1 });
    const bodies = (await target.requests('ill-batch')).map(({ body }) => body);
    expect(bodies).toContain(`["${email(0)}", "${email(2)}"]`);
    expect(await target.books('ill-batch')).toMatchObject({ requests: 2, distinctKeys: 1 });
  });

  it('keeps a batch from being sent again as it was, and the others are told why', async () => {
    await target.behave('refusing', { errorRate: 1, errorStatus: 422 });
    const ids = await people(3);
    const { add, document } = draw();
    add(
      'webhook',
      {
        url: target.url('refusing'),
        batch: true,
        root: "[{% output customers separated by ', ' %}]",
        customer: '"{{ customer.email }}"',
      },
      [add('now'), 'out'],
    );
    const run = await start(project.id, document());
    expect((await ended(run.id)).get(2)).toMatchObject({ rejected: 3, requests: 1 });
    await remove(ids[0]!);
    await target.behave('refusing', {});
    await verbs['run.replay'](admin, { run: run.id, node: 'n2', as: 'same' });
    expect((await ended(run.id)).get(2)).toMatchObject({ rejected: 2, skipped: 1, requests: 1 });
    const { people: told } = await verbs['run.people'](admin, { run: run.id, node: 'n2', group: 'rejected' });
    expect(told[0]!.reason).toContain('together with a customer who was deleted');
    expect(await target.books('refusing')).toMatchObject({ requests: 1 });
  });

  it('leaves a run that is paused', async () => {
    const ids = await people(2);
    const { add, document } = draw();
    const wait = add('wait', { amount: 1, unit: 'seconds' }, [add('now'), 'out']);
    add('webhook', { url: target.url('paused'), payload: '{}' }, [wait, 'out']);
    const run = await start(project.id, document());
    await until('both wait', async () => (await countsOf(run.id)).get(2)?.waiting === 2);
    await verbs['run.pause'](admin, { run: run.id });
    await new Promise((resolve) => setTimeout(resolve, 1500));
    await remove(ids[0]!);
    expect((await countsOf(run.id)).get(2)).toMatchObject({ waiting: 1, skipped: 1 });
    await verbs['run.resume'](admin, { run: run.id });
    expect((await ended(run.id)).get(3)).toMatchObject({ entered: 1, delivered: 1 });
  });

  it('is passed over by a worker that has their chunk already', async () => {
    const { id: policyId } = await prisma().policy.create({
      data: { projectId: project.id, name: 'One by one', concurrency: 1 },
    });
    await target.behave('taken', { errorRate: 1, errorStatus: 503 });
    const ids = await people(12);
    const { add, document } = draw();
    add('webhook', { url: target.url('taken'), payload: '{"to": "{{ customer.email }}"}', policyId }, [
      add('now'),
      'out',
    ]);
    const run = await start(project.id, document());
    await until('all wait', async () => {
      const counts = (await countsOf(run.id)).get(2);
      return counts?.requests === 12 && counts.waiting === 12;
    });
    await target.behave('taken', { latencyMs: 300 });
    await hurry(run.id);
    await until('the first is there', async () => (await countsOf(run.id)).get(2)?.delivered === 1);
    await remove(ids[11]!);
    expect((await ended(run.id)).get(2)).toMatchObject({ delivered: 11, skipped: 1 });
    expect(await target.books('taken')).toMatchObject({ requests: 23, changedBodies: 0 });
    expect(await rowsWith([email(11)])).toEqual([]);
  });

  it('is waited for while a request is under way, and what comes of it is forgotten too', async () => {
    await target.behave('slow', { latencyMs: 3500 });
    const ids = await people(1);
    const { add, document } = draw();
    const webhook = add('webhook', { url: target.url('slow'), payload: '{"to": "{{ customer.email }}"}' }, [
      add('now'),
      'out',
    ]);
    add('wait', { amount: 1, unit: 'days' }, [webhook, 'sent']);
    const run = await start(project.id, document());
    await until('it left', async () => (await countsOf(run.id)).get(2)?.inFlight === 1);
    const { id } = await verbs['customer.delete'](admin, { id: ids[0]! });
    await until('it waits', async () =>
      (await verbs['customer.deletion'](admin, { id })).message?.includes('Waits for 1 request that is under way'),
    );
    await deleted(admin, id);
    expect((await ended(run.id)).get(3)).toMatchObject({ entered: 1, skipped: 1 });
    expect(await rowsWith([email(0)])).toEqual([]);
  });
});

/** Whoever waits for another try is due now. */
async function hurry(runId: string): Promise<void> {
  await pool().query('UPDATE chunk SET due_at = now() WHERE run_id = $1', [runId]);
  await pool().query(
    'UPDATE pgboss.job SET start_after = now() WHERE id IN (SELECT job_id FROM chunk WHERE run_id = $1)',
    [runId],
  );
}

describe('a canary', () => {
  const CANARIES = [
    'canary-eva',
    'CanaryEva',
    '+421900123987',
    '421900123987',
    'Canaryville',
    'canary-cookie',
    'canary-event',
  ];

  it('is found in no row and no stored request after the deletion', async () => {
    const eva = {
      email: 'canary-eva@example.com',
      first_name: 'CanaryEva',
      phone: '+421900123987',
      home: { city: 'Canaryville' },
    };
    await verbs['customer.upsert'](admin, {
      customers: [
        { customer_ids: { cookie: 'canary-cookie' }, properties: { ...eva, note: 'please refuse' } },
        { customer_ids: { registered: 'adam' }, properties: { email: 'adam@example.com' } },
      ],
    });
    const { add, document } = draw();
    const webhook = add(
      'webhook',
      {
        url: `${echo}?to={{ customer.email }}`,
        headers: [{ name: 'X-Name', value: '{{ customer.first_name }}', secretId: null }],
        payload: '{{ customer | tojson }}',
      },
      [add('now'), 'out'],
    );
    add('webhook', { url: echo, payload: '{"n": {{ customer.phone | int(base="x") }} }' }, [webhook, 'failed']);
    await ended((await start(project.id, document())).id);
    // The anonymous visitor signs in: requests and events of before are about the same person.
    await verbs['customer.upsert'](admin, {
      customers: [{ customer_ids: { registered: 'canary-eva', cookie: 'canary-cookie' } }],
    });
    const [found] = (await verbs['customer.list'](admin, { query: 'canary-eva' })).customers;
    const drawn = draw();
    const wait = drawn.add('wait', { amount: 1, unit: 'days' }, [drawn.add('on-event', { event: 'purchase' }), 'out']);
    drawn.add('webhook', { url: echo, payload: '{{ event.note }}' }, [wait, 'out']);
    const waiting = await start(project.id, drawn.document(), 'Waiting');
    await verbs['event.receive'](admin, {
      events: [
        { customer_ids: { registered: 'canary-eva' }, event_type: 'purchase', properties: { note: 'canary-event' } },
      ],
    });
    await until('she waits', async () => (await countsOf(waiting.id)).get(2)?.waiting === 1);
    await reports(Number(found!.id));
    const before = (await rowsWith(CANARIES)).map((row) => row.split(' ')[0]);
    expect(new Set(before)).toEqual(
      new Set([
        'api_trigger_call',
        'audience_check',
        'chunk',
        'customer',
        'customer_identifier',
        'event',
        'import_refusal',
        'ledger_entry',
        'request_window',
        'run',
      ]),
    );
    await remove(found!.id);
    expect(await rowsWith(CANARIES)).toEqual([]);
    expect(
      (await ended((waiting as { id: string }).id, 1000).catch(() => null)) ?? (await countsOf(waiting.id)).get(2),
    ).toMatchObject({ skipped: 1 });
    const { requests } = await listRequests(pool(), { runId: waiting.id });
    expect(requests).toEqual([]);
  });

  async function reports(customer: number): Promise<void> {
    const { rows } = await pool().query<{ id: string }>(
      `INSERT INTO import(id, project_id, kind, file_name, state, mapping)
       VALUES (gen_random_uuid(), $1, 'customers', 'a.csv', 'done', '{}') RETURNING id`,
      [project.id],
    );
    await pool().query(
      "INSERT INTO import_refusal(import_id, line, reason, cells) VALUES ($1, 2, 'phone: canary-eva@example.com is none', $2), ($1, 3, 'other', '{adam}')",
      [rows[0]!.id, ['canary-eva@example.com', 'x']],
    );
    const { id: trigger } = await verbs['api-trigger.create'](admin, { name: 'Call', parameters: [] });
    const given = { to: 'canary-eva@example.com', deep: [{ phone: '+421900123987' }], kept: 'other' };
    await prisma().apiTriggerCall.create({
      data: {
        projectId: project.id,
        triggerId: trigger,
        outcome: 'accepted',
        callerName: 'Shop',
        requestId: 'r',
        payload: given,
      },
    });
    await pool().query('UPDATE run SET called_with = $2 WHERE project_id = $1', [project.id, given]);
    const scenario = await prisma().scenario.findFirstOrThrow({ where: { projectId: project.id } });
    const fault = { severity: 'error', template: 'Payload', line: 1, column: 1, property: null, count: 1 };
    await prisma().audienceCheck.create({
      data: {
        projectId: project.id,
        scenarioId: scenario.id,
        nodeId: 'n2',
        fingerprint: 'x',
        state: 'done',
        result: {
          customers: 2,
          faults: [{ ...fault, message: 'CanaryEva is no number', customers: [customer], example: 'Dear CanaryEva' }],
        },
      },
    });
  }
});
