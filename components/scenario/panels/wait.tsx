'use client';

import { Select } from '@/components/ui/select';
import { WaitUnit } from '@/lib/core/node-kinds';
import type { PanelProps } from '../panel-props';
import { NumberInput, Setting } from '../setting';

export function WaitPanel({ node, onChange, readOnly, faultOf }: PanelProps<'wait'>) {
  const { amount, unit } = node.settings;
  return (
    <div className="grid grid-cols-2 gap-3">
      <Setting path="amount" label="Stay for" fault={faultOf('amount')}>
        <NumberInput
          value={amount}
          min={0}
          max={100_000}
          disabled={readOnly}
          onChange={(next) => onChange({ amount: next })}
        />
      </Setting>
      <Setting path="unit" label="Unit">
        <Select
          value={unit}
          disabled={readOnly}
          onChange={(next) => onChange({ unit: next })}
          options={WaitUnit.options.map((value) => ({ value, label: value }))}
        />
      </Setting>
    </div>
  );
}
