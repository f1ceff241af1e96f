import os from 'node:os';
import type { Node } from '../core/document.ts';
import type { Sql } from '../db/index.ts';
import { log } from '../log.ts';
import { CHUNK_COLUMNS, CHUNK_SIZE, type Chunk, isDoor, jobFor, type NewChunk, type Try } from './chunks.ts';
import { pack, type Traveller, unpack } from './contexts.ts';
import { thaw } from './frozen.ts';
import { announceWork, deleteJobs, type Queue, sendJobs } from './jobs.ts';
import { nodeOfChunk } from './runs.ts';
import { LOCK_CLASS } from './session.ts';
import { abandonSlots } from './slots.ts';
import { inTransaction, query } from './sql.ts';
import { Transition } from './transition.ts';
import { countDeparture } from './walk.ts';

/**
 * Take-over: what a dead worker had goes back to the queue. It is dead when nobody holds the advisory lock of its number.
 * What it may have sent is sent again with the same bytes and key, or ends unknown, as the webhook says.
 */

/** Deaths in a row, without getting on in between, that make a chunk suspect. */
const DEATHS_UNTIL_QUARANTINE = 3;

/** Takes over from every dead worker. @returns how many there were */
export async function takeOverFromDead(self: number): Promise<number> {
  const rows = await query<{ id: number; host: string; pid: number }>(
    `SELECT w.id, w.host, w.pid FROM worker w
      WHERE w.id <> $2 AND NOT EXISTS (
        SELECT FROM pg_locks l WHERE l.locktype = 'advisory' AND l.classid = $1 AND l.objid = w.id AND l.objsubid = 2 AND l.granted
           AND l.database = (SELECT oid FROM pg_database WHERE datname = current_database()))`,
    [LOCK_CLASS, self],
  );
  let taken = 0;
  for (const dead of rows) if (await inTransaction((sql) => takeOver(sql, dead))) taken++;
  return taken;
}

async function takeOver(sql: Sql, dead: { id: number; host: string; pid: number }): Promise<boolean> {
  // The lock of the dead makes sure that it is dead, and that one peer alone inherits.
  const { rows: locks } = await sql.query<{ mine: boolean }>('SELECT pg_try_advisory_xact_lock($1, $2) AS mine', [
    LOCK_CLASS,
    dead.id,
  ]);
  if (!locks[0]!.mine) return false;
  const { rows: gone } = await sql.query('DELETE FROM worker WHERE id = $1 RETURNING id', [dead.id]);
  if (gone.length === 0) return false;
  const { rows: chunks } = await sql.query<Chunk & { open: number }>(
    `SELECT ${CHUNK_COLUMNS} FROM chunk WHERE owner = $1 ORDER BY id FOR UPDATE`,
    [dead.id],
  );
  const into = new Transition();
  for (const chunk of chunks) await inherit(sql, chunk, into);
  await into.write(sql);
  await freeSlots(sql, dead);
  await announceWork(sql);
  log.warn({ worker: dead.id, host: dead.host, pid: dead.pid, chunks: chunks.length }, 'took over from a dead worker');
  return true;
}

async function inherit(sql: Sql, chunk: Chunk, into: Transition): Promise<void> {
  const node = isDoor(chunk.node) ? null : await nodeOfChunk(sql, chunk);
  const queue: Queue = node?.kind === 'webhook' ? 'send' : 'walk';
  if (node?.kind === 'webhook') await inheritWindows(sql, chunk, node, into);
  await deleteJobs(sql, queue, chunk.jobId ? [chunk.jobId] : []);
  if (queue === 'send' && chunk.claimed >= chunk.size) {
    await sql.query('DELETE FROM chunk WHERE id = $1', [chunk.id]);
    return;
  }
  // At a webhook most chunks only wait for their slots.
  const deaths = queue === 'walk' || chunk.deaths === 0 || chunk.trying ? chunk.deaths + 1 : chunk.deaths;
  if (deaths >= DEATHS_UNTIL_QUARANTINE) {
    log.error(
      { chunk: chunk.id, run: chunk.runId, node: chunk.node },
      'quarantined: it was open in three workers that died',
    );
    await sql.query(
      "UPDATE chunk SET owner = NULL, job_id = NULL, deaths = $2, trying = false, state = 'quarantined' WHERE id = $1",
      [chunk.id, deaths],
    );
    return;
  }
  const job = jobFor(chunk, queue, null);
  await sql.query(
    'UPDATE chunk SET owner = NULL, job_id = $2::uuid, deaths = $3, trying = false, due_at = now() WHERE id = $1',
    [chunk.id, job.id, deaths],
  );
  await sendJobs(sql, [job]);
}

/** What stood in open windows: in doubt, or never made. */
async function inheritWindows(sql: Sql, chunk: Chunk, node: Node<'webhook'>, into: Transition): Promise<void> {
  const { rows: windows } = await sql.query<{
    id: number;
    batch: boolean;
    journeys: number[];
    frozen: Buffer | null;
    done: number[] | null;
    at: Date;
  }>(
    `UPDATE request_window SET open = false, done = size WHERE chunk_id = $1 AND open
     RETURNING id, batch, journeys, frozen, done_at AS done, at`,
    [chunk.id],
  );
  const places = new Map(chunk.journeys!.map((journey, place) => [journey, place]));
  const all = unpack(chunk);
  for (const { id, batch, journeys, frozen, done, at } of windows) {
    const settled = new Set(done);
    const requests = frozen ? thaw(frozen).requests : [];
    const members = batch ? new Set(requests[0]?.members ?? []) : null;
    const inDoubt: Traveller[] = [];
    const unmade: Traveller[] = [];
    journeys.forEach((journey, position) => {
      if (settled.has(position)) return;
      const traveller = all[places.get(journey)!]!;
      const made = members ? members.has(position) : Boolean(requests[position]);
      (made ? inDoubt : unmade).push(traveller);
    });
    if (unmade.length > 0) into.chunks.push(...again(chunk, unmade, null, at));
    if (inDoubt.length === 0) continue;
    if (node.settings.inDoubt === 'unknown') endUnknown(chunk, node, inDoubt, id, batch, into);
    else into.chunks.push(...again(chunk, inDoubt, { id, batch }, at));
  }
}

function again(
  chunk: Chunk,
  travellers: Traveller[],
  from: { id: number; batch: boolean } | null,
  at: Date,
): NewChunk[] {
  const chunks: NewChunk[] = [];
  for (let i = 0; i < travellers.length; i += CHUNK_SIZE) {
    const part = travellers.slice(i, i + CHUNK_SIZE);
    const died: Try = {
      at: at.toISOString(),
      status: null,
      ms: 0,
      message: 'the worker that sent it died before the answer was recorded; sent again with the same key',
    };
    const before = (traveller: Traveller) =>
      chunk.tries?.[chunk.tries.length === 1 ? 0 : chunk.journeys!.indexOf(traveller.journey)] ?? [];
    chunks.push({
      runId: chunk.runId,
      node: chunk.node,
      versionId: chunk.versionId,
      journeys: part.map((t) => t.journey),
      customers: part.map((t) => t.customer),
      contexts: pack(part, { event: true, responses: true }),
      policyId: chunk.policyId,
      onEvent: chunk.onEvent,
      queue: 'send',
      attempt: chunk.attempt,
      windows: from && (from.batch ? [from.id] : part.map(() => from.id)),
      tries: from && (from.batch ? [[...before(part[0]!), died]] : part.map((t) => [...before(t), died])),
      alone: from?.batch ?? false,
      stays: chunk.stays,
      sending: chunk.sending,
      replay: chunk.replay,
      firstAt: chunk.firstAt,
    });
  }
  return chunks;
}

function endUnknown(
  chunk: Chunk,
  node: Node<'webhook'>,
  travellers: readonly Traveller[],
  windowId: number,
  batch: boolean,
  into: Transition,
): void {
  countDeparture(into, chunk.runId, node, 'unknown', null, travellers.length);
  into.entries.push({
    runId: chunk.runId,
    node: chunk.node,
    outcome: 'unknown',
    port: null,
    reason: 'the worker died while it was being sent, and this webhook does not send again what may have arrived',
    journeys: travellers.map((t) => t.journey),
    customers: travellers.map((t) => t.customer),
    by: {
      sent: batch ? 'all' : 'each',
      status: null,
      attempts: chunk.attempt,
      ms: batch ? [0] : travellers.map(() => 0),
      windowId,
      answers: [],
      answerOf: batch ? [-1] : travellers.map(() => -1),
      tries: null,
    },
  });
}

/** Slots of the dead stay taken until their lease ends, unless its process is known to be gone from this machine. */
async function freeSlots(sql: Sql, dead: { id: number; host: string; pid: number }): Promise<void> {
  const isGone = dead.host === os.hostname() && (dead.pid === process.pid || !isAlive(dead.pid));
  if (isGone) await abandonSlots(sql, dead.id);
  else await sql.query('UPDATE policy_slot SET wanted = 0 WHERE holder = $1', [dead.id]);
}

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code !== 'ESRCH';
  }
}
