'use client';

import { Plus, Trash2 } from 'lucide-react';
import { Button } from '@/components/ui/button';
import { IconButton } from '@/components/ui/icon-button';
import { Input } from '@/components/ui/input';
import type { SettingsTabProps } from './settings-tab';

/** Names and Jinja values that are added to the `campaign` event of each customer. */
export function TrackedProperties({
  settings,
  change,
  readOnly,
}: Pick<SettingsTabProps, 'settings' | 'change' | 'readOnly'>) {
  const { tracked } = settings;
  const set = (index: number, part: Partial<(typeof tracked)[number]>) =>
    change({ tracked: tracked.map((row, i) => (i === index ? { ...row, ...part } : row)) });
  return (
    <div className="flex flex-col gap-1.5">
      {tracked.map((row, i) => (
        // biome-ignore lint/suspicious/noArrayIndexKey: rows have no other identity and change in place
        <div key={i} className="flex items-center gap-2">
          <Input
            mono
            aria-label={`Name of property ${i + 1}`}
            placeholder="language"
            className="w-48 shrink-0"
            value={row.name}
            readOnly={readOnly}
            onChange={(event) => set(i, { name: event.target.value })}
          />
          <Input
            mono
            aria-label={`Value of property ${row.name || i + 1}`}
            placeholder="{{ customer.language }}"
            value={row.value}
            readOnly={readOnly}
            onChange={(event) => set(i, { value: event.target.value })}
          />
          {readOnly ? null : (
            <IconButton
              size="sm"
              label={`Remove property ${row.name || i + 1}`}
              icon={<Trash2 className="text-faint" aria-hidden />}
              onClick={() => change({ tracked: tracked.filter((_, index) => index !== i) })}
            />
          )}
        </div>
      ))}
      {readOnly ? null : (
        <Button
          size="sm"
          variant="ghost"
          className="-ml-2 w-fit text-muted"
          icon={<Plus aria-hidden />}
          disabled={tracked.length >= 20}
          onClick={() => change({ tracked: [...tracked, { name: '', value: '' }] })}
        >
          Add property
        </Button>
      )}
    </div>
  );
}
