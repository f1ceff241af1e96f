'use client';

import { useState } from 'react';
import { Input } from '@/components/ui/input';

export interface NumberInputProps {
  value: number;
  /** Called when what is typed is a number of the range. */
  onChange: (value: number) => void;
  min: number;
  max: number;
  decimals?: boolean;
  suffix?: string;
  readOnly?: boolean;
  className?: string;
  /** Needed outside of a Field. */
  label?: string;
}

/** A number of a range; while something else stands in it, the old number stays and the field says so. */
export function NumberInput({
  value,
  onChange,
  min,
  max,
  decimals,
  suffix,
  readOnly,
  className,
  label,
}: NumberInputProps) {
  const [typed, setTyped] = useState<string | null>(null);
  const parse = (text: string): number | null => {
    const number = Number(text.trim().replace(',', '.'));
    const isFine = text.trim() !== '' && number >= min && number <= max && (decimals || Number.isInteger(number));
    return isFine ? number : null;
  };
  const isWrong = typed !== null && parse(typed) === null;
  return (
    <div className={className}>
      <Input
        inputMode={decimals ? 'decimal' : 'numeric'}
        aria-label={label}
        {...(isWrong ? { 'aria-invalid': true } : {})}
        title={isWrong ? `From ${min} to ${max}` : undefined}
        suffix={suffix}
        readOnly={readOnly}
        value={typed ?? String(value)}
        onChange={(event) => {
          setTyped(event.target.value);
          const number = parse(event.target.value);
          if (number !== null) onChange(number);
        }}
        onBlur={() => setTyped(null)}
      />
    </div>
  );
}
