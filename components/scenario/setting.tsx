'use client';

import { type ReactNode, useEffect, useState } from 'react';
import { Field } from '@/components/ui/field';
import { Input } from '@/components/ui/input';

/** A labelled setting that the list of problems can focus by its path. */
export function Setting({
  path,
  label,
  hint,
  fault,
  hideLabel,
  aside,
  className,
  children,
}: {
  path: string;
  label: string;
  hint?: ReactNode;
  fault?: string;
  hideLabel?: boolean;
  aside?: ReactNode;
  className?: string;
  children: ReactNode;
}) {
  return (
    <div data-field={path} className={className}>
      <Field label={label} hint={hint} error={fault} hideLabel={hideLabel} aside={aside}>
        {children}
      </Field>
    </div>
  );
}

export interface NumberInputProps {
  value: number | null;
  onChange: (value: number | null) => void;
  min: number;
  max: number;
  /** Allows no number: `onChange(null)`. */
  optional?: boolean;
  whole?: boolean;
  label?: string;
  suffix?: ReactNode;
  placeholder?: string;
  disabled?: boolean;
  className?: string;
}

/** A number as text: what is typed stays as it is, only numbers within the limits are passed on. */
export function NumberInput(props: NumberInputProps) {
  const { value, onChange, min, max, optional = false, whole = false, label, ...rest } = props;
  const [text, setText] = useState(value === null ? '' : String(value));
  useEffect(() => {
    setText((before) => (readNumber(before) === value ? before : value === null ? '' : String(value)));
  }, [value]);
  const number = readNumber(text);
  const isRight =
    number === null
      ? optional && text.trim() === ''
      : number >= min && number <= max && (!whole || Number.isInteger(number));
  return (
    <Input
      inputMode="decimal"
      aria-label={label}
      aria-invalid={isRight ? undefined : true}
      title={
        isRight ? undefined : `${whole ? 'A whole number' : 'A number'} from ${min} to ${max.toLocaleString('en')}`
      }
      value={text}
      onChange={(event) => {
        const next = event.target.value;
        setText(next);
        const read = readNumber(next);
        if (
          read === null
            ? optional && next.trim() === ''
            : read >= min && read <= max && (!whole || Number.isInteger(read))
        )
          onChange(read);
      }}
      onBlur={() => {
        if (!isRight) setText(value === null ? '' : String(value));
      }}
      {...rest}
    />
  );
}

function readNumber(text: string): number | null {
  const plain = text.trim().replaceAll(/[\s_]/g, '').replace(',', '.');
  if (plain === '') return null;
  const number = Number(plain);
  return Number.isFinite(number) ? number : null;
}
