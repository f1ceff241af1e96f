import { z } from 'zod';
import type { Document } from '../core/document.ts';
import { type Db, pool, sqlOf, type Tx } from '../db/index.ts';
import {
  listRuns,
  momentIn,
  type NodeCounts,
  type PolicyLoad,
  pauseRun,
  type ReplayProgress,
  ReplayRefused,
  type RunSummary,
  replay,
  resumeRun,
  resumeWebhook,
  runCounts,
  runProgress,
  stopRuns,
} from '../engine/index.ts';
import { RowId } from './customer.ts';
import { Rate, secondsOf } from './policy.ts';
import { ScenarioId } from './scenario.ts';
import { documentOf } from './scenario-row.ts';
import { settleStatus, type ToldForecast } from './scenario-start.ts';
import { type AuditNote, type Ctx, notFound, read, ServiceError, write } from './verb.ts';

/** Runs: what they did so far, for whom, and what may be done about them. */

export const Limit = z.number().int().min(1).max(200);
export const NodeId = z.string().min(1).max(40);
export const OneRun = z.strictObject({ run: RowId });

/** Runs of the project or of one scenario, newest first; `next` is the `before` of the next page. */
export const listProjectRuns = read({
  needs: 'look',
  scope: 'runs:read',
  input: z.strictObject({
    scenario: ScenarioId.optional(),
    before: RowId.nullable().default(null),
    limit: Limit.default(50),
  }),
  async run({ ctx, input }): Promise<{ runs: RunSummary[]; next: string | null }> {
    const runs = await listRuns(pool(), {
      projectId: ctx.projectId,
      scenarioId: input.scenario,
      before: input.before ?? undefined,
      limit: input.limit + 1,
    });
    const page = runs.slice(0, input.limit);
    return { runs: page, next: runs.length > input.limit ? page.at(-1)!.id : null };
  },
});

export interface OpenRun {
  run: RunSummary & {
    document: Document;
    /** Customers who will have entered at the end; null while nobody can know. */
    expected: number | null;
    perSecond: number;
    etaSeconds: number | null;
    startedBy: string | null;
    /** What whoever started it had been told; null when nothing was, or when events bring the customers. */
    forecast: ToldForecast | null;
  };
  counts: NodeCounts[];
  policies: PolicyLoad[];
  /** What was sent again and is not done yet. */
  replays: ReplayProgress[];
  asOf: string;
}

/** A run as it stands now; cheap enough to be asked every second. */
export const openRun = read({
  needs: 'look',
  scope: 'runs:read',
  input: OneRun,
  async run({ ctx, input, db }): Promise<OpenRun> {
    const run = await runOf(db, ctx, input.run);
    const [startedBy, document] = await Promise.all([nameOfUser(db, run.startedById), documentOfVersion(db, run)]);
    const [counts, progress] = await Promise.all([runCounts(pool(), input.run), runProgress(pool(), input.run)]);
    const { state, entered, expected, delivered, rejected, unknown, perSecond, etaSeconds } = progress;
    const { policies, replays, asOf } = progress;
    return {
      run: {
        id: input.run,
        number: run.number,
        kind: run.kind as RunSummary['kind'],
        state,
        scenarioId: run.scenarioId,
        scenarioName: run.scenario.name,
        version: run.version.number,
        createdAt: run.createdAt.toISOString(),
        endedAt: run.endedAt?.toISOString() ?? null,
        entered,
        delivered,
        rejected,
        unknown,
        document,
        expected,
        perSecond,
        etaSeconds,
        startedBy,
        forecast: run.kind === 'event' ? null : (run.version.forecast as ToldForecast | null),
      },
      counts,
      policies,
      replays,
      asOf,
    };
  },
});

/** The run of the project. @throws ServiceError "not-found" */
export async function runOf(db: Db | Tx, ctx: Ctx, id: string) {
  const run = await db.run.findFirst({
    where: { id: BigInt(id), projectId: ctx.projectId },
    include: { scenario: { select: { name: true } }, version: { select: { number: true, forecast: true } } },
  });
  if (!run) throw notFound('The run');
  return run;
}

async function nameOfUser(db: Db, id: string | null): Promise<string | null> {
  if (id === null) return null;
  return (await db.user.findUnique({ where: { id }, select: { name: true } }))?.name ?? null;
}

/** Versions never change, so the documents of the runs that are being looked at are read and parsed once. */
const documents = new Map<string, Document>();
const KEPT_DOCUMENTS = 20;

async function documentOfVersion(db: Db, { versionId }: { versionId: string }): Promise<Document> {
  const known = documents.get(versionId);
  if (known) return known;
  const { document } = await db.version.findUniqueOrThrow({ where: { id: versionId }, select: { document: true } });
  const parsed = documentOf(document);
  if (documents.size >= KEPT_DOCUMENTS) documents.delete(documents.keys().next().value!);
  documents.set(versionId, parsed);
  return parsed;
}

/** What is done about a run: the change itself, then the scenario's status, then the entry in the audit log. */
async function change(
  the: { ctx: Ctx; tx: Tx; note: (entry: AuditNote) => Promise<void> },
  id: string,
  action: string,
  after: Record<string, unknown>,
  work: (state: RunSummary['state']) => Promise<void>,
): Promise<Record<string, never>> {
  const { ctx, tx, note } = the;
  await tx.$queryRaw`SELECT id FROM run WHERE id = ${BigInt(id)} AND project_id = ${ctx.projectId}::uuid FOR NO KEY UPDATE`;
  const run = await runOf(tx, ctx, id);
  if (run.endedAt !== null) throw new ServiceError('conflict', 'This run has ended.');
  await work(run.state);
  await settleStatus(tx, run.scenarioId);
  await note({
    action,
    objectType: 'run',
    objectId: id,
    objectName: `${run.scenario.name} · run ${run.number}`,
    before: { state: run.state },
    after,
  });
  return {};
}

/** Stops one run; see scenario.stop for the modes. */
export const stopRun = write({
  needs: 'build',
  scope: 'scenarios:run',
  input: OneRun.extend({ mode: z.enum(['finish', 'now']) }),
  run: ({ input, ...the }) =>
    change(the, input.run, 'run.stop', { mode: input.mode }, () =>
      stopRuns(sqlOf(the.tx), { runId: input.run }, input.mode),
    ),
});

/** Nothing new is sent and nobody moves on until the run is resumed. */
export const pauseOneRun = write({
  needs: 'build',
  scope: 'scenarios:run',
  input: OneRun,
  run: ({ input, ...the }) =>
    change(the, input.run, 'run.pause', {}, async (state) => {
      if (state !== 'running') throw new ServiceError('conflict', `This run is ${state}, so it cannot be paused.`);
      await pauseRun(sqlOf(the.tx), input.run);
    }),
});

export const resumeOneRun = write({
  needs: 'build',
  scope: 'scenarios:run',
  input: OneRun,
  run: ({ input, ...the }) =>
    change(the, input.run, 'run.resume', {}, async (state) => {
      if (state !== 'paused') throw new ServiceError('conflict', 'This run is not paused.');
      await resumeRun(sqlOf(the.tx), input.run);
    }),
});

/** Sends the rest of a webhook that was stopped by the receiver's answer. */
export const resumeStoppedWebhook = write({
  needs: 'build',
  scope: 'scenarios:run',
  input: OneRun.extend({ node: NodeId }),
  run: ({ input, ...the }) =>
    change(the, input.run, 'run.resume-webhook', { node: input.node }, async () => {
      const sql = sqlOf(the.tx);
      const counts = (await runCounts(sql, input.run)).find(({ node }) => node === input.node);
      if (!counts) throw notFound('The node');
      if (!counts.stopped) throw new ServiceError('conflict', 'This webhook is not stopped.');
      await resumeWebhook(sql, input.run, counts.number);
    }),
});

/** A moment with its offset from UTC, or a date and time as the clocks of the project's time zone show it. */
const Moment = z.union([z.iso.datetime({ offset: true }), z.iso.datetime({ local: true })], 'Give a date and a time.');

function momentOf(path: string, text: string | undefined, zone: string): string | undefined {
  if (text === undefined) return undefined;
  const moment = /(?:Z|[+-]\d\d:?\d\d)$/.test(text) ? new Date(text) : momentIn(text, zone);
  if (moment && !Number.isNaN(moment.getTime())) return moment.toISOString();
  const message = 'There is no such date and time.';
  throw new ServiceError('invalid', message, { fields: [{ path, message }] });
}

/**
 * Sends finished requests of a webhook again: all that match, at the pace of their policy and, with a rate, no faster than
 * that over all workers. As "same" they go with their bytes and their key, so that a receiver that remembers keys does
 * nothing twice; as "new" they are rendered anew with keys of their own, which is a decision of its own.
 * @throws ServiceError "conflict" when they cannot be sent again in this way, or none matches
 */
export const replayRequests = write({
  needs: 'build',
  scope: 'scenarios:run',
  input: OneRun.extend({
    node: NodeId,
    /** Without it whatever is not delivered. */
    outcome: z.enum(['delivered', 'rejected', 'unknown']).optional(),
    status: z.number().int().min(100).max(599).optional(),
    /** Part of the reason or of an answer. */
    text: z.string().max(200).optional(),
    /** Answered from then on, and before. */
    since: Moment.optional(),
    until: Moment.optional(),
    as: z.enum(['same', 'new']).default('same'),
    /** Null is as fast as the policy lets them. */
    rate: Rate.nullable().default(null),
  }),
  async run({ ctx, input: { run: id, node: nodeId, rate, since, until, ...others }, tx, note }) {
    await tx.$queryRaw`SELECT id FROM run WHERE id = ${BigInt(id)} AND project_id = ${ctx.projectId}::uuid FOR NO KEY UPDATE`;
    const run = await runOf(tx, ctx, id);
    const { timeZone } = await tx.project.findUniqueOrThrow({ where: { id: ctx.projectId } });
    const which = { ...others, since: momentOf('since', since, timeZone), until: momentOf('until', until, timeZone) };
    const sql = sqlOf(tx);
    const node = (await runCounts(sql, id)).find((counts) => counts.node === nodeId);
    if (!node) throw notFound('The node');
    const sent = await replayed(sql, {
      runId: id,
      nodeNumber: node.number,
      ...which,
      rate: rate && { count: rate.requests, periodSeconds: secondsOf(rate) },
    });
    if (sent.requests === 0) throw new ServiceError('conflict', 'No finished request matches, so nothing is sent.');
    await settleStatus(tx, run.scenarioId);
    await note({
      action: 'run.replay',
      objectType: 'run',
      objectId: id,
      objectName: `${run.scenario.name} · run ${run.number}`,
      before: { delivered: node.delivered, rejected: node.rejected, unknown: node.unknown },
      after: { node: node.number, ...which, rate, ...sent },
    });
    return sent;
  },
});

async function replayed(...[sql, what]: Parameters<typeof replay>) {
  try {
    return await replay(sql, what);
  } catch (error) {
    if (error instanceof ReplayRefused) throw new ServiceError('conflict', error.message);
    throw error;
  }
}
