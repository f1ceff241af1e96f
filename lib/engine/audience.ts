import type { Node } from '../core/document.ts';
import type { ProgramNode } from '../core/program.ts';
import type { Sql } from '../db/index.ts';
import { fillBatches } from './batches.ts';
import {
  AUDIENCE_DOOR,
  type Chunk,
  deleteChunks,
  doorOf,
  type NewChunk,
  type OwnChunk,
  ownFromBirth,
  type Profiles,
  releaseChunks,
} from './chunks.ts';
import type { Traveller } from './contexts.ts';
import { pageOfCustomers } from './customers.ts';
import type { WalkHooks } from './doors.ts';
import { announceWork, type Queue } from './jobs.ts';
import type { RunContext } from './runs.ts';
import { nextFiring } from './schedule.ts';
import { assertAlive } from './session.ts';
import { inTransaction } from './sql.ts';
import { startRun } from './start.ts';
import { Transition } from './transition.ts';
import { arrive } from './walk.ts';
import { propertiesRead } from './walk-reads.ts';

/** The audience of a run comes in: all customers of the project, page by page. */

/** Customers read at once; fewer at first, because somebody waits for the first request. */
const PAGE = 2000;
const FIRST_PAGE = 1000;
/** A page whose people became partial batches takes further pages along, up to so many. */
const MOST_PAGES = 10;

/** What letting an audience in needs of its worker. */
export interface AudienceHooks extends WalkHooks {
  isStopping(): boolean;
  /** Whether other workers could take what this one does not. */
  hasPeers(): boolean;
  /** Makes those of these new chunks the worker's own that it can work on at once. */
  keep(chunks: readonly NewChunk[], run: RunContext): void;
  /** A chunk that it kept is committed. */
  onKept(chunk: OwnChunk, profiles: Profiles | null): Promise<void>;
}

/** Lets the audience of a Now run in, page by page; each page is one transaction with the cursor, so entry is exactly-once. */
export async function letAudienceIn(hooks: AudienceHooks, chunk: Chunk): Promise<void> {
  // A worker that kept some of a page as its own will keep some of the next, and needs whole profiles for its requests.
  let whole = true;
  for (;;) {
    if (hooks.isStopping()) {
      await inTransaction((sql) => releaseChunks(sql, 'walk', [chunk], { held: false }));
      return;
    }
    const { isLast, queues, kept } = await inTransaction((sql) => nextPage(sql, hooks, chunk, whole));
    for (const { own, profiles } of kept) await hooks.onKept(own, profiles);
    hooks.onWork(queues);
    whole = kept.length > 0;
    if (isLast) return hooks.onMaybeEnded(chunk.runId);
  }
}

interface Page {
  isLast: boolean;
  /** Where people wait because of it. */
  queues: Set<Queue>;
  kept: { own: OwnChunk; profiles: Profiles | null }[];
}

const NOBODY: Page = { isLast: true, queues: new Set(), kept: [] };

async function nextPage(sql: Sql, hooks: AudienceHooks, chunk: Chunk, whole: boolean): Promise<Page> {
  const { worker, runs } = hooks;
  await assertAlive(sql, worker);
  const found = await lockRun(sql, worker, chunk);
  if (!found) return NOBODY;
  const { state, cursor, newest } = found;
  const run = await runs.get(sql, chunk.runId, newest);
  if (state === 'paused') {
    await releaseChunks(sql, 'walk', [chunk], { held: true });
    return NOBODY;
  }
  const end = async () => {
    await sql.query('UPDATE run SET expanded = true WHERE id = $1', [run.id]);
    await deleteChunks(sql, 'walk', [chunk]);
    return NOBODY;
  };
  if (state !== 'running' && state !== 'finishing') return end();
  const isScheduled = chunk.node !== AUDIENCE_DOOR;
  const doors = doorsOf(run, isScheduled ? null : await runs.get(sql, chunk.runId, chunk.versionId ?? newest), chunk);
  // Its trigger was deleted: who has not come in yet does not come.
  if (doors.length === 0) return end();
  const upperBound = isScheduled && cursor === 0 ? await fire(sql, run, chunk) : found.upperBound;
  const into = new Transition();
  const wanted = whole ? null : propertiesRead(run.program);
  const limit = cursor === 0 ? FIRST_PAGE : PAGE;
  let at = cursor;
  for (let page = 0; page < MOST_PAGES; page++) {
    if (wanted === null) into.readAt ??= performance.now();
    const customers = await pageOfCustomers(sql, run.projectId, { after: at, upTo: upperBound, limit }, wanted);
    at = customers.length < limit ? upperBound : customers.at(-1)!.id;
    let journey = await enter(sql, run.id, customers.length * doors.length, at);
    for (const entry of doors) {
      const first = journey;
      journey += customers.length;
      // Each trigger has its own travellers: what one path writes to a profile the other does not see.
      const travellers = customers.map(
        ({ id, properties }, i): Traveller => ({
          journey: first + i,
          customer: id,
          properties,
          event: null,
          responses: [],
        }),
      );
      if (travellers.length > 0) await arrive({ sql, run, entry, travellers, into, now: Date.now() });
    }
    const { chunks, hasRoom } = fillBatches(into.chunks, run);
    into.chunks = chunks;
    if (at >= upperBound || !hasRoom) break;
  }
  if (chunk.deaths > 0) await sql.query('UPDATE chunk SET deaths = 0 WHERE id = $1', [chunk.id]);
  chunk.deaths = 0;
  hooks.keep(into.chunks, run);
  const ids = await into.write(sql);
  const { queues } = into;
  if (queues.size > 0 && hooks.hasPeers()) await announceWork(sql);
  if (at >= upperBound) await end();
  const kept = into.chunks.flatMap((made, i) =>
    made.owner == null ? [] : [{ own: ownFromBirth(made, ids[i]!, newest), profiles: made.profiles ?? null }],
  );
  return { isLast: at >= upperBound, queues, kept };
}

/** The run of a door that is still this worker's, locked until the end of the transaction. */
async function lockRun(sql: Sql, worker: number, door: Chunk): Promise<LockedRun | undefined> {
  const { rows } = await sql.query<LockedRun>(
    `SELECT r.state, r.cursor, r.upper_bound AS "upperBound", r.version_id AS newest FROM chunk c JOIN run r ON r.id = c.run_id
      WHERE c.id = $1 AND c.owner = $2 FOR UPDATE OF c FOR NO KEY UPDATE OF r`,
    [door.id, worker],
  );
  return rows[0];
}

interface LockedRun {
  state: string;
  cursor: number;
  upperBound: number;
  newest: string;
}

/** So many journeys come in, of customers up to this one. @returns the number of the first of them */
async function enter(sql: Sql, runId: number, journeys: number, cursor: number): Promise<number> {
  const { rows } = await sql.query<{ journeys: number }>(
    `UPDATE run SET cursor = $3, entered = entered + $2, journeys = journeys + $2 WHERE id = $1 RETURNING journeys`,
    [runId, journeys, cursor],
  );
  return rows[0]!.journeys - journeys + 1;
}

/**
 * The triggers that a page of the audience comes in by.
 * @param begun the run as it was started, for its Now triggers: one that was added since would let in only some
 */
function doorsOf(run: RunContext, begun: RunContext | null, chunk: Chunk): ProgramNode[] {
  if (!begun) return [run.nodes.get(-chunk.node) ?? []].flat();
  const { entries, nodes } = run.program;
  return entries.flatMap((id) => (nodes[id]!.node.kind === 'now' && begun.program.nodes[id] ? [nodes[id]!] : []));
}

/** A scheduled trigger fires: the audience is whoever is there now, and a Repeat makes its next run. */
async function fire(sql: Sql, run: RunContext, chunk: Chunk): Promise<number> {
  const { rows } = await sql.query<{ upperBound: number }>(
    `UPDATE run SET upper_bound = coalesce((SELECT max(id) FROM customer c WHERE c.project_id = run.project_id), 0)
      WHERE id = $1 RETURNING upper_bound AS "upperBound"`,
    [run.id],
  );
  const { node } = run.nodes.get(-chunk.node)!;
  if (node.kind === 'repeat') await startNextFiring(sql, run, chunk.dueAt, node);
  return rows[0]!.upperBound;
}

async function startNextFiring(sql: Sql, run: RunContext, fired: Date, node: Node<'repeat'>): Promise<void> {
  const { rows } = await sql.query<{ zone: string; versionId: string; startedById: string | null; state: string }>(
    `SELECT p.time_zone AS zone, r.version_id AS "versionId", r.started_by_id AS "startedById", r.state
       FROM run r JOIN project p ON p.id = r.project_id WHERE r.id = $1`,
    [run.id],
  );
  const { zone, versionId, startedById, state } = rows[0]!;
  if (state !== 'running') return;
  const now = new Date();
  let at = nextFiring(node.settings, fired, zone);
  // Firings that were missed while no worker ran are not made up for.
  if (at && at <= now) at = nextFiring(node.settings, now, zone);
  if (!at) return;
  const start = { projectId: run.projectId, scenarioId: run.scenarioId, versionId, program: run.program, startedById };
  await startRun(sql, start, 'repeat', { door: doorOf(node.number), dueAt: at });
}
