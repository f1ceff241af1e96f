import { z } from 'zod';
import { isSame } from './same.ts';
import type { WebhookSettings } from './webhook.ts';

/**
 * Presets: webhooks made by a developer that a marketer fills in. A preset is open in some groups of fields; the others
 * are locked in every webhook that is linked to it.
 */

export const PresetGroup = z.enum([
  'parameters',
  'settings',
  'response',
  'payload',
  'headers',
  'url',
  'authentication',
]);
export type PresetGroup = z.infer<typeof PresetGroup>;

type Field = Exclude<keyof WebhookSettings, 'preset'>;

/** The fields of each group; every field of a webhook is in one. */
export const PRESET_GROUPS: Record<PresetGroup, { title: string; fields: readonly Field[] }> = {
  parameters: { title: 'Parameters', fields: ['parameters'] },
  settings: {
    title: 'Settings',
    fields: [
      'batchSize',
      'lingerSeconds',
      'isolate',
      'policyId',
      'timeoutSeconds',
      'expiryMinutes',
      'inDoubt',
      'tracked',
    ],
  },
  response: { title: 'Response handling', fields: ['response', 'successFalseFails', 'results'] },
  payload: { title: 'Payload', fields: ['format', 'payload', 'batch', 'root', 'customer', 'escaping'] },
  headers: { title: 'Headers', fields: ['headers'] },
  url: { title: 'Method and URL', fields: ['method', 'url'] },
  authentication: { title: 'Authentication', fields: ['integrationId'] },
};

/** What a marketer may change unless the developer says otherwise. */
export const DEFAULT_OPEN: readonly PresetGroup[] = ['parameters', 'settings'];

const GROUPS = PresetGroup.options;

/** The fields that a preset with these open groups locks. */
export function lockedFields(open: readonly string[]): Field[] {
  return GROUPS.filter((group) => !open.includes(group)).flatMap((group) => [...PRESET_GROUPS[group].fields]);
}

/** The fields in which two webhooks differ, in the order of the groups. */
export function differingFields(a: WebhookSettings, b: WebhookSettings): Field[] {
  return GROUPS.flatMap((group) => [...PRESET_GROUPS[group].fields]).filter((field) => !isSame(a[field], b[field]));
}

/** The group that a field belongs to. */
export function groupOf(field: Field): PresetGroup {
  return GROUPS.find((group) => PRESET_GROUPS[group].fields.includes(field))!;
}

/**
 * A webhook made from a preset, or brought to another version of it: locked fields are the preset's, open ones stay as
 * they are in `current`. Parameters are the preset's where `current` has no value.
 */
export function linkedWebhook(
  preset: { id: string; version: number; webhook: WebhookSettings; open: readonly string[] },
  current: WebhookSettings | null,
): WebhookSettings {
  const link = { preset: { id: preset.id, version: preset.version } };
  if (!current) return { ...preset.webhook, ...link };
  const locked = lockedFields(preset.open);
  const kept = Object.fromEntries(
    Object.entries(current).filter(([field]) => !(locked as string[]).includes(field) && field !== 'preset'),
  ) as Partial<WebhookSettings>;
  const parameters = locked.includes('parameters')
    ? preset.webhook.parameters
    : { ...preset.webhook.parameters, ...current.parameters };
  return { ...preset.webhook, ...kept, parameters, ...link };
}
