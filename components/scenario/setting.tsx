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
  value: number;
  onChange: (value: number) => void;
  min: number;
  max: number;
  whole?: boolean;
  label?: string;
  suffix?: ReactNode;
  disabled?: boolean;
  className?: string;
}

/** A number as text: what is typed stays as it is while it is typed, only numbers within the limits are passed on. */
export function NumberInput({ value, onChange, min, max, whole = false, label, ...rest }: NumberInputProps) {
  const [text, setText] = useState(String(value));
  useEffect(() => {
    setText((before) => (readNumber(before) === value ? before : String(value)));
  }, [value]);
  const fits = (number: number | null): number is number =>
    number !== null && number >= min && number <= max && (!whole || Number.isInteger(number));
  const isRight = fits(readNumber(text));
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
        setText(event.target.value);
        const number = readNumber(event.target.value);
        if (fits(number)) onChange(number);
      }}
      onBlur={() => {
        if (!isRight) setText(String(value));
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
