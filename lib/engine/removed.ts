import type { Sql } from '../db/index.ts';
import { type Chunk, isDoor, type Try } from './chunks.ts';
import { type Traveller, unpack } from './contexts.ts';
import type { RunContext } from './runs.ts';
import type { Outcome, SentBy, Transition } from './transition.ts';
import { arrive, movedFrom, newJourneys } from './walk.ts';

/** People at a node that the version of their run has no more: they get an outcome there, and go on where they are moved. */

const DELETED = 'the node was deleted';

interface At {
  sql: Sql;
  run: RunContext;
  into: Transition;
  /** Unix milliseconds. */
  now: number;
}

/** Those who stood at a door have entered the run, and have numbers from now on. */
export async function enter({ sql, run }: At, travellers: Traveller[]): Promise<void> {
  const first = await newJourneys(sql, run.id, travellers.length);
  await sql.query('UPDATE run SET entered = entered + $2 WHERE id = $1', [run.id, travellers.length]);
  for (const [i, traveller] of travellers.entries()) traveller.journey = first + i;
}

/**
 * Everybody of a chunk leaves a deleted node. Who was asked for in vain ends there as the last try left it, because that
 * is what is known of them; everybody else is skipped. Then they arrive where they are moved, as newcomers.
 */
export async function leaveRemoved(at: At, chunk: Chunk): Promise<void> {
  const { run, into } = at;
  const number = Math.abs(chunk.node);
  const travellers = unpack(chunk, chunk.claimed);
  if (travellers.length === 0) return;
  const counts = into.count(run.id, number);
  if (isDoor(chunk.node)) {
    await enter(at, travellers);
    counts.entered += travellers.length;
  }
  // A replayed journey has gone on before.
  const target = chunk.stays ? undefined : movedFrom(run, number);
  const skipped = target ? `${DELETED}; goes on at #${target.node.number} ${target.node.name}` : DELETED;
  for (const group of groupsOf(chunk, travellers)) {
    const outcome: Outcome = group.by === null ? 'skipped' : group.by.status === null ? 'unknown' : 'rejected';
    counts[outcome] += group.travellers.length;
    into.entries.push({
      runId: run.id,
      node: number,
      outcome,
      port: null,
      reason: group.by ? `${group.by.tries?.at(-1)?.message ?? ''}; not tried again, because ${DELETED}` : skipped,
      journeys: group.travellers.map(({ journey }) => journey),
      customers: group.travellers.map(({ customer }) => customer),
      by: group.by,
    });
  }
  if (target) await arrive({ ...at, entry: target, travellers });
}

/** By their requests, if they had any: a batch, each by themselves, or all together who were never asked for. */
function groupsOf(chunk: Chunk, travellers: Traveller[]): { travellers: Traveller[]; by: SentBy | null }[] {
  const { tries, windows, claimed } = chunk;
  if (!tries) return [{ travellers, by: null }];
  if (tries.length === 1) return [{ travellers, by: sentBy(tries[0]!, windows?.[0], 'all') }];
  return travellers.map((traveller, i) => ({
    travellers: [traveller],
    by: sentBy(tries[claimed + i]!, windows?.[claimed + i], 'each'),
  }));
}

function sentBy(tries: Try[], windowId: number | undefined, sent: SentBy['sent']): SentBy {
  const last = tries.at(-1);
  return {
    sent,
    status: last?.status ?? null,
    attempts: tries.length,
    ms: [last?.ms ?? 0],
    windowId: windowId === undefined ? null : Number(windowId),
    answers: [],
    answerOf: [-1],
    tries,
  };
}
