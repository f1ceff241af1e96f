'use client';

import { X } from 'lucide-react';
import { cn } from '@/components/ui/cn';
import { Combobox } from '@/components/ui/combobox';
import { IconButton } from '@/components/ui/icon-button';
import { Input } from '@/components/ui/input';
import { Select } from '@/components/ui/select';
import type { Operator, PropertyCriterion } from '@/lib/core/filter';
import { operatorsFor, valueShape, withProperty } from './criteria';
import { usePropertyOptions, usePropertyTypes } from './known-names';

export interface RowProps {
  /** Path of the criterion in the settings, to be focused by. */
  path: string;
  fault: string | undefined;
  onRemove: () => void;
  readOnly: boolean;
}

export const rowStyle = 'flex flex-col gap-1.5 rounded-md border border-line bg-panel p-2';

/** "country equals SK": a property of the customer, or of an event. */
export function PropertyRow({
  criterion,
  onChange,
  subject,
  path,
  fault,
  onRemove,
  readOnly,
  plain,
}: RowProps & {
  criterion: PropertyCriterion;
  onChange: (criterion: PropertyCriterion) => void;
  subject: 'customer' | 'event';
  /** Without a frame, inside another row. */
  plain?: boolean;
}) {
  const customerProperties = usePropertyOptions();
  const types = usePropertyTypes();
  const type = subject === 'customer' ? types.get(criterion.property) : undefined;
  const options = subject === 'customer' ? customerProperties : [];
  const example = options.find((option) => option.value === criterion.property)?.hint;
  return (
    <div data-field={path} className={cn(plain ? 'flex flex-col gap-1.5' : rowStyle, fault && 'border-danger')}>
      <div className="flex gap-1">
        {subject === 'customer' ? (
          <Combobox
            label="Property"
            className="flex-1"
            value={criterion.property || null}
            options={options}
            placeholder="Choose a property"
            creatable={(text) => `Property “${text}”`}
            disabled={readOnly}
            onChange={(name) => onChange(withProperty(criterion, name ?? '', types.get(name ?? '')))}
          />
        ) : (
          <Input
            mono
            aria-label="Property of the event"
            placeholder="Property of the event"
            value={criterion.property}
            readOnly={readOnly}
            onChange={(event) => onChange({ ...criterion, property: event.target.value })}
          />
        )}
        {readOnly ? null : (
          <IconButton
            label={`Remove the criterion ${criterion.property}`.trim()}
            icon={<X aria-hidden />}
            className="text-faint"
            onClick={onRemove}
          />
        )}
      </div>
      <Select<Operator>
        label="Comparison"
        value={criterion.operator}
        disabled={readOnly}
        onChange={(operator) => onChange({ ...criterion, operator, ...(fits(criterion, operator) ? {} : NO_VALUES) })}
        options={operatorsFor(type).flatMap(({ group, operators }) =>
          operators.map((operator) => ({ value: operator, label: OPERATOR_WORDS[operator] ?? operator, group })),
        )}
      />
      <CriterionValue criterion={criterion} onChange={onChange} readOnly={readOnly} example={example} />
      {fault ? <p className="text-danger text-xs">{fault}</p> : null}
    </div>
  );
}

const NO_VALUES = { value: '', value2: '' };
const fits = (criterion: PropertyCriterion, operator: Operator) => {
  const [old, next] = [valueShape(criterion.operator), valueShape(operator)];
  return next === 'none' || old === next || (old !== 'date' && next !== 'date' && next !== 'days' && old !== 'days');
};
const OPERATOR_WORDS: Partial<Record<Operator, string>> = {
  '=': '= equals',
  '≠': '≠ does not equal',
  '<': '< less than',
  '≤': '≤ at most',
  '>': '> more than',
  '≥': '≥ at least',
};

function CriterionValue({
  criterion,
  onChange,
  readOnly,
  example,
}: {
  criterion: PropertyCriterion;
  onChange: (criterion: PropertyCriterion) => void;
  readOnly: boolean;
  example: React.ReactNode;
}) {
  const input = (field: 'value' | 'value2', label: string, more: Partial<React.ComponentProps<typeof Input>> = {}) => (
    <Input
      aria-label={label}
      value={criterion[field]}
      readOnly={readOnly}
      onChange={(event) => onChange({ ...criterion, [field]: event.target.value })}
      {...more}
    />
  );
  switch (valueShape(criterion.operator)) {
    case 'none':
      return null;
    case 'range':
      return (
        <div className="flex items-center gap-2">
          {input('value', 'From', { inputMode: 'decimal' })}
          <span className="text-muted text-sm">and</span>
          {input('value2', 'To', { inputMode: 'decimal' })}
        </div>
      );
    case 'list':
      return input('value', 'Values', { placeholder: 'Values, separated by commas' });
    case 'date':
      return input('value', 'Date', { type: 'date' });
    case 'days':
      return input('value', 'Days', { inputMode: 'decimal', suffix: 'days' });
    case 'number':
      return input('value', 'Number', { inputMode: 'decimal', placeholder: 'Number' });
    case 'text':
      return input('value', 'Value', { placeholder: typeof example === 'string' ? `such as ${example}` : 'Value' });
  }
}
