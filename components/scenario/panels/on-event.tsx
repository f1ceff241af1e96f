'use client';

import { Combobox } from '@/components/ui/combobox';
import { FilterBuilder } from '../filter-builder';
import { useEventOptions } from '../known-names';
import type { PanelProps } from '../panel-props';
import { Setting } from '../setting';

export function OnEventPanel({ node, onChange, readOnly, faultOf }: PanelProps<'on-event'>) {
  const events = useEventOptions();
  const { event, filter } = node.settings;
  return (
    <div className="flex flex-col gap-4">
      <Setting path="event" label="Event" fault={faultOf('event')} hint="A customer enters each time it is tracked.">
        <Combobox
          value={event || null}
          onChange={(next) => onChange({ event: next ?? '' })}
          options={events}
          placeholder="Choose an event"
          creatable={(text) => `Event “${text}”, not seen yet`}
          disabled={readOnly}
        />
      </Setting>
      <section aria-label="Only when" className="flex flex-col gap-2">
        <h2 className="font-medium text-sm">Only when</h2>
        <FilterBuilder
          filter={filter}
          subject="event"
          readOnly={readOnly}
          faultOf={faultOf}
          onChange={(next) => onChange({ filter: next })}
        />
      </section>
    </div>
  );
}
