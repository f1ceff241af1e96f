import type { InputOf, OutputOf } from '@/components/call';
import { type ParameterType, refuseValue, type TriggerParameter } from '@/lib/core/api-trigger';

/** An API trigger while it is being written: values of parameters are the texts that somebody typed. */

export type Stored = OutputOf<'api-trigger.get'>;

export interface ParameterDraft {
  name: string;
  type: ParameterType;
  required: boolean;
  example: string;
  default: string;
}

export interface Draft {
  name: string;
  enabled: boolean;
  parameters: ParameterDraft[];
}

export const blankParameter: ParameterDraft = { name: '', type: 'text', required: false, example: '', default: '' };
export const blankDraft: Draft = { name: '', enabled: true, parameters: [] };

export const draftOf = ({ name, enabled, parameters }: Stored): Draft => ({
  name,
  enabled,
  parameters: parameters.map((parameter) => ({
    name: parameter.name,
    type: parameter.type,
    required: parameter.required,
    example: textOf(parameter.type, parameter.example),
    default: textOf(parameter.type, parameter.default),
  })),
});

function textOf(type: ParameterType, value: unknown): string {
  if (value === null || value === undefined) return '';
  return type === 'list' || type === 'object' ? JSON.stringify(value) : String(value);
}

export type ReadValue = { ok: true; value: unknown } | { ok: false; message: string };

/** The value that a typed text means; nothing typed is null. */
export function readValue(type: ParameterType, text: string): ReadValue {
  if (text.trim() === '') return { ok: true, value: null };
  const value = valueOf(type, text);
  const wrong = value === undefined ? 'must be JSON' : refuseValue(type, value);
  return wrong ? { ok: false, message: `It ${wrong}.` } : { ok: true, value };
}

/** Undefined for what cannot be read at all. */
function valueOf(type: ParameterType, text: string): unknown {
  const trimmed = text.trim();
  switch (type) {
    case 'text':
      return text;
    case 'number':
      return Number(trimmed);
    case 'boolean':
      return trimmed === 'true' ? true : trimmed === 'false' ? false : trimmed;
    case 'date':
      return /^\d+(\.\d+)?$/.test(trimmed) ? Number(trimmed) : trimmed;
    case 'list':
    case 'object':
      try {
        return JSON.parse(trimmed);
      } catch {
        // Half a JSON text, as it is while somebody types.
        return undefined;
      }
  }
}

/** The faults of typed values, by the paths that the server gives to its own. */
export function faultsOf({ parameters }: Draft): ReadonlyMap<string, string> {
  const faults = new Map<string, string>();
  parameters.forEach((parameter, i) => {
    for (const field of ['example', 'default'] as const) {
      const read = readValue(parameter.type, parameter[field]);
      if (!read.ok) faults.set(`parameters.${i}.${field}`, read.message);
    }
  });
  return faults;
}

/** The parameters that a draft declares; a value that cannot be read is left out. */
export const parametersOf = ({ parameters }: Draft): TriggerParameter[] =>
  parameters.map(({ name, type, required, ...texts }) => ({
    name,
    type,
    required,
    example: valueOrNull(type, texts.example),
    default: valueOrNull(type, texts.default),
  }));

function valueOrNull(type: ParameterType, text: string): unknown {
  const read = readValue(type, text);
  return read.ok ? read.value : null;
}

export const inputOf = (draft: Draft): InputOf<'api-trigger.create'> => ({
  name: draft.name,
  enabled: draft.enabled,
  parameters: parametersOf(draft),
});
