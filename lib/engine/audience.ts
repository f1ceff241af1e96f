import type { Node } from '../core/document.ts';
import type { ProgramNode } from '../core/program.ts';
import type { Sql } from '../db/index.ts';
import { fillBatches } from './batches.ts';
import { AUDIENCE_DOOR, type Chunk, deleteChunks, doorOf, lockOwn, releaseChunks } from './chunks.ts';
import type { Traveller } from './contexts.ts';
import { pageOfCustomers } from './customers.ts';
import type { WalkHooks } from './doors.ts';
import type { RunContext } from './runs.ts';
import { nextFiring } from './schedule.ts';
import { inTransaction } from './sql.ts';
import { startRun } from './start.ts';
import { Transition } from './transition.ts';
import { arrive, newJourneys } from './walk.ts';
import { propertiesRead } from './walk-reads.ts';

/** The audience of a run comes in: all customers of the project, page by page. */

/** Customers read at once. */
const PAGE = 1000;
/** A page whose people became partial batches takes further pages along, up to this many customers. */
const MOST_PAGES = 10;

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
