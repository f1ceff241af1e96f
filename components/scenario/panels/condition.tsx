'use client';

import { Segmented } from '@/components/ui/segmented';
import { Textarea } from '@/components/ui/textarea';
import { FilterBuilder } from '../filter-builder';
import type { PanelProps } from '../panel-props';
import { Setting } from '../setting';

export function ConditionPanel({ node, onChange, readOnly, faultOf }: PanelProps<'condition'>) {
  const { mode, filter, expression } = node.settings;
  return (
    <div className="flex flex-col gap-4">
      <Setting path="mode" label="Customers go by Yes when they match">
        <Segmented
          value={mode}
          disabled={readOnly}
          onChange={(next) => onChange({ mode: next })}
          options={[
            { value: 'filter', label: 'a filter' },
            { value: 'jinja', label: 'a Jinja expression' },
          ]}
        />
      </Setting>
      {mode === 'filter' ? (
        <FilterBuilder
          filter={filter}
          subject="customer"
          readOnly={readOnly}
          faultOf={faultOf}
          onChange={(next) => onChange({ filter: next })}
        />
      ) : (
        <Setting
          path="expression"
          label="Expression"
          fault={faultOf('expression')}
          hint="True in Python’s sense is Yes. It sees customer, event, trigger and webhook."
        >
          <Textarea
            mono
            rows={3}
            className="field-sizing-content max-h-80"
            readOnly={readOnly}
            value={expression}
            placeholder="customer.loyalty_tier == 'gold' and webhook.success"
            onChange={(event) => onChange({ expression: event.target.value })}
          />
        </Setting>
      )}
    </div>
  );
}
