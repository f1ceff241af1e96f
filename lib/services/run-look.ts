import { z } from 'zod';
import { pool } from '../db/index.ts';
import { journeyOf, journeysOfCustomer, listRequests, peopleAt, requestDetail } from '../engine/index.ts';
import { RowId } from './customer.ts';
import { identifiersOf, nameOf as nameFrom, profilesOf } from './customer-search.ts';
import { hidingOf, maskedDetail, mayReveal } from './masking.ts';
import { Limit, NodeId, OneRun, runOf } from './run.ts';
import { act, type Ctx, notFound, read } from './verb.ts';

/** Looking into a run: its requests, the people behind its numbers, and the way of each. */

const Cursor = z.string().max(80);

/** Requests of a run, newest first. `text` is looked for in their messages, and in answers by whoever may see those. */
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
    const { requests, next } = await listRequests(pool(), { runId: run, ...which, inAnswers: mayReveal(ctx) });
    const { nameOf, hideOf } = await peopleBehind(
      ctx,
      requests.map(({ customerId }) => customerId),
    );
    return {
      requests: requests.map((row) => ({
        ...row,
        message: hideOf(row.customerId)(row.message),
        customerName: nameOf(row.customerId),
      })),
      next,
    };
  },
});

/**
 * One request with what was sent, what came back, all tries and the first hundred people of it: the shape of it, without
 * values. `mayReveal` says whether the asker may have them shown.
 */
export const openRequest = read({
  needs: 'look',
  scope: 'runs:read',
  input: OneRun.extend({ request: RowId }),
  async run({ ctx, input, db }) {
    await runOf(db, ctx, input.run);
    const { detail, hide } = await shownRequest(ctx, input);
    return { ...maskedDetail(detail, hide), isMasked: true, mayReveal: mayReveal(ctx) };
  },
});

/** The same request with its values; each look is told in the audit log. */
export const revealRequest = act({
  needs: 'build',
  input: OneRun.extend({ request: RowId }),
  async run({ ctx, input, db, note }) {
    const run = await runOf(db, ctx, input.run);
    const { detail } = await shownRequest(ctx, input);
    await note({
      action: 'run.reveal',
      objectType: 'request',
      objectId: input.request,
      objectName: `${run.scenario.name} · run ${run.number}`,
      after: { run: input.run, key: detail.key, customers: detail.customers, firstCustomer: detail.customerId },
    });
    return { ...detail, isMasked: false, mayReveal: true };
  },
});

/** A request with the names of its people, and how to hide what texts say of them. @throws ServiceError "not-found" */
async function shownRequest(ctx: Ctx, { run, request }: { run: string; request: string }) {
  const detail = await requestDetail(pool(), run, request);
  if (!detail) throw notFound('The request');
  const { nameOf, hide } = await peopleBehind(ctx, [
    detail.customerId,
    ...detail.people.map(({ customerId }) => customerId),
  ]);
  return {
    detail: {
      ...detail,
      customerName: nameOf(detail.customerId),
      people: detail.people.map((person) => ({ ...person, name: nameOf(person.customerId) ?? '' })),
    },
    hide,
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
    const { nameOf, hideOf } = await peopleBehind(
      ctx,
      people.map(({ customerId }) => customerId),
    );
    return {
      people: people.map((person) => ({
        ...person,
        reason: person.reason && hideOf(person.customerId)(person.reason),
        name: nameOf(person.customerId) ?? '',
      })),
      next,
    };
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
    const { nameOf, hide } = await peopleBehind(ctx, [journey.customerId]);
    const steps = journey.steps.map((step) => ({ ...step, reason: step.reason && hide(step.reason) }));
    return { ...journey, steps, name: nameOf(journey.customerId) ?? '' };
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

/** The people of rows of the executor's: their names (one who is gone is called by number), and how to hide their values. */
async function peopleBehind(ctx: Ctx, ids: (string | null)[]) {
  const wanted = [...new Set(ids.filter((id) => id !== null))].map(Number);
  const [profiles, identifiers] = await Promise.all([
    profilesOf(pool(), ctx.projectId, wanted),
    identifiersOf(pool(), ctx.projectId, wanted),
  ]);
  const valuesOf = (id: number) => [
    profiles.get(id) ?? {},
    { identifiers: (identifiers.get(id) ?? []).map(({ value }) => value) },
  ];
  const hides = new Map<string, (text: string) => string>();
  return {
    nameOf: (id: string | null): string | null => {
      if (id === null) return null;
      const profile = profiles.get(Number(id));
      return profile ? nameFrom(Number(id), profile, identifiers.get(Number(id)) ?? []) : `Customer ${id}`;
    },
    /** Of all of them. */
    hide: hidingOf(wanted.flatMap(valuesOf)),
    /** Of one. */
    hideOf: (id: string | null) => {
      const key = id ?? '';
      const known = hides.get(key) ?? hidingOf(id === null ? [] : valuesOf(Number(id)));
      hides.set(key, known);
      return known;
    },
  };
}
