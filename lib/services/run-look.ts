import { z } from 'zod';
import { maskHeaders, maskUrl, maskValues } from '../core/mask-values.ts';
import { pool } from '../db/index.ts';
import {
  journeyOf,
  journeysOfCustomer,
  listRequests,
  peopleAt,
  type RequestDetail,
  requestDetail,
} from '../engine/index.ts';
import { RowId } from './customer.ts';
import { namesOf } from './customer-search.ts';
import { Limit, NodeId, OneRun, runOf } from './run.ts';
import { act, type Ctx, may, notFound, read } from './verb.ts';

/** Looking into a run: its requests, the people behind its numbers, and the way of each. */

const Cursor = z.string().max(80);

/** Requests of a run, newest first. `text` is looked for in their messages. */
export const listRunRequests = read({
  needs: 'look',
  scope: 'runs:read',
  input: OneRun.extend({
    node: NodeId.optional(),
    outcome: z.enum(['delivered', 'rejected', 'unknown', 'retrying']).optional(),
    status: z.number().int().min(100).max(599).optional(),
    text: z.string().max(200).optional(),
    before: Cursor.optional(),
    limit: Limit.default(50),
  }),
  async run({ ctx, input: { run, ...which }, db }) {
    await runOf(db, ctx, run);
    const { requests, next } = await listRequests(pool(), { runId: run, ...which });
    const nameOf = await customerNames(
      ctx,
      requests.map(({ customerId }) => customerId),
    );
    return { requests: requests.map((row) => ({ ...row, customerName: nameOf(row.customerId) })), next };
  },
});

/**
 * One request with what was sent, what came back, all tries and the first hundred people of it. Whoever only looks sees
 * the shape of it without values; for others each look at the values is audited.
 */
export const openRequest = act({
  needs: 'look',
  scope: 'runs:read',
  input: OneRun.extend({ request: RowId }),
  async run({ ctx, input, db, note }) {
    const run = await runOf(db, ctx, input.run);
    const detail = await requestDetail(pool(), input.run, input.request);
    if (!detail) throw notFound('The request');
    const nameOf = await customerNames(ctx, [detail.customerId, ...detail.people.map(({ customerId }) => customerId)]);
    const isMasked = ctx.actor.kind === 'user' && !(ctx.role !== null && may(ctx.role, 'build'));
    if (!isMasked && isNewLook(`${ctx.actor.kind} ${ctx.actor.id} ${input.run} ${input.request}`))
      await note({
        action: 'run.reveal',
        objectType: 'request',
        objectId: input.request,
        objectName: `${run.scenario.name} · run ${run.number}`,
      });
    return {
      ...(isMasked ? withoutValues(detail) : detail),
      isMasked,
      customerName: nameOf(detail.customerId),
      people: detail.people.map((person) => ({ ...person, name: nameOf(person.customerId) ?? '' })),
    };
  },
});

const looks = new Map<string, number>();
const ONE_LOOK_MS = 10 * 60_000;

/** An open drawer asks again and again; within ten minutes that is one look. */
function isNewLook(key: string): boolean {
  const now = Date.now();
  for (const [known, at] of looks) {
    if (now - at < ONE_LOOK_MS) break;
    looks.delete(known);
  }
  if (looks.has(key)) return false;
  looks.set(key, now);
  return true;
}

function withoutValues(detail: RequestDetail): RequestDetail {
  const { url, headers, body, response } = detail;
  return {
    ...detail,
    url: maskUrl(url),
    headers: maskHeaders(headers),
    body: body === null ? null : maskValues(body),
    response: response && {
      status: response.status,
      headers: Object.fromEntries(maskHeaders(Object.entries(response.headers))),
      body: maskValues(response.body),
    },
  };
}

/** The people behind a number of a node: one of its counts, or one of its ports. */
export const listPeople = read({
  needs: 'look',
  scope: 'runs:read',
  input: OneRun.extend({
    node: NodeId,
    group: z.string().min(1).max(40),
    before: Cursor.optional(),
    limit: Limit.default(50),
  }),
  async run({ ctx, input: { run, ...which }, db }) {
    await runOf(db, ctx, run);
    const { people, next } = await peopleAt(pool(), { runId: run, ...which });
    const nameOf = await customerNames(
      ctx,
      people.map(({ customerId }) => customerId),
    );
    return { people: people.map((person) => ({ ...person, name: nameOf(person.customerId) ?? '' })), next };
  },
});

/** One customer's way through a run, step by step. */
export const openJourney = read({
  needs: 'look',
  scope: 'runs:read',
  input: OneRun.extend({ journey: RowId }),
  async run({ ctx, input, db }) {
    await runOf(db, ctx, input.run);
    const journey = await journeyOf(pool(), input.run, input.journey);
    if (!journey) throw notFound('The journey');
    const nameOf = await customerNames(ctx, [journey.customerId]);
    return { ...journey, name: nameOf(journey.customerId) ?? '' };
  },
});

/** The journeys of one customer through all runs, newest first. */
export const listCustomerJourneys = read({
  needs: 'look',
  scope: 'customers:read',
  input: z.strictObject({ id: RowId, before: Cursor.optional(), limit: Limit.default(50) }),
  async run({ ctx, input, db }) {
    const customer = await db.customer.findFirst({
      where: { id: BigInt(input.id), projectId: ctx.projectId },
      select: { id: true },
    });
    if (!customer) throw notFound('The customer');
    return journeysOfCustomer(pool(), {
      projectId: ctx.projectId,
      customerId: input.id,
      before: input.before,
      limit: input.limit,
    });
  },
});

/** Names by id for rows of the executor's; one that is gone is called by its number. */
async function customerNames(ctx: Ctx, ids: (string | null)[]): Promise<(id: string | null) => string | null> {
  const wanted = [...new Set(ids.filter((id) => id !== null))].map(Number);
  const names = await namesOf(pool(), ctx.projectId, wanted);
  return (id) => (id === null ? null : (names.get(Number(id)) ?? `Customer ${id}`));
}
