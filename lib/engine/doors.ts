import type { Node } from '../core/document.ts';
import type { ProgramNode } from '../core/program.ts';
import type { Sql } from '../db/index.ts';
import { fillBatches } from './batches.ts';
import { AUDIENCE_DOOR, type Chunk, deleteChunks, doorOf, isDoor, lockOwn, releaseChunks } from './chunks.ts';
import { type Traveller, unpack } from './contexts.ts';
import { pageOfCustomers } from './customers.ts';
import { deleteJobs, type Queue } from './jobs.ts';
import { enter, leaveRemoved } from './removed.ts';
import type { RunCache, RunContext } from './runs.ts';
import { nextFiring } from './schedule.ts';
import { inTransaction } from './sql.ts';
import { startRun } from './start.ts';
import { passAll } from './step.ts';
import { Transition } from './transition.ts';
import { arrive, depart, newJourneys } from './walk.ts';
import { propertiesRead } from './walk-reads.ts';

/** Chunks that need no slots: people at a door come in, people in a wait go on. One transaction each. */

/** Customers read at once. */
const PAGE = 1000;
/** A page whose people became partial batches takes further pages along, up to this many customers. */
const MOST_PAGES = 10;

/** What a walk needs of its worker. */
export interface WalkHooks {
  worker: number;
  runs: RunCache;
  onWork(): void;
  onMaybeEnded(runId: number): void;
  isStopping(): boolean;
}

/**
 * Everybody who stands in a chunk at a door or in a wait moves on, and whoever stands at a node that the run's version has no
 * more, by the lines of that version.
 * @param queue the one that the chunk was taken from
 */
export async function moveOn(hooks: WalkHooks, chunk: Chunk, queue: Queue = 'walk'): Promise<void> {
  const into = new Transition();
  const moved = await inTransaction(async (sql) => {
    const now = await lockWhereItStands(sql, hooks.worker, chunk);
    if (!now) return false;
    if (now.state === 'paused') {
      await releaseChunks(sql, queue, [chunk], { held: true });
      return false;
    }
    const run = await hooks.runs.get(sql, chunk.runId, now.newest);
    const isRest = await pass(sql, run, chunk, { ...now, queue, into });
    if (isRest) return false;
    await deleteChunks(sql, queue, [chunk]);
    await into.write(sql);
    return true;
  });
  if (moved && into.hasChunks) hooks.onWork();
  if (moved) hooks.onMaybeEnded(chunk.runId);
}

interface Standing {
  newest: string;
  state: string;
  /** It was woken before its time, because a version had its node no more. */
  isEarly: boolean;
}

/** The chunk's run at this moment; undefined when another worker took the chunk over. */
async function lockWhereItStands(sql: Sql, worker: number, chunk: Chunk): Promise<Standing | undefined> {
  const { rows } = await sql.query<Standing>(
    `SELECT r.version_id AS newest, r.state, c.due_at > now() AS "isEarly" FROM chunk c JOIN run r ON r.id = c.run_id
      WHERE c.id = $1 AND c.owner = $2 FOR UPDATE OF c`,
    [chunk.id, worker],
  );
  return rows[0];
}

/** @returns whether the chunk stays where it is, and was given back */
async function pass(
  sql: Sql,
  run: RunContext,
  chunk: Chunk,
  { state, isEarly, queue, into }: Standing & { queue: Queue; into: Transition },
): Promise<boolean> {
  const at = { sql, run, into, now: Date.now() };
  const isAtDoor = isDoor(chunk.node);
  // Nobody at the door has entered.
  if (isAtDoor && state === 'stopping') return false;
  const entry = run.nodes.get(Math.abs(chunk.node));
  if (!entry) {
    await leaveRemoved(at, chunk);
    return false;
  }
  const travellers = unpack(chunk);
  if (isAtDoor) {
    await enter(at, travellers);
    await arrive({ ...at, entry, travellers });
    return false;
  }
  // The node was deleted and is there again before anybody could leave it.
  const isBack = entry.node.kind === 'webhook' ? 'send' : isEarly && state !== 'stopping' ? 'walk' : null;
  if (isBack) {
    await deleteJobs(sql, queue, chunk.jobId ? [chunk.jobId] : []);
    await releaseChunks(sql, isBack, [{ ...chunk, jobId: null }], { held: false, dueAt: chunk.dueAt });
    return true;
  }
  const departures =
    state === 'stopping'
      ? [{ travellers, outcome: 'skipped' as const, port: null, reason: 'the run was stopped' }]
      : passAll({ travellers });
  await depart({ ...at, entry, travellers }, departures);
  return false;
}

/** Lets the audience of a Now run in, page by page; each page is one transaction with the cursor, so entry is exactly-once. */
export async function letAudienceIn(hooks: WalkHooks, chunk: Chunk): Promise<void> {
  for (;;) {
    if (hooks.isStopping()) {
      await inTransaction((sql) => releaseChunks(sql, 'walk', [chunk], { held: false }));
      return;
    }
    const step = await inTransaction((sql) => nextPage(sql, hooks, chunk));
    if (step === 'more') hooks.onWork();
    else {
      hooks.onWork();
      hooks.onMaybeEnded(chunk.runId);
      return;
    }
  }
}

async function nextPage(sql: Sql, { worker, runs }: WalkHooks, chunk: Chunk): Promise<'more' | 'end'> {
  if ((await lockOwn(sql, worker, [chunk.id])).size === 0) return 'end';
  const { rows } = await sql.query<{ state: string; cursor: number; upperBound: number; newest: string }>(
    'SELECT state, cursor, upper_bound AS "upperBound", version_id AS newest FROM run WHERE id = $1 FOR NO KEY UPDATE',
    [chunk.runId],
  );
  const { state, cursor, newest } = rows[0]!;
  const run = await runs.get(sql, chunk.runId, newest);
  if (state === 'paused') {
    await releaseChunks(sql, 'walk', [chunk], { held: true });
    return 'end';
  }
  const end = async () => {
    await sql.query('UPDATE run SET expanded = true WHERE id = $1', [run.id]);
    await deleteChunks(sql, 'walk', [chunk]);
    return 'end' as const;
  };
  if (state !== 'running' && state !== 'finishing') return end();
  const isScheduled = chunk.node !== AUDIENCE_DOOR;
  const doors = doorsOf(run, isScheduled ? null : await runs.get(sql, chunk.runId, chunk.versionId ?? newest), chunk);
  // Its trigger was deleted: who has not come in yet does not come.
  if (doors.length === 0) return end();
  const upperBound = isScheduled && cursor === 0 ? await fire(sql, run, chunk) : rows[0]!.upperBound;
  const into = new Transition();
  const wanted = propertiesRead(run.program);
  let at = cursor;
  let entered = 0;
  for (let page = 0; page < MOST_PAGES; page++) {
    const customers = await pageOfCustomers(sql, run.projectId, { after: at, upTo: upperBound, limit: PAGE }, wanted);
    if (customers.length === 0) {
      at = upperBound;
      break;
    }
    at = customers.length < PAGE ? upperBound : customers.at(-1)!.id;
    for (const entry of doors) {
      const first = await newJourneys(sql, run.id, customers.length);
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
      entered += travellers.length;
      await arrive({ sql, run, entry, travellers, into, now: Date.now() });
    }
    const { chunks, hasRoom } = fillBatches(into.chunks, run);
    into.chunks = chunks;
    if (at >= upperBound || !hasRoom) break;
  }
  if (chunk.deaths > 0) await sql.query('UPDATE chunk SET deaths = 0 WHERE id = $1', [chunk.id]);
  chunk.deaths = 0;
  await sql.query('UPDATE run SET cursor = $2, entered = entered + $3 WHERE id = $1', [run.id, at, entered]);
  await into.write(sql);
  return at >= upperBound ? end() : 'more';
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
