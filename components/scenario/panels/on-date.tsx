'use client';

import { Input } from '@/components/ui/input';
import type { PanelProps } from '../panel-props';
import { Setting } from '../setting';
import { TimeZoneSetting } from './time-zone';

export function OnDatePanel({ node, onChange, readOnly, faultOf }: PanelProps<'on-date'>) {
  const { at, timeZone } = node.settings;
  return (
    <div className="flex flex-col gap-4">
      <Setting
        path="at"
        label="Date and time"
        fault={faultOf('at')}
        hint="The scenario must be started before; it waits for this moment."
      >
        <Input
          type="datetime-local"
          value={at}
          readOnly={readOnly}
          onChange={(event) => onChange({ at: event.target.value })}
        />
      </Setting>
      <TimeZoneSetting
        value={timeZone}
        readOnly={readOnly}
        fault={faultOf('timeZone')}
        onChange={(next) => onChange({ timeZone: next })}
      />
    </div>
  );
}
