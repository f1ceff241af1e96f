'use client';

import { Checkbox } from '@/components/ui/checkbox';
import { PRESET_GROUPS, PresetGroup } from '@/lib/core/preset';

const HINTS: Record<PresetGroup, string> = {
  parameters: 'The fields that the texts declare as [[ name ]].',
  settings: 'Batch size, throughput policy, time-out, expiry, tracked properties.',
  response: 'How the answer is read and what counts as success.',
  payload: 'The text of the body, its format and batching.',
  headers: 'Names and values; secret values stay hidden.',
  url: 'Where it goes.',
  authentication: 'Which credentials are used.',
};

/** Which fields a marketer may change where the preset is used. */
export function OpenGroups({ open, onChange }: { open: PresetGroup[]; onChange: (open: PresetGroup[]) => void }) {
  return (
    <div className="grid grid-cols-2 gap-x-6 gap-y-3">
      {PresetGroup.options.map((group) => (
        <Checkbox
          key={group}
          checked={open.includes(group)}
          hint={HINTS[group]}
          onChange={(checked) => onChange(checked ? [...open, group] : open.filter((other) => other !== group))}
        >
          {PRESET_GROUPS[group].title}
        </Checkbox>
      ))}
    </div>
  );
}
