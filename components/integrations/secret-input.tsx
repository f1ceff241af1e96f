'use client';

import { Lock } from 'lucide-react';
import { type ReactNode, useState } from 'react';
import { Button } from '@/components/ui/button';
import { Field } from '@/components/ui/field';
import { Input } from '@/components/ui/input';
import { Textarea } from '@/components/ui/textarea';

export interface SecretInputProps {
  label: ReactNode;
  /** Of the button that opens a stored value for replacing; made of the label where that is a text. */
  replaceLabel?: string;
  hint?: string;
  error?: string | undefined;
  required?: boolean;
  /** A value is stored: it is kept unless it is replaced. */
  stored: boolean;
  value: string | undefined;
  onChange: (value: string | undefined) => void;
  long?: boolean;
  placeholder?: string;
  hideLabel?: boolean;
}

/** A secret that can be entered and replaced, never read. */
export function SecretInput(props: SecretInputProps) {
  const { label, replaceLabel = `Replace ${label}`, hint, error, required, stored } = props;
  const { value, onChange, long, placeholder, hideLabel } = props;
  const [replacing, setReplacing] = useState(false);
  const open = replacing || !stored;
  const close = () => {
    setReplacing(false);
    onChange(undefined);
  };
  return (
    <Field
      label={label}
      hideLabel={hideLabel}
      required={required}
      error={error}
      hint={open ? hint : undefined}
      aside={
        replacing && stored ? (
          <button type="button" className="text-accent hover:underline" onClick={close}>
            Keep the stored one
          </button>
        ) : undefined
      }
    >
      {open ? (
        long ? (
          <Textarea
            mono
            rows={5}
            spellCheck={false}
            autoComplete="off"
            value={value ?? ''}
            placeholder={placeholder}
            onChange={(event) => onChange(event.target.value)}
          />
        ) : (
          <Input
            type="password"
            autoComplete="new-password"
            spellCheck={false}
            autoFocus={replacing}
            value={value ?? ''}
            placeholder={placeholder}
            onChange={(event) => onChange(event.target.value)}
          />
        )
      ) : (
        <StoredValue label={replaceLabel} onReplace={() => setReplacing(true)} />
      )}
    </Field>
  );
}

function StoredValue({ label, onReplace }: { label: string; onReplace: () => void }) {
  return (
    <div className="flex h-8 items-center justify-between gap-2 rounded-md border border-line bg-page pr-0.5 pl-2.5 text-muted">
      <span className="flex items-center gap-2">
        <Lock className="text-faint" aria-hidden />
        Stored
      </span>
      <Button size="sm" variant="ghost" aria-label={label} onClick={onReplace}>
        Replace
      </Button>
    </div>
  );
}
