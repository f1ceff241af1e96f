'use client';

import { useState } from 'react';
import { Field } from '@/components/ui/field';
import { Input } from '@/components/ui/input';
import { RadioGroup } from '@/components/ui/radio-group';
import { Switch } from '@/components/ui/switch';
import type { ResultMapping, WebhookSettings } from '@/lib/core/webhook';

const BLANK: ResultMapping = {
  path: 'results',
  key: { by: 'index' },
  successField: 'success',
  successValues: ['true'],
  messageField: 'message',
};

/** How each customer of a batch gets an outcome and a response of their own out of one answer. */
export function ResultsMapping({
  settings,
  change,
  readOnly,
}: {
  settings: WebhookSettings;
  change: (settings: Partial<WebhookSettings>) => void;
  readOnly: boolean;
}) {
  const { results } = settings;
  const set = (part: Partial<ResultMapping>) => change({ results: { ...(results ?? BLANK), ...part } });
  return (
    <div className="flex flex-col gap-4">
      <Switch
        checked={results !== null}
        onChange={(on) => change({ results: on ? BLANK : null })}
        disabled={readOnly}
        hint="The answer holds a list with a result for each customer. Without it, all customers of a request share one outcome."
      >
        Each customer has a result of their own
      </Switch>
      {results ? (
        <div className="flex flex-col gap-4 border-line border-l-2 pl-4">
          <Field label="List of results" hint="Dotted path in the JSON answer, e.g. data.results.">
            <Input
              mono
              value={results.path}
              readOnly={readOnly}
              onChange={(event) => set({ path: event.target.value })}
            />
          </Field>
          <Field label="Whose result is whose">
            <RadioGroup
              value={results.key.by}
              disabled={readOnly}
              onChange={(by) =>
                set({ key: by === 'index' ? { by } : { by, field: 'id', template: '{{ customer.phone }}' } })
              }
              options={[
                { value: 'index', label: 'By position', hint: 'The first result belongs to the first customer.' },
                { value: 'value', label: 'By a value', hint: 'A field of the result equals a value of the customer.' },
              ]}
            />
          </Field>
          {results.key.by === 'value' ? (
            <KeyFields keyed={results.key} readOnly={readOnly} onChange={(key) => set({ key })} />
          ) : null}
          <div className="grid grid-cols-2 gap-4">
            <Field label="Field that says how it went">
              <Input
                mono
                value={results.successField}
                readOnly={readOnly}
                onChange={(event) => set({ successField: event.target.value })}
              />
            </Field>
            <Field label="Values that mean success" hint="With commas between them.">
              <WordsInput
                words={results.successValues}
                readOnly={readOnly}
                onChange={(successValues) => set({ successValues })}
              />
            </Field>
            <Field label="Field with the reason of a failure">
              <Input
                mono
                value={results.messageField}
                readOnly={readOnly}
                onChange={(event) => set({ messageField: event.target.value })}
              />
            </Field>
          </div>
        </div>
      ) : null}
    </div>
  );
}

function KeyFields({
  keyed,
  readOnly,
  onChange,
}: {
  keyed: Extract<ResultMapping['key'], { by: 'value' }>;
  readOnly: boolean;
  onChange: (key: ResultMapping['key']) => void;
}) {
  return (
    <div className="grid grid-cols-2 gap-4">
      <Field label="Field of the result">
        <Input
          mono
          value={keyed.field}
          readOnly={readOnly}
          onChange={(event) => onChange({ ...keyed, field: event.target.value })}
        />
      </Field>
      <Field label="Equals">
        <Input
          mono
          value={keyed.template}
          readOnly={readOnly}
          onChange={(event) => onChange({ ...keyed, template: event.target.value })}
        />
      </Field>
    </div>
  );
}

/** A few words with commas between them; what is typed stays as it is until the field is left. */
function WordsInput({
  words,
  readOnly,
  onChange,
}: {
  words: readonly string[];
  readOnly: boolean;
  onChange: (words: string[]) => void;
}) {
  const [typed, setTyped] = useState<string | null>(null);
  return (
    <Input
      mono
      value={typed ?? words.join(', ')}
      readOnly={readOnly}
      onBlur={() => setTyped(null)}
      onChange={(event) => {
        setTyped(event.target.value);
        const found = event.target.value.split(',').map((word) => word.trim());
        onChange(found.filter(Boolean).slice(0, 20));
      }}
    />
  );
}
