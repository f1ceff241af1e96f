import { z } from 'zod';
import { hostOf } from '../core/node-kinds.ts';
import { DEFAULT_OPEN, differingFields, groupOf, linkedWebhook, PresetGroup } from '../core/preset.ts';
import { WebhookSettings, webhookTemplates } from '../core/webhook.ts';
import type { Db, Prisma, Tx } from '../db/index.ts';
import { findParameters, type ParameterDeclaration } from '../template/index.ts';
import { detachPreset, type PresetUse, usesOfPresets } from './preset-use.ts';
import { webhookProblems } from './scenario-problems.ts';
import { type Ctx, notFound, read, ServiceError, write } from './verb.ts';

/** Webhook presets: made by developers with the webhook editor, filled in by marketers who never see a credential. */

const PresetId = z.uuid('This is not the id of a preset.');
const Version = z.number().int().min(1);

/** A picture of at most 72 × 72 pixels as data, or the name of an icon of the app. */
const Icon = z
  .string()
  .max(40_000, 'The icon is too large: use a PNG or JPEG of at most 72 × 72 pixels.')
  .regex(/^(data:image\/(png|jpeg);base64,[A-Za-z0-9+/=]+|[a-z][a-z0-9-]{0,40})$/, 'Use a PNG or JPEG picture.')
  .nullable();

const Content = z.strictObject({
  name: z.string().trim().min(1, 'Give the preset a name.').max(120, 'Use at most 120 characters.'),
  description: z.string().trim().max(1000, 'Use at most 1000 characters.').default(''),
  icon: Icon.default(null),
  webhook: WebhookSettings,
  open: z
    .array(PresetGroup)
    .default([...DEFAULT_OPEN])
    .transform((groups) => PresetGroup.options.filter((group) => groups.includes(group))),
});
type Content = z.output<typeof Content>;

export interface PresetRow {
  id: string;
  name: string;
  description: string;
  icon: string | null;
  open: PresetGroup[];
  version: number;
  updatedAt: string;
  method: WebhookSettings['method'];
  host: string;
  batch: boolean;
  parameters: ParameterDeclaration[];
  /** Name of the integration that it uses. */
  integration: string | null;
  uses: PresetUse[];
}

/** The presets by name, each with the scenarios that use it and the versions that they are on. */
export const listPresets = read({
  needs: 'look',
  scope: 'settings:read',
  input: z.strictObject({}),
  async run({ ctx, db }): Promise<PresetRow[]> {
    const [presets, uses, integrations] = await Promise.all([
      db.preset.findMany({ where: { projectId: ctx.projectId }, orderBy: { name: 'asc' } }),
      usesOfPresets(db, ctx.projectId),
      db.integration.findMany({ where: { projectId: ctx.projectId }, select: { id: true, name: true } }),
    ]);
    return presets.map((preset) => rowOf(preset, uses.get(preset.id) ?? [], integrations));
  },
});

type StoredPreset = Awaited<ReturnType<typeof presetOf>>;

function rowOf(preset: StoredPreset, uses: PresetUse[], integrations: { id: string; name: string }[]): PresetRow {
  const webhook = webhookOf(preset.webhook);
  return {
    id: preset.id,
    name: preset.name,
    description: preset.description,
    icon: preset.icon,
    open: preset.open as PresetGroup[],
    version: preset.version,
    updatedAt: preset.updatedAt.toISOString(),
    method: webhook.method,
    host: hostOf(webhook.url),
    batch: webhook.batch,
    parameters: findParameters(...webhookTemplates(webhook).map(({ source }) => source)),
    integration: integrations.find(({ id }) => id === webhook.integrationId)?.name ?? null,
    uses,
  };
}

/** Stored settings with the defaults of fields that were added since. */
const webhookOf = (stored: unknown): WebhookSettings => WebhookSettings.parse(stored);

async function presetOf(db: Db | Tx, ctx: Ctx, id: string) {
  const preset = await db.preset.findFirst({ where: { id, projectId: ctx.projectId } });
  if (!preset) throw notFound('The preset');
  return preset;
}

/** A preset with its webhook, what is wrong with it, and its versions, newest first. */
export const openPreset = read({
  needs: 'look',
  scope: 'settings:read',
  input: z.strictObject({ id: PresetId }),
  async run({ ctx, input, db }) {
    const preset = await presetOf(db, ctx, input.id);
    const webhook = webhookOf(preset.webhook);
    const [uses, integrations, versions, problems] = await Promise.all([
      usesOfPresets(db, ctx.projectId),
      db.integration.findMany({ where: { projectId: ctx.projectId }, select: { id: true, name: true } }),
      db.presetVersion.findMany({
        where: { presetId: preset.id },
        orderBy: { version: 'desc' },
        select: { version: true, createdAt: true },
      }),
      webhookProblems(db, ctx.projectId, webhook),
    ]);
    return {
      ...rowOf(preset, uses.get(preset.id) ?? [], integrations),
      webhook,
      problems,
      versions: versions.map(({ version, createdAt }) => ({ version, createdAt: createdAt.toISOString() })),
    };
  },
});

const columnsOf = ({ name, description, icon, webhook, open }: Content) => ({
  name,
  description,
  icon,
  webhook: { ...webhook, preset: null } as unknown as Prisma.InputJsonValue,
  open,
});

/** For the audit log: what it is called and which fields changed; texts of templates are not repeated there. */
const named = ({ id, name }: { id: string; name: string }) => ({
  objectType: 'preset',
  objectId: id,
  objectName: name,
});

export const createPreset = write({
  needs: 'develop',
  input: Content,
  async run({ ctx, input, tx, note }) {
    await refuseTakenName(tx, ctx, input.name);
    const preset = await tx.preset.create({ data: { projectId: ctx.projectId, ...columnsOf(input) } });
    await note({
      action: 'preset.create',
      ...named(preset),
      after: { description: input.description, open: input.open, host: hostOf(input.webhook.url) },
    });
    return { id: preset.id };
  },
});

/**
 * Changes a preset. A changed webhook or other open fields make a new version; scenarios stay on theirs until somebody
 * accepts the new one, and what runs is not touched.
 */
export const updatePreset = write({
  needs: 'develop',
  input: Content.extend({ id: PresetId }),
  async run({ ctx, input: { id, ...content }, tx, note }) {
    await tx.$queryRaw`SELECT id FROM preset WHERE id = ${id}::uuid AND project_id = ${ctx.projectId}::uuid FOR UPDATE`;
    const before = await presetOf(tx, ctx, id);
    await refuseTakenName(tx, ctx, content.name, id);
    const changed = differingFields(webhookOf(before.webhook), content.webhook);
    const isNew = changed.length > 0 || before.open.join() !== content.open.join();
    const preset = await tx.preset.update({
      where: { id },
      data: { ...columnsOf(content), version: { increment: isNew ? 1 : 0 }, updatedAt: new Date() },
    });
    await note({
      action: 'preset.update',
      ...named(preset),
      before: { name: before.name, version: before.version, open: before.open },
      after: { name: preset.name, version: preset.version, open: preset.open, changed },
    });
    return { version: preset.version };
  },
});

/** Deletes a preset; webhooks that were made from it stay as they are and belong to nobody but their scenario. */
export const deletePreset = write({
  needs: 'develop',
  input: z.strictObject({ id: PresetId, /** Needed when scenarios use it. */ detach: z.boolean().default(false) }),
  async run({ ctx, input, tx, note }) {
    const preset = await presetOf(tx, ctx, input.id);
    const uses = (await usesOfPresets(tx, ctx.projectId)).get(preset.id) ?? [];
    if (uses.length > 0 && !input.detach)
      throw new ServiceError('conflict', 'Scenarios use this preset. Detach their webhooks to delete it.', {
        details: { uses },
      });
    for (const use of uses) await detachPreset(tx, use.scenarioId, preset.id);
    await tx.preset.delete({ where: { id: preset.id } });
    await note({
      action: 'preset.delete',
      ...named(preset),
      before: { version: preset.version, detached: uses.map(({ scenarioId }) => scenarioId) },
    });
    return { detached: uses.length };
  },
});

async function refuseTakenName(tx: Tx, ctx: Ctx, name: string, except?: string): Promise<void> {
  const other = await tx.preset.findFirst({
    where: { projectId: ctx.projectId, name, ...(except ? { id: { not: except } } : {}) },
  });
  if (!other) return;
  const message = 'Another preset has this name.';
  throw new ServiceError('invalid', message, { fields: [{ path: 'name', message }] });
}

/** The webhook of one version. @throws ServiceError "not-found" */
export async function presetVersion(db: Db | Tx, ctx: Ctx, id: string, version?: number) {
  const preset = await presetOf(db, ctx, id);
  const row = await db.presetVersion.findUnique({
    where: { presetId_version: { presetId: id, version: version ?? preset.version } },
  });
  if (!row) throw notFound(`Version ${version} of this preset`);
  return { id, version: row.version, webhook: webhookOf(row.webhook), open: row.open as PresetGroup[] };
}

/** What changed between two versions, field by field. */
export const diffPreset = read({
  needs: 'look',
  scope: 'settings:read',
  input: z.strictObject({ id: PresetId, from: Version, to: Version }),
  async run({ ctx, input, db }) {
    const [from, to] = [
      await presetVersion(db, ctx, input.id, input.from),
      await presetVersion(db, ctx, input.id, input.to),
    ];
    return {
      changes: differingFields(from.webhook, to.webhook).map((field) => ({
        field,
        group: groupOf(field),
        before: from.webhook[field] as unknown,
        after: to.webhook[field] as unknown,
      })),
      opened: to.open.filter((group) => !from.open.includes(group)),
      locked: from.open.filter((group) => !to.open.includes(group)),
    };
  },
});

/**
 * The settings that a node gets from a preset: a new node, or (with `current`) one that accepts another version and keeps
 * what it may change itself. Nothing is stored: the editor sends the answer as an operation.
 */
export const settingsFromPreset = read({
  needs: 'look',
  scope: 'settings:read',
  input: z.strictObject({ id: PresetId, version: Version.optional(), current: WebhookSettings.optional() }),
  async run({ ctx, input, db }): Promise<{ settings: WebhookSettings }> {
    const preset = await presetVersion(db, ctx, input.id, input.version);
    return { settings: linkedWebhook(preset, input.current ?? null) };
  },
});
