import type { Sql } from '../db/index.ts';
import { type Chunk, deleteChunks, intArray, ownCompanions } from './chunks.ts';
import { pack, unpack } from './contexts.ts';

/**
 * Fills a batch with others who wait at the same webhook: chunks that were taken along with it, then chunks still waiting,
 * those that linger for company included. They become one chunk.
 * @param free chunks taken along, by id; those that became part of this one are removed
 */
export async function mergeCompanions<Own extends Chunk>(
  sql: Sql,
  owner: number,
  chunk: Own,
  batchSize: number,
  free: Map<number, Own>,
): Promise<Own> {
  let room = batchSize - chunk.size;
  if (batchSize === 0 || room <= 0 || !isFresh(chunk)) return chunk;
  const companions: Chunk[] = [];
  for (const other of free.values()) {
    const isHere = other.runId === chunk.runId && other.node === chunk.node && other.versionId === chunk.versionId;
    if (!isHere || !isFresh(other) || other.size > room) continue;
    companions.push(other);
    room -= other.size;
  }
  if (room > 0) companions.push(...(await ownCompanions(sql, owner, chunk, room)));
  if (companions.length === 0) return chunk;
  for (const { id } of companions) free.delete(id);
  const all = [chunk, ...companions];
  const contexts = pack(
    all.flatMap((one) => unpack(one)),
    { event: true, responses: true },
  );
  const whole: Own = {
    ...chunk,
    size: all.reduce((sum, one) => sum + one.size, 0),
    journeys: all.flatMap((one) => one.journeys!),
    customers: all.flatMap((one) => one.customers),
    contexts,
  };
  await sql.query(
    'UPDATE chunk SET size = $2, journeys = $3::int[], customers = $4::bigint[], contexts = $5::jsonb WHERE id = $1',
    [chunk.id, whole.size, intArray(whole.journeys!), intArray(whole.customers), contexts && JSON.stringify(contexts)],
  );
  await deleteChunks(sql, 'send', companions);
  return whole;
}

/** Not yet asked for, and free to be merged. */
const isFresh = (chunk: Chunk): boolean =>
  chunk.attempt === 1 &&
  chunk.windows === null &&
  !chunk.alone &&
  !chunk.stays &&
  chunk.sending === 1 &&
  chunk.claimed === 0;
