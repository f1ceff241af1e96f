import { type Filter, matches } from '../core/filter.ts';
import { Program } from '../core/program.ts';
import type { Sql } from '../db/index.ts';
import { CHUNK_SIZE, doorOf, insertChunks, intArray, type NewChunk } from './chunks.ts';
import { announceWork } from './jobs.ts';

export interface IncomingEvent {
  customerId: number;
  type: string;
  at: Date;
  properties: Record<string, unknown>;
}

/**
 * Stores events and lets them into the active on-event runs of their project, in the caller's transaction: a customer
 * enters a run exactly once for each event, or not at all when the transaction is rolled back.
 */
export async function receiveEvents(sql: Sql, projectId: string, events: readonly IncomingEvent[]): Promise<void> {
  if (events.length === 0) return;
  await insertEvents(sql, projectId, events);
  if (await admit(sql, projectId, events)) await announceWork(sql);
}

/** Stores events without letting anybody in. */
export async function insertEvents(sql: Sql, projectId: string, events: readonly IncomingEvent[]): Promise<void> {
  await sql.query(
    `INSERT INTO event (project_id, customer_id, type, at, properties)
     SELECT $1::uuid, * FROM unnest($2::bigint[], $3::text[], $4::timestamptz[], $5::jsonb[])`,
    [
      projectId,
      intArray(events.map((e) => e.customerId)),
      events.map((e) => e.type),
      events.map((e) => e.at.toISOString()),
      events.map((e) => JSON.stringify(e.properties)),
    ],
  );
}

/**
 * Puts the customers of these events at the door of every running on-event run that waits for them.
 * @returns whether anybody was let in
 */
export async function admit(sql: Sql, projectId: string, events: readonly IncomingEvent[]): Promise<boolean> {
  const { rows: runs } = await sql.query<{ id: number | bigint; versionId: string }>(
    `SELECT id, version_id AS "versionId" FROM run
      WHERE project_id = $1::uuid AND kind = 'event' AND state IN ('running', 'paused')`,
    [projectId],
  );
  const chunks: NewChunk[] = [];
  for (const { id, versionId } of runs)
    for (const door of await doorsOf(sql, versionId)) {
      const wanted = events.filter(
        (event) =>
          event.type === door.event && matches(door.filter, { properties: event.properties, now: event.at.getTime() }),
      );
      for (let i = 0; i < wanted.length; i += CHUNK_SIZE)
        chunks.push(queueAtDoor(Number(id), door, wanted.slice(i, i + CHUNK_SIZE)));
    }
  await insertChunks(sql, chunks);
  return chunks.length > 0;
}

function queueAtDoor(runId: number, door: EventDoor, events: readonly IncomingEvent[]): NewChunk {
  const event = door.carriesEvent
    ? events.map(({ properties, type, at }) => ({ ...properties, type, timestamp: at.getTime() / 1000 }))
    : null;
  return {
    runId,
    node: doorOf(door.number),
    journeys: null,
    customers: events.map(({ customerId }) => customerId),
    contexts: event && { event, responses: [], met: [] },
    policyId: null,
    onEvent: true,
    queue: 'walk',
  };
}

interface EventDoor {
  number: number;
  event: string;
  filter: Filter;
  carriesEvent: boolean;
}

const KEPT_VERSIONS = 1000;
/** A version never changes, so what its triggers wait for is read once. */
const doors = new Map<string, EventDoor[]>();

async function doorsOf(sql: Sql, versionId: string): Promise<EventDoor[]> {
  const known = doors.get(versionId);
  if (known) return known;
  const { rows } = await sql.query<{ program: unknown }>('SELECT program FROM version WHERE id = $1::uuid', [
    versionId,
  ]);
  const { nodes, entries } = Program.parse(rows[0]?.program);
  const found = entries.flatMap((id): EventDoor[] => {
    const { node, after } = nodes[id]!;
    if (node.kind !== 'on-event') return [];
    const { event, filter } = node.settings;
    return [{ number: node.number, event, filter, carriesEvent: after.event }];
  });
  if (doors.size >= KEPT_VERSIONS) doors.delete(doors.keys().next().value!);
  doors.set(versionId, found);
  return found;
}
