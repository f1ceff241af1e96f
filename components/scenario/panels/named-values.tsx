'use client';

import { Plus, X } from 'lucide-react';
import { Button } from '@/components/ui/button';
import { Combobox } from '@/components/ui/combobox';
import { IconButton } from '@/components/ui/icon-button';
import { Input } from '@/components/ui/input';
import type { Option } from '@/components/ui/select';
import { Textarea } from '@/components/ui/textarea';
import { Setting } from '../setting';

interface NamedValue {
  name: string;
  value: string;
}

export interface NamedValuesProps {
  /** The setting's name: rows are `<path>.0.name`, `<path>.0.value`, … */
  path: string;
  rows: readonly NamedValue[];
  onChange: (rows: NamedValue[]) => void;
  /** Singular, e.g. "attribute". */
  thing: string;
  /** Known names; others may be typed. */
  names?: readonly Option[];
  readOnly: boolean;
  faultOf: (field: string) => string | undefined;
}

/** Names with Jinja values: attributes to set, properties of an event. */
export function NamedValues({ path, rows, onChange, thing, names, readOnly, faultOf }: NamedValuesProps) {
  const change = (index: number, part: Partial<NamedValue>) =>
    onChange(rows.map((row, at) => (at === index ? { ...row, ...part } : row)));
  return (
    <div data-field={path} className="flex flex-col gap-3">
      {rows.map((row, index) => (
        // biome-ignore lint/suspicious/noArrayIndexKey: a row is its place; its name changes while it is typed
        <div key={index} className="flex flex-col gap-2 rounded-md border border-line p-2">
          <div className="flex items-start gap-1">
            <Setting
              path={`${path}.${index}.name`}
              label={`Name of ${thing} ${index + 1}`}
              hideLabel
              fault={faultOf(`${path}.${index}.name`)}
              className="min-w-0 flex-1"
            >
              {names ? (
                <Combobox
                  value={row.name || null}
                  onChange={(name) => change(index, { name: name ?? '' })}
                  options={names}
                  placeholder={`Choose or name an ${thing}`}
                  creatable={(text) => `New ${thing} “${text}”`}
                  disabled={readOnly}
                />
              ) : (
                <Input
                  mono
                  value={row.name}
                  readOnly={readOnly}
                  placeholder={`Name of the ${thing}`}
                  onChange={(event) => change(index, { name: event.target.value })}
                />
              )}
            </Setting>
            {readOnly ? null : (
              <IconButton
                label={`Remove ${row.name || `${thing} ${index + 1}`}`}
                icon={<X aria-hidden />}
                onClick={() => onChange(rows.filter((_, at) => at !== index))}
              />
            )}
          </div>
          <Setting
            path={`${path}.${index}.value`}
            label={`Value of ${row.name || `${thing} ${index + 1}`}`}
            hideLabel
            fault={faultOf(`${path}.${index}.value`)}
          >
            <Textarea
              mono
              rows={1}
              className="field-sizing-content max-h-60 min-h-8"
              value={row.value}
              readOnly={readOnly}
              placeholder="Value, for example {{ webhook.id }}"
              onChange={(event) => change(index, { value: event.target.value })}
            />
          </Setting>
        </div>
      ))}
      {readOnly ? null : (
        <Button
          size="sm"
          variant="ghost"
          className="self-start"
          icon={<Plus aria-hidden />}
          onClick={() => onChange([...rows, { name: '', value: '' }])}
        >
          Add {/^[aeiou]/.test(thing) ? 'an' : 'a'} {thing}
        </Button>
      )}
    </div>
  );
}
