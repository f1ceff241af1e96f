import { z } from 'zod';
import { MAX_PARAMETERS, ParameterType } from './api-trigger.ts';
import {
  type AnyNode,
  type Document,
  Document as DocumentSchema,
  emptyDocument,
  MAX_DOCUMENT_BYTES,
} from './document.ts';
import type { ApiTriggerSettings } from './node-kinds.ts';
import { apply, OperationError } from './operations.ts';
import { PresetGroup } from './preset.ts';
import { SpeedLimit, speedLimitOf } from './speed-limit.ts';
import { WebhookSettings } from './webhook.ts';

/**
 * Scenarios, webhooks and presets as files that go from one installation to another: readable JSON with a version. No
 * secret, no value of a secret header and no id of an installation is in it; what the webhooks and triggers need (integrations,
 * policies, presets, API triggers, secret values) is listed under names of the file's own, and mapped or left open at import.
 */

export const TRANSFER_FORMAT = 1;

const NeedId = z.string().regex(/^(integration|policy|preset|secret|trigger)-\d+$/, 'must be a name such as policy-1');
const Name = z.string().min(1).max(200);

export const Need = z.discriminatedUnion('kind', [
  z.object({ id: NeedId, kind: z.literal('integration'), name: Name, prefix: z.string().max(8192) }),
  z.object({
    id: NeedId,
    kind: z.literal('policy'),
    name: Name,
    concurrency: z.number().int().min(1).max(1000),
    rate: z.object({ requests: z.number().int().min(1), per: z.enum(['second', 'minute']) }).nullable(),
  }),
  z.object({ id: NeedId, kind: z.literal('preset'), name: Name }),
  z.object({
    id: NeedId,
    kind: z.literal('trigger'),
    name: Name,
    /** What its calls give, for whoever makes one like it; examples and defaults stay where they are. */
    parameters: z
      .array(z.object({ name: z.string().min(1).max(64), type: ParameterType, required: z.boolean() }))
      .max(MAX_PARAMETERS),
  }),
  /** A secret header; `name` is the header's. */
  z.object({ id: NeedId, kind: z.literal('secret'), name: Name }),
]);
export type Need = z.infer<typeof Need>;

const Envelope = { format: z.literal(TRANSFER_FORMAT), name: Name, needs: z.array(Need).max(2000).default([]) };

export const Transfer = z.discriminatedUnion('hookline', [
  z.object({
    hookline: z.literal('scenario'),
    ...Envelope,
    tags: z.array(z.string().min(1).max(60)).max(20).default([]),
    document: DocumentSchema,
  }),
  z.object({
    hookline: z.literal('webhook'),
    ...Envelope,
    webhook: WebhookSettings,
    /** The legacy speed limit of an old webhook. */
    speedLimit: SpeedLimit.shape.perMinute.optional(),
  }),
  z.object({
    hookline: z.literal('preset'),
    ...Envelope,
    description: z.string().max(1000).default(''),
    icon: z.string().max(40_000).nullable().default(null),
    open: z.array(PresetGroup).default(['parameters', 'settings']),
    webhook: WebhookSettings,
  }),
]);
export type Transfer = z.infer<typeof Transfer>;

/** What an installation knows of the things that webhooks name by id. */
export interface Directory {
  integrations: ReadonlyMap<string, { name: string; prefix: string }>;
  policies: ReadonlyMap<string, { name: string; concurrency: number; rate: Extract<Need, { kind: 'policy' }>['rate'] }>;
  presets: ReadonlyMap<string, { name: string }>;
  triggers: ReadonlyMap<string, Pick<Extract<Need, { kind: 'trigger' }>, 'name' | 'parameters'>>;
}

/** Takes everything out of webhooks and triggers that belongs to this installation, and keeps the list of what they need. */
export class Packing {
  readonly needs: Need[] = [];
  readonly #known = new Map<string, string>();
  readonly #directory: Directory;

  constructor(directory: Directory) {
    this.#directory = directory;
  }

  webhook(settings: WebhookSettings): WebhookSettings {
    const { integrationId, policyId, preset, headers } = settings;
    return {
      ...settings,
      integrationId: this.#reference(integrationId, (id) => {
        const integration = this.#directory.integrations.get(id);
        return integration && { kind: 'integration', name: integration.name, prefix: integration.prefix };
      }),
      policyId: this.#reference(policyId, (id) => {
        const policy = this.#directory.policies.get(id);
        return policy && { kind: 'policy', ...policy };
      }),
      preset: this.#presetLink(preset),
      headers: headers.map((header) =>
        header.secretId === null
          ? header
          : { name: header.name, value: '', secretId: this.#add({ kind: 'secret', name: header.name || 'header' }) },
      ),
    };
  }

  document({ speedLimits, ...document }: Document): Document {
    const limits = (speedLimits ?? []).filter((limit) => speedLimitOf({ speedLimits }, limit.node) !== null);
    const there = limits.filter(({ node }) => document.nodes.some(({ id }) => id === node));
    return {
      ...document,
      ...(there.length > 0 ? { speedLimits: there } : {}),
      nodes: document.nodes.map((node) => {
        if (node.kind === 'webhook') return { ...node, settings: this.webhook(node.settings) };
        return node.kind === 'api-trigger' ? { ...node, settings: this.#apiTrigger(node.settings) } : node;
      }),
    };
  }

  #apiTrigger({ triggerId }: ApiTriggerSettings): ApiTriggerSettings {
    return {
      triggerId: this.#reference(triggerId, (id) => {
        const trigger = this.#directory.triggers.get(id);
        return trigger && { kind: 'trigger', ...trigger };
      }),
    };
  }

  /** The file's own name for a thing; one that is gone here is not needed there. */
  #reference(id: string | null, describe: (id: string) => NeedOf | undefined): string | null {
    if (id === null) return null;
    const known = this.#known.get(id);
    if (known) return known;
    const need = describe(id);
    if (!need) return null;
    const name = this.#add(need);
    this.#known.set(id, name);
    return name;
  }

  #presetLink(link: WebhookSettings['preset']): WebhookSettings['preset'] {
    const id = this.#reference(link?.id ?? null, (preset) => {
      const known = this.#directory.presets.get(preset);
      return known && { kind: 'preset', name: known.name };
    });
    return id === null ? null : { id, version: 1 };
  }

  #add(need: NeedOf): string {
    const id = `${need.kind}-${this.needs.filter(({ kind }) => kind === need.kind).length + 1}`;
    this.needs.push({ id, ...need } as Need);
    return id;
  }
}

type NeedOf = Need extends infer One ? (One extends Need ? Omit<One, 'id'> : never) : never;

export type ReadTransfer =
  | { ok: true; file: Transfer }
  /** `fields` name the places in the file. */
  | { ok: false; message: string; fields: { path: string; message: string }[] };

/** Reads a file and checks it as a whole: a file is taken or refused, never in part. Never throws. */
export function readTransfer(text: string): ReadTransfer {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch (error) {
    return refuse(`This is not a JSON file: ${(error as Error).message}`);
  }
  const { hookline, format } = (typeof value === 'object' && value !== null ? value : {}) as Record<string, unknown>;
  if (typeof hookline !== 'string') return refuse('This is not a file of Hookline: it has no field “hookline”.');
  if (typeof format === 'number' && format > TRANSFER_FORMAT)
    return refuse(
      `This file was written by a newer Hookline (format ${format}; this one reads up to ${TRANSFER_FORMAT}). Update this installation, or export it there again.`,
      [{ path: 'format', message: 'is newer than this installation' }],
    );
  const parsed = Transfer.safeParse(value);
  if (!parsed.success) {
    const fields = parsed.error.issues.map(({ path, message }) => ({ path: path.join('.'), message }));
    return refuse(`The file is broken: ${fields[0]!.path}: ${fields[0]!.message}`, fields);
  }
  const faults = [...danglingNeeds(parsed.data), ...graphFaults(parsed.data)];
  return faults.length > 0
    ? refuse(`The file is broken: ${faults[0]!.path}: ${faults[0]!.message}`, faults)
    : { ok: true, file: parsed.data };
}

const refuse = (message: string, fields: { path: string; message: string }[] = []): ReadTransfer => ({
  ok: false,
  message,
  fields,
});

/** The webhooks of a file, with the paths of their settings. */
export function webhooksIn(file: Transfer): { path: string; settings: WebhookSettings }[] {
  if (file.hookline !== 'scenario') return [{ path: 'webhook', settings: file.webhook }];
  return file.document.nodes.flatMap((node, i) =>
    node.kind === 'webhook' ? [{ path: `document.nodes.${i}.settings`, settings: node.settings }] : [],
  );
}

/** Everything that a file's nodes name, with the place in the file and the node's name. */
export function needsIn(file: Transfer): { path: string; node: string; kind: Need['kind']; id: string }[] {
  if (file.hookline !== 'scenario')
    return referencesOf(file.webhook).map(({ field, ...need }) => ({
      ...need,
      path: `webhook.${field}`,
      node: file.name,
    }));
  return file.document.nodes.flatMap((node, i) =>
    referencesOfNode(node).map(({ field, ...need }) => ({
      ...need,
      path: `document.nodes.${i}.settings.${field}`,
      node: node.name,
    })),
  );
}

/** References to needs that the file does not list, or lists as something else. */
function danglingNeeds(file: Transfer): { path: string; message: string }[] {
  const kinds = new Map(file.needs.map(({ id, kind }) => [id, kind]));
  return needsIn(file)
    .filter(({ id, kind }) => kinds.get(id) !== kind)
    .map(({ path, id }) => ({ path, message: `names ${id}, which the file does not list` }));
}

function referencesOfNode(node: AnyNode): { field: string; kind: Need['kind']; id: string }[] {
  if (node.kind === 'webhook') return referencesOf(node.settings);
  return node.kind === 'api-trigger' && node.settings.triggerId !== null
    ? [{ field: 'triggerId', kind: 'trigger', id: node.settings.triggerId }]
    : [];
}

/** Everything that a packed webhook names, with the field that names it. */
export function referencesOf(settings: WebhookSettings): { field: string; kind: Need['kind']; id: string }[] {
  const { integrationId, policyId, preset, headers } = settings;
  return [
    ...(integrationId === null ? [] : [{ field: 'integrationId', kind: 'integration' as const, id: integrationId }]),
    ...(policyId === null ? [] : [{ field: 'policyId', kind: 'policy' as const, id: policyId }]),
    ...(preset === null ? [] : [{ field: 'preset', kind: 'preset' as const, id: preset.id }]),
    ...headers.flatMap(({ secretId }, i) =>
      secretId === null ? [] : [{ field: `headers.${i}.secretId`, kind: 'secret' as const, id: secretId }],
    ),
  ];
}

/** What the operations of the editor would not have allowed: edges into nowhere, circles, the same id twice. */
function graphFaults(file: Transfer): { path: string; message: string }[] {
  if (file.hookline !== 'scenario') return [];
  const { nodes, edges } = file.document;
  if (JSON.stringify(file.document).length > MAX_DOCUMENT_BYTES)
    return [{ path: 'document', message: `is larger than ${MAX_DOCUMENT_BYTES} bytes` }];
  try {
    apply(emptyDocument(), { type: 'add', nodes, edges });
  } catch (error) {
    if (error instanceof OperationError) return [{ path: 'document', message: error.message }];
    throw error;
  }
  const limits = file.document.speedLimits ?? [];
  const stray = limits.findIndex(
    ({ node }, i) =>
      !nodes.some(({ id, kind }) => id === node && kind === 'webhook') || limits.findIndex((l) => l.node === node) < i,
  );
  if (stray >= 0)
    return [{ path: `document.speedLimits.${stray}.node`, message: 'must name a webhook of the file, each once' }];
  const numbers = nodes.map(({ number }) => number);
  if (new Set(numbers).size < numbers.length) return [{ path: 'document.nodes', message: 'two nodes have one number' }];
  if (Math.max(0, ...numbers) >= file.document.nextNumber)
    return [{ path: 'document.nextNumber', message: 'must be above the numbers of all nodes' }];
  return [];
}
