'use client';

import { useProject } from '@/components/shell/project-context';
import { TIME_ZONES } from '@/components/shell/time-zones';
import { Combobox } from '@/components/ui/combobox';
import { Setting } from '../setting';

/** In which zone a local time is meant; empty is the project's. */
export function TimeZoneSetting(props: {
  value: string;
  onChange: (zone: string) => void;
  readOnly: boolean;
  fault: string | undefined;
}) {
  const { timeZone } = useProject();
  return (
    <Setting
      path="timeZone"
      label="Time zone"
      fault={props.fault}
      hint="Local times follow it, also when the clocks are put forward or back."
    >
      <Combobox
        value={props.value || null}
        onChange={(zone) => props.onChange(zone ?? '')}
        options={TIME_ZONES}
        placeholder={`That of the project: ${timeZone}`}
        clearable
        disabled={props.readOnly}
      />
    </Setting>
  );
}
