'use client';

import { useState } from 'react';
import { Field } from '@/components/ui/field';
import { Input } from '@/components/ui/input';
import type { SettingsTabProps } from './settings-tab';
import { statusesOf, statusesText } from './status-list';

/** What is typed stays as it is until the field is left; only a list that is right is taken. */
export function IsolateField({ settings, change, readOnly }: Omit<SettingsTabProps, 'onEvent'>) {
  const [typed, setTyped] = useState<string | null>(null);
  const isWrong = typed !== null && statusesOf(typed) === null;
  return (
    <Field
      label="Statuses that mean nothing was accepted"
      hint="A batch answered with one of these is sent again in halves, until the customer at fault is alone and rejected."
      error={isWrong ? 'Type up to 20 statuses from 400 to 599, separated by commas.' : undefined}
    >
      <Input
        className="max-w-80"
        placeholder="None, for example 400, 422"
        value={typed ?? statusesText(settings.isolate)}
        readOnly={readOnly}
        onChange={(event) => {
          setTyped(event.target.value);
          const isolate = statusesOf(event.target.value);
          if (isolate) change({ isolate });
        }}
        onBlur={() => {
          if (!isWrong) setTyped(null);
        }}
      />
    </Field>
  );
}
