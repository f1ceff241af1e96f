import type { Document } from '../core/document.ts';
import { apply } from '../core/operations.ts';
import type { Db, Prisma, Tx } from '../db/index.ts';

/** A scenario or a preset whose webhooks use an integration. */
export interface IntegrationUse {
  kind: 'scenario' | 'preset';
  id: string;
  name: string;
  /** Of a scenario; null for a preset. */
  status: string | null;
  /** A run that has not ended was compiled with it. */
  isRunning: boolean;
}

/**
 * Uses by integration id: documents of scenarios that are not archived, versions of runs that have not ended and those under
 * which people stand in them, presets.
 */
export async function usesOfIntegrations(db: Db | Tx, projectId: string): Promise<Map<string, IntegrationUse[]>> {
  const rows = await db.$queryRaw<(IntegrationUse & { integrationId: string })[]>`
    WITH used AS (
      SELECT s.id, i.id AS integration, false AS running
        FROM scenario s, jsonb_path_query(s.draft, '$.nodes[*].settings.integrationId') AS i(id)
       WHERE s.project_id = ${projectId}::uuid AND s.archived_at IS NULL AND jsonb_typeof(i.id) = 'string'
      UNION ALL
      SELECT r.scenario_id, i.id, true
        FROM run r
        CROSS JOIN LATERAL (SELECT r.version_id AS id UNION SELECT c.version_id FROM chunk c WHERE c.run_id = r.id) walked
        JOIN version v ON v.id = walked.id,
             jsonb_path_query(v.document, '$.nodes[*].settings.integrationId') AS i(id)
       WHERE r.project_id = ${projectId}::uuid AND r.ended_at IS NULL AND jsonb_typeof(i.id) = 'string'
    )
    SELECT used.integration #>> '{}' AS "integrationId", 'scenario' AS kind, s.id, s.name, s.status::text,
           bool_or(used.running) AS "isRunning"
      FROM used JOIN scenario s ON s.id = used.id
     GROUP BY 1, s.id
    UNION ALL
    SELECT p.webhook ->> 'integrationId', 'preset', p.id, p.name, NULL, false
      FROM preset p WHERE p.project_id = ${projectId}::uuid AND p.webhook ->> 'integrationId' IS NOT NULL
     ORDER BY 2 DESC, 4`;
  const uses = new Map<string, IntegrationUse[]>();
  for (const { integrationId, ...use } of rows) uses.set(integrationId, [...(uses.get(integrationId) ?? []), use]);
  return uses;
}

/** Sets the replacement wherever an integration is used, in drafts by the same operation that the editor would send. */
export async function switchIntegration(tx: Tx, use: IntegrationUse, from: string, to: string | null): Promise<void> {
  if (use.kind === 'scenario') return switchInScenario(tx, use.id, from, to);
  await tx.$executeRaw`
    UPDATE preset SET webhook = jsonb_set(webhook, '{integrationId}', ${JSON.stringify(to)}::jsonb),
                      version = version + 1, updated_at = now()
     WHERE id = ${use.id}::uuid AND webhook ->> 'integrationId' = ${from}`;
}

async function switchInScenario(tx: Tx, scenarioId: string, from: string, to: string | null): Promise<void> {
  await tx.$queryRaw`SELECT id FROM scenario WHERE id = ${scenarioId}::uuid FOR UPDATE`;
  const scenario = await tx.scenario.findUniqueOrThrow({ where: { id: scenarioId } });
  let draft = scenario.draft as unknown as Document;
  const affected = draft.nodes.filter((node) => node.kind === 'webhook' && node.settings.integrationId === from);
  if (affected.length === 0) return;
  for (const node of affected)
    draft = apply(draft, { type: 'set', node: node.id, settings: { integrationId: to } }).document;
  await tx.scenario.update({
    where: { id: scenarioId },
    data: { draft: draft as unknown as Prisma.InputJsonValue, revision: { increment: 1 }, updatedAt: new Date() },
  });
}
