import type { Program } from '../core/program.ts';
import type { Sql } from '../db/index.ts';
import { insertChunks, intArray } from './chunks.ts';
import { nodesByNumber } from './runs.ts';
import type { RunKind, StartedRun } from './views.ts';

export interface RunStart {
  projectId: string;
  scenarioId: string;
  versionId: string;
  program: Program;
  startedById: string | null;
}

/**
 * One new run.
 * @param audience the door where the audience of the project comes in, and when (at once unless it says so); null for a run
 *   that events let people into
 */
export async function startRun(
  sql: Sql,
  start: RunStart,
  kind: RunKind,
  audience: { door: number; dueAt?: Date } | null,
): Promise<StartedRun> {
  const { projectId, scenarioId, versionId, program, startedById } = start;
  // Who is in the audience of a later firing is known only then.
  const { rows } = await sql.query<{ id: number | bigint; number: number }>(
    `INSERT INTO run (project_id, scenario_id, version_id, number, kind, started_by_id, upper_bound)
     SELECT $1::uuid, $2::uuid, $3::uuid, coalesce((SELECT max(number) FROM run WHERE scenario_id = $2::uuid), 0) + 1, $4::text, $5::uuid,
            CASE WHEN $4::text = 'now' THEN coalesce((SELECT max(id) FROM customer WHERE project_id = $1::uuid), 0) ELSE 0 END
     RETURNING id, number`,
    [projectId, scenarioId, versionId, kind, startedById],
  );
  const id = Number(rows[0]!.id);
  await sql.query('INSERT INTO run_node (run_id, node) SELECT $1::bigint, unnest($2::int[])', [
    id,
    intArray([...nodesByNumber(program).keys()]),
  ]);
  if (audience)
    await insertChunks(sql, [
      {
        runId: id,
        node: audience.door,
        journeys: null,
        customers: [],
        contexts: null,
        policyId: null,
        onEvent: false,
        queue: 'walk',
        dueAt: audience.dueAt ?? null,
      },
    ]);
  return { id: String(id), number: rows[0]!.number, kind };
}
