import { z } from 'zod';
import { pool } from '../db/index.ts';
import { findCustomersSoon, namesOf } from './customer-search.ts';
import { type EventRow, pageOfEvents, TYPES } from './event-page.ts';
import { read } from './verb.ts';

/** Looking at events: what happened to customers, as it came in by the API and as the executor wrote it. */

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
        : (await findCustomersSoon(ctx.projectId, { query: customer, before: null, limit: SEARCHED_CUSTOMERS })).map(
            ({ id }) => id,
          );
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
                  AND e.at > now() - make_interval(days => $2))
              + (SELECT coalesce(sum(c.size), 0) FROM campaign_event c WHERE types.type = 'campaign'
                    AND c.project_id = $1::uuid AND c.at > now() - make_interval(days => $2)) AS n,
              greatest((SELECT max(e.at) FROM event e WHERE e.project_id = $1::uuid AND e.type = types.type),
                       (SELECT max(c.at) FROM campaign_event c WHERE types.type = 'campaign' AND c.project_id = $1::uuid)) AS last
         FROM types WHERE types.type IS NOT NULL ORDER BY n DESC, types.type`,
      [ctx.projectId, COUNTED_DAYS],
    );
    return {
      days: COUNTED_DAYS,
      types: rows.map(({ type, n, last }) => ({ type, count: n, lastAt: last.toISOString() })),
    };
  },
});
