'use client';

import { usePropertyOptions } from '../known-names';
import type { PanelProps } from '../panel-props';
import { NamedValues } from './named-values';

export function SetAttributePanel({ node, onChange, readOnly, faultOf }: PanelProps<'set-attribute'>) {
  const names = usePropertyOptions();
  return (
    <div className="flex flex-col gap-3">
      <p className="text-muted text-sm">
        Values are Jinja. They see the customer, the event and what earlier webhooks answered.
      </p>
      <NamedValues
        path="attributes"
        thing="attribute"
        rows={node.settings.attributes}
        names={names}
        readOnly={readOnly}
        faultOf={faultOf}
        onChange={(attributes) => onChange({ attributes })}
      />
    </div>
  );
}
