import { exampleValues, secondsBetweenCalls, type TriggerParameter, triggerIdsBefore } from '../core/api-trigger.ts';
import type { Document } from '../core/document.ts';
import { apply } from '../core/operations.ts';
import { type Db, pool, type Tx } from '../db/index.ts';
import { documentOf, storeDraft } from './scenario-row.ts';

/** Where API triggers are used, and what nodes behind them see. */

/** A scenario whose draft or running version waits for a trigger. */
export interface TriggerUse {
  scenarioId: string;
  name: string;
  status: string;
  /** A run that has not ended waits for its calls, or was begun by one. */
  isRunning: boolean;
}

/** Uses by trigger id: drafts of scenarios that are not archived, and versions of runs that have not ended. */
export async function usesOfTriggers(db: Db | Tx, projectId: string): Promise<Map<string, TriggerUse[]>> {
  const rows = await db.$queryRaw<(TriggerUse & { triggerId: string })[]>`
    WITH used AS (
      SELECT s.id, t.id AS trigger, false AS running
        FROM scenario s, jsonb_path_query(s.draft, '$.nodes[*].settings.triggerId') AS t(id)
       WHERE s.project_id = ${projectId}::uuid AND s.archived_at IS NULL AND jsonb_typeof(t.id) = 'string'
      UNION ALL
      SELECT r.scenario_id, t.id, true
        FROM run r JOIN version v ON v.id = r.version_id,
             jsonb_path_query(v.document, '$.nodes[*].settings.triggerId') AS t(id)
       WHERE r.project_id = ${projectId}::uuid AND r.ended_at IS NULL AND jsonb_typeof(t.id) = 'string'
    )
    SELECT used.trigger #>> '{}' AS "triggerId", s.id AS "scenarioId", s.name, s.status::text, bool_or(used.running) AS "isRunning"
      FROM used JOIN scenario s ON s.id = used.id
     GROUP BY 1, s.id ORDER BY s.name`;
  return Map.groupBy(rows, (row) => row.triggerId) as Map<string, TriggerUse[]>;
}

/** Takes a trigger off every node of a draft, by the operation that the editor would send. */
export async function unlinkTrigger(tx: Tx, scenarioId: string, triggerId: string): Promise<void> {
  await tx.$queryRaw`SELECT id FROM scenario WHERE id = ${scenarioId}::uuid FOR NO KEY UPDATE`;
  const scenario = await tx.scenario.findUniqueOrThrow({ where: { id: scenarioId } });
  let draft = documentOf(scenario.draft);
  for (const node of draft.nodes)
    if (node.kind === 'api-trigger' && node.settings.triggerId === triggerId)
      draft = apply(draft, { type: 'set', node: node.id, settings: { triggerId: null } }).document;
  await storeDraft(tx, scenarioId, draft);
}

/** A trigger as templates know it. */
export interface KnownTrigger {
  id: string;
  name: string;
  enabled: boolean;
  parameters: TriggerParameter[];
}

/** The project's triggers of these ids; ids that are none are left out. */
export async function knownTriggers(
  db: Db | Tx,
  projectId: string,
  ids: readonly string[],
): Promise<Map<string, KnownTrigger>> {
  const wanted = ids.filter((id) => /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i.test(id));
  if (wanted.length === 0) return new Map();
  const rows = await db.apiTrigger.findMany({
    where: { projectId, id: { in: wanted } },
    select: { id: true, name: true, enabled: true, parameters: true },
  });
  return new Map(rows.map((row) => [row.id, { ...row, parameters: row.parameters as unknown as TriggerParameter[] }]));
}

/**
 * What `trigger` stands for in a preview of a node: the examples of the triggers before it, later ones winning where two
 * have a parameter of one name. Null when no API trigger leads there.
 */
export async function triggerExamples(
  db: Db | Tx,
  projectId: string,
  document: Document | null,
  nodeId: string | null,
): Promise<Record<string, unknown> | null> {
  const ids = document ? triggerIdsBefore(document, nodeId) : [];
  if (ids.length === 0) return null;
  const known = await knownTriggers(db, projectId, ids);
  return Object.assign({}, ...[...known.values()].map(({ parameters }) => exampleValues(parameters)));
}

/**
 * Seconds between two accepted calls of the project. The number of its customers is the planner's estimate: an exact count
 * of many millions would take longer than the call.
 */
export async function callWindow(projectId: string): Promise<number> {
  const { rows } = await pool().query<{ 'QUERY PLAN': [{ Plan: { 'Plan Rows': number } }] }>(
    `EXPLAIN (FORMAT JSON) SELECT FROM customer WHERE project_id = '${uuid(projectId)}'`,
  );
  return secondsBetweenCalls(rows[0]!['QUERY PLAN'][0].Plan['Plan Rows']);
}

/** EXPLAIN takes no parameters, so the id is checked before it becomes part of the text. */
function uuid(id: string): string {
  if (!/^[0-9a-f-]{36}$/i.test(id)) throw new Error('not an id of a project');
  return id;
}
