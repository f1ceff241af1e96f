import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { pool } from '../../../lib/db/index.ts';
import { listRequests, requestDetail, startWorker, type Worker } from '../../../lib/engine/index.ts';
import { freshDatabase } from '../../support/database.ts';
import { addsUp, draw, ended, policy, projectWithCustomers, start, withTarget } from '../../support/engine.ts';

const target = withTarget();
freshDatabase();

let worker: Worker;
beforeAll(async () => {
  worker = await startWorker({ databaseUrl: process.env.DATABASE_URL! });
});
afterAll(() => worker.stop());

const everyone = { groups: [] };

describe('a run over an audience', () => {
  it('sends one request for each customer, within the limit, and every node adds up', async () => {
    const { projectId } = await projectWithCustomers(2500);
    const { add, document } = draw();
    const now = add('now');
    const condition = add('condition', { filter: everyone }, [now, 'out']);
    const webhook = add(
      'webhook',
      {
        url: target.url('single'),
        payload: '{"number": {{ customer.number }}, "email": "{{ customer.email }}"}',
        policyId: await policy(projectId, 20),
      },
      [condition, 'yes'],
    );
    const accepted = add('condition', { mode: 'jinja', expression: "webhook.result.status == 'sent'" }, [
      webhook,
      'sent',
    ]);
    add('set-attribute', { attributes: [{ name: 'status', value: '{{ webhook.result.status }}' }] }, [accepted, 'yes']);
    const run = await start(projectId, document());
    const counts = await ended(run.id);
    const books = await target.books('single');
    expect(books).toMatchObject({ requests: 2500, distinctKeys: 2500, duplicates: 0, changedBodies: 0 });
    expect(books.peakConcurrency).toBeLessThanOrEqual(20);
    expect(addsUp(counts.values())).toBe(true);
    expect(counts.get(3)).toMatchObject({
      entered: 2500,
      delivered: 2500,
      requests: 2500,
      ports: { sent: 2500, failed: 0 },
    });
    expect(counts.get(5)).toMatchObject({ entered: 2500, delivered: 2500 });
    const { rows } = await pool().query(
      "SELECT count(*) FROM customer WHERE project_id = $1 AND properties->>'status' = 'sent'",
      [projectId],
    );
    expect(rows[0]).toEqual({ count: 2500 });
    const events = await pool().query(
      "SELECT count(*) FROM events_in($1, 'campaign', 'infinity', 9223372036854775807, 10000) WHERE properties->>'status' = 'sent'",
      [projectId],
    );
    expect(events.rows[0]).toEqual({ count: 2500 });
  });

  it('sends a thousand customers in one request when the webhook is batched', async () => {
    const { projectId } = await projectWithCustomers(3500);
    const { add, document } = draw();
    const now = add('now');
    add(
      'webhook',
      {
        url: target.url('batch'),
        batch: true,
        root: "[{% output customers separated by ',' %}]",
        customer: '{"email": "{{ customer.email }}"}',
        policyId: await policy(projectId, 3),
      },
      [now, 'out'],
    );
    const run = await start(projectId, document());
    const counts = await ended(run.id);
    expect(await target.books('batch')).toMatchObject({ requests: 4, customers: 3500, duplicates: 0 });
    expect(counts.get(2)).toMatchObject({
      delivered: 3500,
      requests: 4,
      batchMin: 500,
      batchMedian: 1000,
      batchMax: 1000,
    });
    const { requests } = await listRequests(pool(), { runId: run.id });
    expect(requests.map(({ customers }) => customers)).toEqual(expect.arrayContaining([1000, 1000, 1000, 500]));
    const detail = await requestDetail(pool(), run.id, requests[0]!.id);
    const received = (await target.requests('batch')).find(({ headers }) => headers['idempotency-key'] === detail!.key);
    expect(detail!.body!.startsWith(received!.body.slice(0, 60_000))).toBe(true);
    expect(detail!.response).toMatchObject({ status: 200 });
  });
});
