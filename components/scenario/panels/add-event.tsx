'use client';

import { Combobox } from '@/components/ui/combobox';
import { Switch } from '@/components/ui/switch';
import { useEventOptions } from '../known-names';
import type { PanelProps } from '../panel-props';
import { Setting } from '../setting';
import { NamedValues } from './named-values';

export function AddEventPanel({ node, onChange, readOnly, faultOf }: PanelProps<'add-event'>) {
  const events = useEventOptions();
  const { event, properties, triggers } = node.settings;
  return (
    <div className="flex flex-col gap-4">
      <Setting path="event" label="Event" fault={faultOf('event')}>
        <Combobox
          value={event || null}
          onChange={(next) => onChange({ event: next ?? '' })}
          options={events}
          placeholder="Choose or name an event"
          creatable={(text) => `New event “${text}”`}
          disabled={readOnly}
        />
      </Setting>
      <section aria-label="Properties" className="flex flex-col gap-2">
        <h2 className="font-medium text-sm">Properties</h2>
        <NamedValues
          path="properties"
          thing="property"
          rows={properties}
          readOnly={readOnly}
          faultOf={faultOf}
          onChange={(next) => onChange({ properties: next })}
        />
      </section>
      <Switch
        checked={triggers}
        disabled={readOnly}
        onChange={(next) => onChange({ triggers: next })}
        hint="The new event may start active on-event scenarios, this one too."
      >
        Allow scenario triggering
      </Switch>
    </div>
  );
}
