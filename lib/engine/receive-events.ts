import type { Sql } from '../db/index.ts';

export interface IncomingEvent {
  customerId: number;
  type: string;
  at: Date;
  properties: Record<string, unknown>;
}

/** Stores events and lets them into the active on-event runs of their project, in the caller's transaction. */
export async function receiveEvents(sql: Sql, projectId: string, events: readonly IncomingEvent[]): Promise<void> {
  await sql.query(
    'INSERT INTO event(project_id, customer_id, type, at, properties) SELECT $1::uuid, * FROM unnest($2::bigint[], $3::text[], $4::timestamptz[], $5::jsonb[])',
    [
      projectId,
      events.map((e) => e.customerId),
      events.map((e) => e.type),
      events.map((e) => e.at.toISOString()),
      events.map((e) => JSON.stringify(e.properties)),
    ],
  );
}
