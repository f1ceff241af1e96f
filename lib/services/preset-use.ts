import { type Document, nodeOf } from '../core/document.ts';
import { apply } from '../core/operations.ts';
import { differingFields, groupOf, lockedFields, PRESET_GROUPS } from '../core/preset.ts';
import { WebhookSettings as Webhook, type WebhookSettings } from '../core/webhook.ts';
import type { Db, Tx } from '../db/index.ts';
import { documentOf, stored } from './scenario-row.ts';
import { type Ctx, may, ServiceError } from './verb.ts';

/** Where presets are used, and the rule that their locked fields stay as the developer made them. */

/** A scenario whose draft has webhooks of a preset. */
export interface PresetUse {
  scenarioId: string;
  name: string;
  status: string;
  /** Versions that its webhooks are on, oldest first. */
  versions: number[];
}

/** Uses by preset id; scenarios that are archived count too, because they may be restored. */
export async function usesOfPresets(db: Db | Tx, projectId: string): Promise<Map<string, PresetUse[]>> {
  const rows = await db.$queryRaw<(PresetUse & { presetId: string })[]>`
    SELECT p.link ->> 'id' AS "presetId", s.id AS "scenarioId", s.name, s.status::text,
           array_agg(DISTINCT (p.link ->> 'version')::int) AS versions
      FROM scenario s, jsonb_path_query(s.draft, '$.nodes[*].settings.preset') AS p(link)
     WHERE s.project_id = ${projectId}::uuid AND jsonb_typeof(p.link) = 'object'
     GROUP BY 1, s.id ORDER BY s.name`;
  const uses = new Map<string, PresetUse[]>();
  for (const { presetId, ...use } of rows) uses.set(presetId, [...(uses.get(presetId) ?? []), use]);
  return uses;
}

/** Takes the link to a preset off every webhook of a draft, by the operation that the editor would send. */
export async function detachPreset(tx: Tx, scenarioId: string, presetId: string): Promise<void> {
  await tx.$queryRaw`SELECT id FROM scenario WHERE id = ${scenarioId}::uuid FOR NO KEY UPDATE`;
  const scenario = await tx.scenario.findUniqueOrThrow({ where: { id: scenarioId } });
  let draft = documentOf(scenario.draft);
  for (const node of draft.nodes)
    if (node.kind === 'webhook' && node.settings.preset?.id === presetId)
      draft = apply(draft, { type: 'set', node: node.id, settings: { preset: null } }).document;
  await tx.scenario.update({
    where: { id: scenarioId },
    data: { draft: stored(draft), revision: { increment: 1 }, updatedAt: new Date() },
  });
}

/**
 * Refuses an edit by which somebody who is not a developer changes what a preset locks, or takes a webhook off its preset.
 * A webhook may go to another version of its preset only as that version is.
 * @throws ServiceError "forbidden"
 */
export async function refuseLockedChanges(tx: Tx, ctx: Ctx, before: Document, after: Document): Promise<void> {
  if (ctx.actor.kind !== 'user' || (ctx.role !== null && may(ctx.role, 'develop'))) return;
  for (const node of after.nodes) {
    if (node.kind !== 'webhook') continue;
    const earlier = nodeOf(before, node.id);
    const was = earlier?.kind === 'webhook' ? earlier.settings : null;
    const is = node.settings;
    if (was && differingFields(was, is).length === 0 && isSameLink(was, is)) continue;
    if (was?.preset && was.preset.id !== is.preset?.id)
      throw new ServiceError('forbidden', `${node.name} belongs to a preset. Taking it off needs the role developer.`);
    if (is.preset) await refuseLocked(tx, ctx, node.name, is, was && isSameLink(was, is) ? was : null);
  }
}

const isSameLink = (a: WebhookSettings, b: WebhookSettings): boolean =>
  a.preset?.id === b.preset?.id && a.preset?.version === b.preset?.version;

/** Locked fields must be as they were, or as the preset's version has them. */
async function refuseLocked(
  tx: Tx,
  ctx: Ctx,
  name: string,
  is: WebhookSettings,
  was: WebhookSettings | null,
): Promise<void> {
  const { id, version } = is.preset!;
  const row = await tx.presetVersion.findFirst({
    where: { presetId: id, version, preset: { projectId: ctx.projectId } },
  });
  // The preset is gone: its fields stay as they are.
  if (!row && !was) throw new ServiceError('invalid', `The preset of ${name} does not exist any more.`);
  const locked = lockedFields(row?.open ?? []);
  const changed = differingFields(was ?? Webhook.parse(row!.webhook), is).find((field) => locked.includes(field));
  if (changed)
    throw new ServiceError(
      'forbidden',
      `${PRESET_GROUPS[groupOf(changed)].title} of ${name} is set by its preset and cannot be changed here.`,
    );
}
