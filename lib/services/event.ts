import { z } from 'zod';
import { inTransaction, pool } from '../db/index.ts';
import { receiveEvents as feed } from '../engine/index.ts';
import { type ItemAnswer, noteOfLeft } from './customer.ts';
import { type EventInput, InputFault, readEvent } from './customer-input.ts';
import { findCustomers, namesOf } from './customer-search.ts';
import { writeCustomers } from './customer-write.ts';
import { type EventRow, pageOfEvents, TYPES } from './event-page.ts';
import { act, read } from './verb.ts';

/** Events: what happened to customers, as it came in by the API and as the executor wrote it. */

/** At most this many customers are looked through when events are searched by customer. */
const SEARCHED_CUSTOMERS = 50;
const COUNTED_DAYS = 30;

/** The project's latest events; `customer` is a text that finds customers as the customer list does. */
export const listEvents = read({
  needs: 'look',
  scope: 'customers:read',
  input: z.strictObject({
    type: z.string().max(256).nullable().default(null),
    customer: z.string().max(256).default(''),
    before: z.string().max(80).nullable().default(null),
    limit: z.number().int().min(1).max(200).default(50),
  }),
  async run({
    ctx,
    input: { type, customer, before, limit },
  }): Promise<{ events: (EventRow & { customerName: string | null })[]; next: string | null }> {
    const customerIds =
      customer.trim() === ''
        ? undefined
        : (
            await findCustomers(pool(), ctx.projectId, { query: customer, before: null, limit: SEARCHED_CUSTOMERS })
          ).map(({ id }) => id);
    const page = await pageOfEvents(pool(), ctx.projectId, { customerIds, type, before, limit });
    const names = await namesOf(pool(), ctx.projectId, [
      ...new Set(page.events.map(({ customerId }) => Number(customerId))),
    ]);
    return {
      events: page.events.map((event) => ({ ...event, customerName: names.get(Number(event.customerId)) ?? null })),
      next: page.next,
    };
  },
});

/** The types of events of the project, with how often they happened in the last 30 days. */
export const listEventTypes = read({
  needs: 'look',
  scope: 'customers:read',
  input: z.strictObject({}),
  async run({ ctx }) {
    const { rows } = await pool().query<{ type: string; n: number; last: Date }>(
      `WITH RECURSIVE types AS (${TYPES})
       SELECT types.type,
              (SELECT count(*) FROM event e WHERE e.project_id = $1::uuid AND e.type = types.type
                  AND e.at > now() - make_interval(days => $2)) AS n,
              (SELECT max(e.at) FROM event e WHERE e.project_id = $1::uuid AND e.type = types.type) AS last
         FROM types WHERE types.type IS NOT NULL ORDER BY n DESC, types.type`,
      [ctx.projectId, COUNTED_DAYS],
    );
    return {
      days: COUNTED_DAYS,
      types: rows.map(({ type, n, last }) => ({ type, count: n, lastAt: last.toISOString() })),
    };
  },
});

/**
 * Takes up to 1000 events: creates customers that are unknown, stores the events and lets them into active on-event
 * scenarios, all in one transaction. Each item has its own answer in its place; a bad one does not hold up the others.
 */
export const receiveEvents = act({
  needs: 'build',
  scope: 'events:write',
  input: z.strictObject({
    events: z.array(z.unknown()).min(1, 'Give at least one event.').max(1000, 'At most 1000 events in one request.'),
  }),
  async run({ ctx, input }): Promise<{ accepted: number; refused: number; results: ItemAnswer[] }> {
    const now = Date.now();
    const results: (ItemAnswer | null)[] = [];
    const taken: { index: number; event: EventInput }[] = [];
    input.events.forEach((item, index) => {
      try {
        taken.push({ index, event: readEvent(item, now) });
        results.push(null);
      } catch (error) {
        if (!(error instanceof InputFault)) throw error;
        results.push({ ok: false, error: error.message });
      }
    });
    await inTransaction(async (sql) => {
      const written = await writeCustomers(
        sql,
        ctx.projectId,
        taken.map(({ event }) => ({ identifiers: event.identifiers, set: {}, remove: [] })),
      );
      const stored: Parameters<typeof feed>[2] = [];
      written.forEach((answer, i) => {
        const { index, event } = taken[i]!;
        if (!answer.ok) {
          results[index] = { ok: false, error: `customer_ids: ${answer.message}` };
          return;
        }
        stored.push({ customerId: answer.customerId, type: event.type, at: event.at, properties: event.properties });
        results[index] = {
          ok: true,
          customer_id: String(answer.customerId),
          created: answer.created,
          ...noteOfLeft(answer.left),
        };
      });
      if (stored.length > 0) await feed(sql, ctx.projectId, stored);
    });
    const accepted = results.filter((result) => result?.ok).length;
    return { accepted, refused: results.length - accepted, results: results as ItemAnswer[] };
  },
});
