'use client';

import { Plus, X } from 'lucide-react';
import { Button } from '@/components/ui/button';
import { cn } from '@/components/ui/cn';
import { Combobox } from '@/components/ui/combobox';
import { IconButton } from '@/components/ui/icon-button';
import { Select } from '@/components/ui/select';
import type { EventCriterion } from '@/lib/core/filter';
import { newProperty } from './criteria';
import { useEventOptions } from './known-names';
import { PropertyRow, type RowProps, rowStyle } from './property-row';
import { NumberInput } from './setting';

/** "has done purchase at least 1 time in the last 30 days". */
export function EventRow({
  criterion,
  onChange,
  path,
  fault,
  onRemove,
  readOnly,
}: RowProps & { criterion: EventCriterion; onChange: (criterion: EventCriterion) => void }) {
  const events = useEventOptions();
  const { where } = criterion;
  return (
    <div data-field={path} className={cn(rowStyle, fault && 'border-danger')}>
      <div className="flex gap-1">
        <Combobox
          label="Event"
          className="flex-1"
          value={criterion.event || null}
          options={events}
          placeholder="Choose an event"
          creatable={(text) => `Event “${text}”`}
          disabled={readOnly}
          onChange={(event) => onChange({ ...criterion, event: event ?? '' })}
        />
        {readOnly ? null : (
          <IconButton
            label={`Remove the criterion ${criterion.event}`.trim()}
            icon={<X aria-hidden />}
            className="text-faint"
            onClick={onRemove}
          />
        )}
      </div>
      <div className="flex gap-1.5">
        <Select
          label="How often"
          value={criterion.compare}
          disabled={readOnly}
          onChange={(compare) => onChange({ ...criterion, compare })}
          options={(['at least', 'at most', 'exactly'] as const).map((value) => ({ value, label: `done ${value}` }))}
        />
        <NumberInput
          label="Times"
          className="w-28"
          suffix={criterion.count === 1 ? 'time' : 'times'}
          whole
          min={0}
          max={1_000_000}
          value={criterion.count}
          disabled={readOnly}
          onChange={(count) => onChange({ ...criterion, count })}
        />
      </div>
      <div className="flex gap-1.5">
        <Select
          label="When"
          value={criterion.withinDays === null ? 'ever' : 'lately'}
          disabled={readOnly}
          onChange={(when) => onChange({ ...criterion, withinDays: when === 'ever' ? null : 30 })}
          options={[
            { value: 'ever', label: 'at any time' },
            { value: 'lately', label: 'in the last' },
          ]}
        />
        {criterion.withinDays === null ? null : (
          <NumberInput
            label="Days"
            className="w-28"
            suffix={criterion.withinDays === 1 ? 'day' : 'days'}
            min={0.01}
            max={3650}
            value={criterion.withinDays}
            disabled={readOnly}
            onChange={(withinDays) => onChange({ ...criterion, withinDays })}
          />
        )}
      </div>
      {where.map((each, index) => (
        // biome-ignore lint/suspicious/noArrayIndexKey: a criterion is its place
        <div key={index} className="border-line border-l-2 pl-2">
          <PropertyRow
            plain
            criterion={each}
            subject="event"
            path={`${path}.where.${index}`}
            fault={undefined}
            readOnly={readOnly}
            onChange={(next) => onChange({ ...criterion, where: where.map((old, at) => (at === index ? next : old)) })}
            onRemove={() => onChange({ ...criterion, where: where.filter((_, at) => at !== index) })}
          />
        </div>
      ))}
      {readOnly ? null : (
        <Button
          size="sm"
          variant="ghost"
          className="self-start"
          icon={<Plus aria-hidden />}
          onClick={() => onChange({ ...criterion, where: [...where, newProperty()] })}
        >
          Where a property of it
        </Button>
      )}
      {fault ? <p className="text-danger text-xs">{fault}</p> : null}
    </div>
  );
}
