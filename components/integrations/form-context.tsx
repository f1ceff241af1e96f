'use client';

import { createContext, useContext } from 'react';
import type { CallError } from '@/components/call';
import type { Draft, Stored } from './draft';

/** What the parts of the form share: the draft, how to change it, what is stored, and the faults of the last attempt. */
export interface IntegrationForm {
  draft: Draft;
  change(part: Partial<Draft>): void;
  stored: Stored | null;
  /** The stored secrets will be forgotten with the next saving. */
  forgets: boolean;
  fault: CallError | null;
}

export const FormContext = createContext<IntegrationForm | null>(null);

export function useForm(): IntegrationForm {
  const form = useContext(FormContext);
  if (!form) throw new Error('useForm stands outside of an integration form.');
  return form;
}

/** What a secret field needs to know and do. */
export function useSecret(field: string) {
  const { draft, change, stored, forgets, fault } = useForm();
  return {
    stored: !forgets && stored !== null && stored.stored.includes(field),
    value: draft.secrets[field],
    error: fault?.field(`secrets.${field}`),
    onChange(value: string | undefined) {
      const { [field]: _, ...others } = draft.secrets;
      change({ secrets: value === undefined ? others : { ...others, [field]: value } });
    },
  };
}
