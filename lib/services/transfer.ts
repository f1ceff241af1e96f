import { z } from 'zod';
import type { TriggerParameter } from '../core/api-trigger.ts';
import { type AnyNode, type Document, emptyDocument, newNode, nodeOf } from '../core/document.ts';
import { apply } from '../core/operations.ts';
import { linkedWebhook } from '../core/preset.ts';
import { perOf } from '../core/rate.ts';
import { speedLimitOf } from '../core/speed-limit.ts';
import {
  type Directory,
  type Need,
  needsIn,
  Packing,
  readTransfer,
  TRANSFER_FORMAT,
  type Transfer,
} from '../core/transfer.ts';
import type { WebhookSettings } from '../core/webhook.ts';
import type { Db, Prisma, Tx } from '../db/index.ts';
import { presetVersion } from './preset.ts';
import { ScenarioId } from './scenario.ts';
import { MISSING, scenarioProblems } from './scenario-problems.ts';
import { documentOf, scenarioOf, stored } from './scenario-row.ts';
import { act, type Ctx, may, notFound, read, ServiceError, write } from './verb.ts';

/** Files of scenarios, webhooks and presets: out of this project, and into it as something new. */

interface ExportedFile {
  fileName: string;
  text: string;
}

/** Writes the draft of a scenario, or one of its versions, to a file without secrets. */
export const exportScenario = act({
  needs: 'look',
  scope: 'scenarios:read',
  input: z.strictObject({ id: ScenarioId, version: z.number().int().min(1).optional() }),
  async run({ ctx, input, db, note }): Promise<ExportedFile> {
    const scenario = await scenarioOf(db, ctx, input.id);
    const { id: scenarioId, name, tags } = scenario;
    const version =
      input.version === undefined
        ? null
        : await db.version.findUnique({ where: { scenarioId_number: { scenarioId, number: input.version } } });
    if (input.version !== undefined && !version) throw notFound(`Version ${input.version} of this scenario`);
    const packing = new Packing(await directoryOf(db, ctx));
    const document = packing.document(documentOf(version?.document ?? scenario.draft));
    await note({ action: 'scenario.export', objectType: 'scenario', objectId: scenarioId, objectName: name });
    return fileOf({ hookline: 'scenario', format: TRANSFER_FORMAT, name, tags, needs: packing.needs, document });
  },
});

/** Writes one webhook of a scenario's draft to a file without secrets. */
export const exportWebhook = act({
  needs: 'look',
  scope: 'scenarios:read',
  input: z.strictObject({ scenario: ScenarioId, node: z.string().min(1).max(40) }),
  async run({ ctx, input, db, note }): Promise<ExportedFile> {
    const scenario = await scenarioOf(db, ctx, input.scenario);
    const document = documentOf(scenario.draft);
    const node = nodeOf(document, input.node);
    if (node?.kind !== 'webhook') throw notFound('The webhook');
    const speedLimit = speedLimitOf(document, node.id);
    const packing = new Packing(await directoryOf(db, ctx));
    const webhook = packing.webhook(node.settings);
    await note({
      action: 'webhook.export',
      objectType: 'scenario',
      objectId: scenario.id,
      objectName: scenario.name,
      after: { node: node.number },
    });
    return fileOf({
      hookline: 'webhook',
      format: TRANSFER_FORMAT,
      name: node.name,
      needs: packing.needs,
      webhook,
      ...(speedLimit === null ? {} : { speedLimit }),
    });
  },
});

/** Writes the newest version of a preset to a file without secrets. */
export const exportPreset = act({
  needs: 'look',
  scope: 'settings:read',
  input: z.strictObject({ id: z.uuid() }),
  async run({ ctx, input, db, note }): Promise<ExportedFile> {
    const { webhook, open } = await presetVersion(db, ctx, input.id);
    const { name, description, icon } = await db.preset.findUniqueOrThrow({ where: { id: input.id } });
    const packing = new Packing(await directoryOf(db, ctx));
    const packed = packing.webhook(webhook);
    await note({ action: 'preset.export', objectType: 'preset', objectId: input.id, objectName: name });
    return fileOf({
      hookline: 'preset',
      format: TRANSFER_FORMAT,
      name,
      description,
      icon,
      open,
      needs: packing.needs,
      webhook: packed,
    });
  },
});

function fileOf(file: Transfer): ExportedFile {
  const slug = file.name
    .normalize('NFKD')
    .replace(/[^A-Za-z0-9]+/g, '-')
    .replace(/^-+|-+$/g, '')
    .toLowerCase();
  return {
    fileName: `${slug || file.hookline}.${file.hookline}.json`,
    text: `${JSON.stringify(file, null, 2)}\n`,
  };
}

async function directoryOf(db: Db | Tx, ctx: Ctx): Promise<Directory> {
  const where = { projectId: ctx.projectId };
  const [integrations, policies, presets, triggers] = await Promise.all([
    db.integration.findMany({ where, select: { id: true, name: true, prefix: true } }),
    db.policy.findMany({ where }),
    db.preset.findMany({ where, select: { id: true, name: true } }),
    db.apiTrigger.findMany({ where, select: { id: true, name: true, parameters: true } }),
  ]);
  return {
    integrations: new Map(integrations.map(({ id, name, prefix }) => [id, { name, prefix }])),
    policies: new Map(
      policies.map(({ id, name, concurrency, rate, ratePeriodSeconds }) => [
        id,
        {
          name,
          concurrency,
          rate: rate === null ? null : { requests: rate, per: perOf(ratePeriodSeconds) },
        },
      ]),
    ),
    presets: new Map(presets.map(({ id, name }) => [id, { name }])),
    triggers: new Map(
      triggers.map(({ id, name, parameters }) => [
        id,
        {
          name,
          parameters: (parameters as unknown as TriggerParameter[]).map(({ name: parameter, type, required }) => ({
            name: parameter,
            type,
            required,
          })),
        },
      ]),
    ),
  };
}

const FileText = z.string().min(1, 'Choose a file.').max(9_000_000, 'The file is too large.');

/** One line of the checklist before an import. */
export interface NeedRow {
  need: Need;
  /** Names of the nodes that need it. */
  usedBy: string[];
  /** What could stand for it here: the same name, or the same endpoint prefix. */
  suggestion: string | null;
}

/** Reads a file and lists what it needs; nothing is stored. */
export const readFile = read({
  needs: 'look',
  input: z.strictObject({ text: FileText }),
  async run({ ctx, input, db }) {
    const file = opened(input.text);
    const directory = await directoryOf(db, ctx);
    return {
      kind: file.hookline,
      name: file.name,
      nodes: file.hookline === 'scenario' ? file.document.nodes.length : 1,
      needs: file.needs.map(
        (need): NeedRow => ({ need, usedBy: usersOf(file, need), suggestion: suggestionFor(need, directory) }),
      ),
    };
  },
});

/** @throws ServiceError "invalid" with the faults by field of the file */
function opened(text: string): Transfer {
  const result = readTransfer(text);
  if (!result.ok) throw new ServiceError('invalid', result.message, { fields: result.fields });
  return result.file;
}

function usersOf(file: Transfer, need: Need): string[] {
  const users = needsIn(file).filter(({ id }) => id === need.id);
  return [...new Map(users.map(({ path, node }) => [path, node])).values()];
}

type Table = ReadonlyMap<string, { name: string; prefix?: string }>;

/** The things of this installation that could stand for a need; nothing could for a secret. */
const tableFor = (kind: Exclude<Need['kind'], 'secret'>, directory: Directory): Table =>
  ({
    integration: directory.integrations,
    policy: directory.policies,
    preset: directory.presets,
    trigger: directory.triggers,
  })[kind];

function suggestionFor(need: Need, directory: Directory): string | null {
  if (need.kind === 'secret') return null;
  const table = tableFor(need.kind, directory);
  const byName = [...table].find(([, row]) => row.name === need.name);
  const byPrefix = need.kind === 'integration' && [...table].find(([, row]) => row.prefix === need.prefix);
  return (byName ?? (byPrefix || undefined))?.[0] ?? null;
}

/**
 * Imports a file as something new; nothing that exists is changed. Each need is mapped to a thing of this project or left
 * open: an open one is a problem of the node that keeps its scenario from starting.
 * A webhook is not stored: its settings are given for the editor. One with a legacy speed limit comes as a scenario, because
 * no edit could give it the limit.
 */
export const importFile = write({
  needs: 'build',
  input: z.strictObject({
    text: FileText,
    name: z.string().trim().min(1).max(200).optional(),
    /** Ids of this project by the names of the file's needs; what is missing or null stays open. */
    mapping: z.record(z.string().max(40), z.uuid().nullable()).default({}),
  }),
  async run({ ctx, input, tx, note }) {
    const file = opened(input.text);
    const name = input.name ?? file.name;
    const unpack = await unpacker(tx, ctx, file, input.mapping);
    if (file.hookline === 'webhook' && file.speedLimit === undefined)
      return { kind: 'webhook' as const, name, settings: await unpack.webhook(file.webhook) };
    if (file.hookline === 'preset') {
      if (ctx.actor.kind === 'user' && (ctx.role === null || !may(ctx.role, 'develop')))
        throw new ServiceError('forbidden', 'Importing a preset needs the role developer.');
      const webhook = (await unpack.webhook({ ...file.webhook, preset: null })) as unknown as Prisma.InputJsonValue;
      const { description, icon, open } = file;
      const { id } = await tx.preset.create({
        data: { projectId: ctx.projectId, name: await freeName(tx, ctx, name), description, icon, open, webhook },
      });
      await note({ action: 'preset.import', objectType: 'preset', objectId: id, objectName: name });
      return { kind: 'preset' as const, id };
    }
    const packed = file.hookline === 'webhook' ? documentOfWebhook({ ...file, name }) : file.document;
    const document = { ...packed, nodes: await Promise.all(packed.nodes.map(unpack.node)) };
    const { id } = await tx.scenario.create({
      data: {
        projectId: ctx.projectId,
        name,
        tags: file.hookline === 'webhook' ? [] : file.tags,
        draft: stored(document),
        createdById: ctx.actor.kind === 'user' ? ctx.actor.id : null,
      },
    });
    await note({ action: 'scenario.import', objectType: 'scenario', objectId: id, objectName: name });
    return { kind: 'scenario' as const, id, problems: await scenarioProblems(tx, ctx.projectId, document) };
  },
});

/** A scenario with nothing but the webhook of a file. */
function documentOfWebhook({ name, webhook, speedLimit }: Extract<Transfer, { hookline: 'webhook' }>): Document {
  const empty = emptyDocument();
  const node = { ...newNode(empty, 'webhook', 'webhook', { x: 0, y: 0 }), name, settings: webhook };
  const { document } = apply(empty, { type: 'add', nodes: [node], edges: [] });
  return speedLimit === undefined
    ? document
    : { ...document, speedLimits: [{ node: node.id, perMinute: speedLimit, lifted: false }] };
}

/** "Newsletter", or "Newsletter (2)" when there is one. */
async function freeName(tx: Tx, ctx: Ctx, name: string): Promise<string> {
  const taken = new Set(
    (await tx.preset.findMany({ where: { projectId: ctx.projectId }, select: { name: true } })).map((row) => row.name),
  );
  for (let n = 1; ; n++) {
    const candidate = n === 1 ? name.slice(0, 120) : `${name.slice(0, 110)} (${n})`;
    if (!taken.has(candidate)) return candidate;
  }
}

/** @throws ServiceError "invalid" for a mapping to what is not in this project */
async function unpacker(tx: Tx, ctx: Ctx, file: Transfer, mapping: Record<string, string | null>) {
  const directory = await directoryOf(tx, ctx);
  const needs = new Map(file.needs.map((need) => [need.id, need]));
  for (const [id, target] of Object.entries(mapping)) {
    const need = needs.get(id);
    if (target === null) continue;
    if (!need || need.kind === 'secret' || !tableFor(need.kind, directory).has(target)) {
      const message = need ? `There is no such ${need.kind} in this project.` : 'The file has no such need.';
      throw new ServiceError('invalid', `mapping.${id}: ${message}`, { fields: [{ path: `mapping.${id}`, message }] });
    }
  }
  const standIn = (id: string | null) => (id === null ? null : (mapping[id] ?? `${MISSING}${needs.get(id)!.name}`));
  const webhook = async (packed: WebhookSettings): Promise<WebhookSettings> => {
    const link = packed.preset && mapping[packed.preset.id];
    const settings: WebhookSettings = {
      ...packed,
      integrationId: standIn(packed.integrationId),
      policyId: standIn(packed.policyId),
      headers: packed.headers.map((header) => ({ ...header, secretId: standIn(header.secretId) })),
      preset: null,
    };
    return link ? linkedWebhook(await presetVersion(tx, ctx, link), settings) : settings;
  };
  const node = async (packed: AnyNode): Promise<AnyNode> => {
    if (packed.kind === 'webhook') return { ...packed, settings: await webhook(packed.settings) };
    return packed.kind === 'api-trigger'
      ? { ...packed, settings: { triggerId: standIn(packed.settings.triggerId) } }
      : packed;
  };
  return { webhook, node };
}
