'use client';

import { useMemo } from 'react';
import { useAsk } from '@/components/call';
import { useProject } from '@/components/shell/project-context';
import { PresetGroup } from '@/lib/core/preset';
import type { WebhookSettings } from '@/lib/core/webhook';

export type Locks = ReadonlySet<PresetGroup>;

/** Every group of fields: for whoever may only look. */
const ALL: Locks = new Set(PresetGroup.options);
const NONE: Locks = new Set();

/** The groups of fields that cannot be changed here: all of them for a reader, else what the webhook's preset locks. */
export function useLocks({ preset }: WebhookSettings, readOnly: boolean): Locks {
  const { can } = useProject();
  const isLinked = preset !== null && !can.develop;
  const { data: presets } = useAsk('preset.list', {}, { enabled: isLinked && !readOnly });
  return useMemo(() => {
    if (readOnly) return ALL;
    if (!isLinked) return NONE;
    // A preset that is gone, or not known yet, locks everything: the server would refuse the change.
    const open = presets?.find(({ id }) => id === preset.id)?.open ?? [];
    return new Set(PresetGroup.options.filter((group) => !open.includes(group)));
  }, [readOnly, isLinked, presets, preset]);
}
