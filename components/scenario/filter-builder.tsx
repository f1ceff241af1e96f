'use client';

import { Activity, Plus, User } from 'lucide-react';
import { Fragment } from 'react';
import { Button } from '@/components/ui/button';
import { Select } from '@/components/ui/select';
import type { Filter } from '@/lib/core/filter';
import { addCriterion, changeCriterion, negateGroup, newEvent, newProperty } from './criteria';
import { EventRow } from './event-row';
import { PropertyRow } from './property-row';

export interface FilterBuilderProps {
  filter: Filter;
  onChange: (filter: Filter) => void;
  /** Whose properties are compared; only a customer has a history of events. */
  subject: 'customer' | 'event';
  readOnly: boolean;
  faultOf: (field: string) => string | undefined;
}

/** Criteria joined by "and" in boxes, boxes joined by "or". */
export function FilterBuilder({ filter, onChange, subject, readOnly, faultOf }: FilterBuilderProps) {
  const isEmpty = filter.groups.length === 0;
  if (isEmpty && readOnly) return <p className="text-muted text-sm">No criteria: {EVERYTHING[subject]}.</p>;
  return (
    <div data-field="filter" className="flex flex-col gap-2">
      {faultOf('filter') ? <p className="text-warning text-xs">{faultOf('filter')}</p> : null}
      {filter.groups.map((group, g) => (
        // biome-ignore lint/suspicious/noArrayIndexKey: a group is its place
        <Fragment key={g}>
          {g > 0 ? <p className="text-center font-medium text-faint text-xs">or</p> : null}
          <fieldset className="flex flex-col gap-2 rounded-md border border-line bg-page p-2">
            <legend className="sr-only">Group {g + 1}</legend>
            <Select
              label={`How group ${g + 1} counts`}
              value={group.negate ? 'not' : 'all'}
              disabled={readOnly}
              onChange={(next) => onChange(negateGroup(filter, g, next === 'not'))}
              className="h-7 border-transparent bg-transparent px-1.5 font-medium text-muted text-sm hover:bg-hover"
              options={[
                { value: 'all', label: group.criteria.length > 1 ? 'All of these hold' : 'This holds' },
                { value: 'not', label: group.criteria.length > 1 ? 'Not all of these hold' : 'This does not hold' },
              ]}
            />
            {group.criteria.map((criterion, c) => {
              const common = {
                path: `filter.groups.${g}.criteria.${c}`,
                fault: faultOf(`filter.groups.${g}.criteria.${c}`),
                onRemove: () => onChange(changeCriterion(filter, g, c, null)),
                readOnly,
              };
              return criterion.kind === 'property' ? (
                <PropertyRow
                  // biome-ignore lint/suspicious/noArrayIndexKey: a criterion is its place
                  key={c}
                  {...common}
                  criterion={criterion}
                  subject={subject}
                  onChange={(next) => onChange(changeCriterion(filter, g, c, next))}
                />
              ) : (
                <EventRow
                  // biome-ignore lint/suspicious/noArrayIndexKey: a criterion is its place
                  key={c}
                  {...common}
                  criterion={criterion}
                  onChange={(next) => onChange(changeCriterion(filter, g, c, next))}
                />
              );
            })}
            {readOnly ? null : (
              <AddCriterion
                words={['And a property', 'And an event']}
                withEvents={subject === 'customer'}
                onAdd={(criterion) => onChange(addCriterion(filter, g, criterion))}
              />
            )}
          </fieldset>
        </Fragment>
      ))}
      {readOnly ? null : (
        <div className="flex flex-col gap-1">
          {isEmpty ? <p className="text-faint text-sm">No criteria yet: {EVERYTHING[subject]}.</p> : null}
          <AddCriterion
            words={isEmpty ? ['Add a property', 'Add an event'] : ['Or a property', 'Or an event']}
            withEvents={subject === 'customer'}
            onAdd={(criterion) => onChange(addCriterion(filter, filter.groups.length, criterion))}
          />
        </div>
      )}
    </div>
  );
}

const EVERYTHING = { customer: 'everyone goes by Yes', event: 'every such event counts' };

function AddCriterion({
  words: [property, event],
  withEvents,
  onAdd,
}: {
  words: [string, string];
  withEvents: boolean;
  onAdd: (criterion: Filter['groups'][number]['criteria'][number]) => void;
}) {
  return (
    <div className="flex flex-wrap gap-1">
      <Button
        size="sm"
        variant="ghost"
        icon={withEvents ? <User aria-hidden /> : <Plus aria-hidden />}
        onClick={() => onAdd(newProperty())}
      >
        {property}
      </Button>
      {withEvents ? (
        <Button size="sm" variant="ghost" icon={<Activity aria-hidden />} onClick={() => onAdd(newEvent())}>
          {event}
        </Button>
      ) : null}
    </div>
  );
}
