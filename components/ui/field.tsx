'use client';

import { createContext, type ReactNode, useContext, useId } from 'react';
import { cn } from './cn';

interface FieldParts {
  id: string;
  labelId: string;
  describedBy: string | undefined;
  invalid: boolean;
  required: boolean;
}

const FieldContext = createContext<FieldParts | null>(null);

/** What a control inside a Field must carry, so that label, hint and error belong to it. Explicit props win. */
export function useFieldControl(): {
  id?: string;
  'aria-describedby'?: string;
  'aria-invalid'?: true;
  'aria-required'?: true;
} {
  const field = useContext(FieldContext);
  if (!field) return {};
  return {
    id: field.id,
    'aria-describedby': field.describedBy,
    'aria-invalid': field.invalid || undefined,
    'aria-required': field.required || undefined,
  };
}

/** The id of the label of the Field around, for a group of controls, which `htmlFor` cannot name; undefined outside of one. */
export function useFieldLabel(): string | undefined {
  return useContext(FieldContext)?.labelId;
}

export interface FieldProps {
  label: ReactNode;
  /** Help below the control; an error takes its place. */
  hint?: ReactNode;
  error?: ReactNode;
  required?: boolean;
  /** Something at the right end of the label's line, e.g. a counter or a link. */
  aside?: ReactNode;
  /** Keeps the label for screen readers only. */
  hideLabel?: boolean;
  className?: string;
  /** One control of ours (Input, Select, Combobox, …); it finds its id and description by itself. */
  children: ReactNode;
}

/** A labelled control with hint and error. */
export function Field({ label, hint, error, required = false, aside, hideLabel, className, children }: FieldProps) {
  const id = useId();
  const note = error || hint;
  const noteId = `${id}-note`;
  const labelId = `${id}-label`;
  return (
    <FieldContext value={{ id, labelId, describedBy: note ? noteId : undefined, invalid: Boolean(error), required }}>
      <div className={cn('flex min-w-0 flex-col gap-1', className)}>
        <div className={cn('flex items-baseline justify-between gap-2', hideLabel && !aside && 'sr-only')}>
          <Label id={labelId} htmlFor={id} className={cn(hideLabel && 'sr-only')}>
            {label}
            {required ? (
              <span aria-hidden className="ml-0.5 text-faint">
                *
              </span>
            ) : null}
          </Label>
          {aside ? <span className="text-faint text-xs">{aside}</span> : null}
        </div>
        {children}
        {note ? (
          <p
            id={noteId}
            role={error ? 'alert' : undefined}
            className={cn('text-xs', error ? 'text-danger' : 'text-faint')}
          >
            {note}
          </p>
        ) : null}
      </div>
    </FieldContext>
  );
}

interface LabelProps {
  id?: string;
  className?: string;
  htmlFor?: string;
  children: ReactNode;
}

export function Label({ id, className, htmlFor, children }: LabelProps) {
  return (
    <label id={id} htmlFor={htmlFor} className={cn('font-medium text-ink text-sm', className)}>
      {children}
    </label>
  );
}
