'use client';

import { useState } from 'react';
import { Badge } from '@/components/ui/badge';
import { Field } from '@/components/ui/field';
import { Input } from '@/components/ui/input';
import { Select } from '@/components/ui/select';
import { Textarea } from '@/components/ui/textarea';
import { isTemplate, type ParameterDeclaration, refuseParameter } from '@/lib/template';

export interface ParameterFieldProps {
  declaration: ParameterDeclaration;
  value: string;
  onChange: (value: string) => void;
  readOnly: boolean;
  /** What is wrong with the Jinja in the value. */
  fault?: string;
}

/** Types whose own control cannot show Jinja. */
const STRICT = new Set(['boolean', 'enum', 'date', 'time', 'datetime', 'color']);

/** One parameter of the templates as a field of its type. */
export function ParameterField({ declaration, value, onChange, readOnly, fault }: ParameterFieldProps) {
  const { name, type } = declaration;
  const [wantsJinja, setWantsJinja] = useState(false);
  const hasJinja = isTemplate(value);
  const isText = hasJinja || wantsJinja;
  const refusal = refuseParameter(declaration, value);
  const isChosen = type === 'enum' || type === 'boolean';
  return (
    <Field
      label={name}
      error={fault ?? (refusal && `${name} ${refusal}.`)}
      hint={
        hasJinja
          ? `Holds Jinja: rendered for each customer, then written as ${type}.`
          : value === '' && declaration.default !== '' && !isChosen
            ? `Empty: the default "${declaration.default}" is used.`
            : undefined
      }
      aside={
        <span className="flex items-center gap-2">
          {hasJinja ? <Badge tone="accent">Jinja</Badge> : null}
          {type}
          {STRICT.has(type) && !readOnly ? (
            <button
              type="button"
              className="text-accent hover:underline"
              onClick={() => {
                if (hasJinja) onChange('');
                setWantsJinja(!isText);
              }}
            >
              {isText ? 'choose' : 'use Jinja'}
              <span className="sr-only"> for {name}</span>
            </button>
          ) : null}
        </span>
      }
    >
      {isText ? (
        <Input mono value={value} readOnly={readOnly} onChange={(event) => onChange(event.target.value)} />
      ) : (
        <Control declaration={declaration} value={value} onChange={onChange} readOnly={readOnly} />
      )}
    </Field>
  );
}

function Control({ declaration, value, onChange, readOnly }: ParameterFieldProps) {
  const { type, options, default: fallback } = declaration;
  const common = { value, placeholder: fallback, readOnly };
  const write = (event: { target: { value: string } }) => onChange(event.target.value);
  switch (type) {
    case 'text':
      return <Textarea {...common} rows={4} onChange={write} />;
    case 'number':
      return <Input {...common} inputMode="decimal" className="w-48" onChange={write} />;
    case 'boolean':
      return (
        <Choice value={value} fallback={fallback} options={['true', 'false']} onChange={onChange} readOnly={readOnly} />
      );
    case 'enum':
      return <Choice value={value} fallback={fallback} options={options} onChange={onChange} readOnly={readOnly} />;
    case 'color':
      return <Colour {...{ value, fallback, onChange, readOnly }} />;
    case 'date':
    case 'time':
      return <Input {...common} type={type} className="w-48" onChange={write} />;
    case 'datetime':
      return <Input {...common} type="datetime-local" className="w-60" onChange={write} />;
    case 'image':
      return <Image {...{ value, fallback, onChange, readOnly }} />;
    case 'string':
      return <Input {...common} onChange={write} />;
  }
}

interface SmallProps {
  value: string;
  fallback: string;
  onChange: (value: string) => void;
  readOnly: boolean;
}

function Choice({ value, fallback, options, onChange, readOnly }: SmallProps & { options: readonly string[] }) {
  return (
    <Select
      className="max-w-80"
      value={value}
      onChange={onChange}
      disabled={readOnly}
      options={[
        { value: '', label: fallback ? `Default: ${fallback}` : 'Not chosen' },
        ...options.map((option) => ({ value: option, label: option })),
        ...(value !== '' && !options.includes(value) ? [{ value, label: `${value} (not a choice any more)` }] : []),
      ]}
    />
  );
}

function Colour({ value, fallback, onChange, readOnly }: SmallProps) {
  const shown = value || fallback;
  return (
    <div className="flex items-center gap-2">
      <Input
        mono
        className="w-40"
        value={value}
        placeholder={fallback || '#1a7f37'}
        readOnly={readOnly}
        onChange={(event) => onChange(event.target.value)}
      />
      <input
        type="color"
        aria-label="Pick the colour"
        disabled={readOnly}
        value={/^#[0-9a-f]{6}$/i.test(shown) ? shown : '#808080'}
        onChange={(event) => onChange(event.target.value)}
        className="h-8 w-10 rounded-md border border-line-strong bg-panel p-1"
      />
    </div>
  );
}

/** The address only: a picture of another host is never loaded by the editor. */
function Image({ value, fallback, onChange, readOnly }: SmallProps) {
  return (
    <Input
      mono
      type="url"
      value={value}
      placeholder={fallback || 'https://…/picture.png'}
      readOnly={readOnly}
      onChange={(event) => onChange(event.target.value)}
    />
  );
}
