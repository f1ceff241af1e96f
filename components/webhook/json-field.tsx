'use client';

import { type RefObject, useState } from 'react';
import { CodeEditor } from '@/components/monaco/code-editor';

export interface JsonFieldProps {
  label: string;
  /** The value that stands in it at first; later changes of it are taken over when they differ from what is typed. */
  value: unknown;
  /** Called with each readable value. */
  onChange: (value: unknown) => void;
  /** Refuses what is JSON but not what is needed; the text says why. */
  refuse?: (value: unknown) => string | null;
  overflow: RefObject<HTMLElement | null>;
  className?: string;
}

/** A small editor for one JSON value; what cannot be read is said below and not taken over. */
export function JsonField({ label, value, onChange, refuse, overflow, className }: JsonFieldProps) {
  const given = JSON.stringify(value, null, 2) ?? '';
  const [text, setText] = useState(given);
  const [taken, setTaken] = useState(given);
  const [fault, setFault] = useState<string | null>(null);
  if (given !== taken) {
    setTaken(given);
    setText(given);
    setFault(null);
  }
  const write = (next: string) => {
    setText(next);
    let parsed: unknown;
    try {
      parsed = JSON.parse(next);
    } catch {
      return setFault('This is not JSON yet.');
    }
    const refusal = refuse?.(parsed) ?? null;
    setFault(refusal);
    if (refusal !== null) return;
    setTaken(JSON.stringify(parsed, null, 2));
    onChange(parsed);
  };
  return (
    <div className="flex flex-col gap-1">
      <CodeEditor
        label={label}
        language="json-body"
        value={text}
        onChange={write}
        overflow={overflow}
        className={className ?? 'h-40 overflow-hidden rounded-md border border-line-strong'}
      />
      {fault ? (
        <p role="alert" className="text-danger text-xs">
          {fault}
        </p>
      ) : null}
    </div>
  );
}

/** For values that must be objects. */
export const refuseAllButObjects = (value: unknown): string | null =>
  typeof value === 'object' && value !== null && !Array.isArray(value) ? null : 'An object is needed: { … }';
