/** What the templates of a webhook may read, with values to look at: feeds completion, hover and the context column. */
export interface Sources {
  /** Properties of customers. */
  customer: readonly Known[];
  /** The event that lets customers in; null where none does. */
  event: { type: string; properties: readonly Known[] } | null;
  /** The call of an API trigger that lets customers in, by the trigger's name; null where none does. */
  trigger: { name: string; parameters: readonly Known[] } | null;
  /** The webhooks before this one, by their position on the path. */
  webhooks: readonly { position: number; number: number; name: string; fields: readonly Known[] }[];
  parameters: readonly { name: string; type: string; value: string }[];
  /** `customers` instead of `customer`: the template is the Root of a batch. */
  isRoot: boolean;
}

export interface Known {
  name: string;
  /** "string", "number", "boolean", "array", "object", "null". */
  type?: string;
  /** A value of the chosen customer, event or response, else of some other one; undefined when there is none. */
  example?: unknown;
  /** How many of the customers have it, 0 to 1. */
  share?: number;
  /** True when `example` belongs to the chosen customer. */
  isOwn?: boolean;
}

export const NO_SOURCES: Sources = {
  customer: [],
  event: null,
  trigger: null,
  webhooks: [],
  parameters: [],
  isRoot: false,
};

/** A value in a few characters. */
export function brief(value: unknown, length = 40): string {
  if (value === undefined) return '';
  const text = typeof value === 'string' ? value : JSON.stringify(value);
  return text.length > length ? `${text.slice(0, length - 1)}…` : text;
}

/** "string", "number", "boolean", "array", "object" or "null". */
export function typeName(value: unknown): string {
  return value === null ? 'null' : Array.isArray(value) ? 'array' : typeof value;
}

/** The fields of a JSON value that a template may read, one level deep and dotted below, at most `limit` of them. */
export function fieldsOf(value: unknown, limit = 100): Known[] {
  const found: Known[] = [];
  const visit = (current: unknown, prefix: string, depth: number): void => {
    if (typeof current !== 'object' || current === null || Array.isArray(current)) return;
    for (const [key, item] of Object.entries(current)) {
      if (found.length >= limit) return;
      const name = prefix ? `${prefix}.${key}` : key;
      found.push({ name, type: typeName(item), example: item });
      if (depth < 3) visit(item, name, depth + 1);
    }
  };
  visit(value, '', 0);
  return found;
}
