import { typeError } from './errors.ts';
import { Host, isText, textOf, typeName, Undefined } from './values.ts';

/** An earlier response as templates see it. */
export interface Response {
  name: string;
  data: unknown;
  isText: boolean;
  statusCode: number;
  success: boolean;
}

/** One response: the fields of its JSON, and `data`, `status_code`, `success` unless the JSON has fields of that name. */
function attribute(response: Response, key: unknown): unknown {
  const { data } = response;
  if (typeof data === 'object' && data !== null && !response.isText) {
    if (Array.isArray(data)) {
      if (typeof key === 'number') return data.at(key);
    } else if (typeof key === 'string' && Object.hasOwn(data, key))
      return (data as Record<string, unknown>)[key] ?? null;
  }
  if (key === 'data') return data === undefined ? null : data;
  if (key === 'status_code') return response.statusCode;
  if (key === 'success') return response.success;
  return undefined;
}

const NONE = 'there is no such webhook before this place';

/** The context's `webhook`: the last response as a value, and `webhook(n)` from 1 or `webhook("name")` for any of them. */
export function webhookValue(responses: readonly Response[]): unknown {
  const view = (response: Response | undefined): Host | Undefined =>
    response ? new Host('webhook', (key) => attribute(response, textKey(key))) : new Undefined(NONE);
  const last = responses.at(-1);
  return new Host(
    'webhook',
    (key) => (last ? attribute(last, textKey(key)) : undefined),
    ([which]) => {
      if (which === undefined) return view(last);
      if (typeof which === 'number') return view(which >= 1 ? responses[which - 1] : undefined);
      if (isText(which)) return view(responses.findLast((response) => response.name === textOf(which)));
      throw typeError(`webhook() takes a number or a name, not ${typeName(which)}`);
    },
  );
}

const textKey = (key: unknown): unknown => (isText(key) ? textOf(key) : key);
