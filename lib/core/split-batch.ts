/** A JSON sample for many, divided into what is sent once and what is rendered for each customer. */
export interface SplitBatch {
  root: string;
  customer: string;
  /** Dotted path of the list; empty when the sample itself is the list. */
  path: string;
  /** How many entries the sample's list had. */
  count: number;
}

const MARK = '\u0000customers\u0000';

/**
 * Finds the list of like objects in a sample (the least deep one, then the longest) and makes Root and Customer of it,
 * the latter from the first entry. @returns null when there is no such list
 */
export function splitBatch(value: unknown): SplitBatch | null {
  const list = listsIn(value, [])
    .sort((a, b) => a.path.length - b.path.length || b.items.length - a.items.length)
    .at(0);
  if (!list) return null;
  const pretty = JSON.stringify(replaced(value, list.path, [MARK]), null, 2);
  const line = pretty.split('\n').find((text) => text.includes(JSON.stringify(MARK)))!;
  const indent = line.slice(0, line.length - line.trimStart().length);
  const tag = `{% output customers separated by ',\\n${indent}' %}`;
  return {
    // A function, because "$" in the replacement would be special.
    root: pretty.replace(JSON.stringify(MARK), () => tag),
    customer: JSON.stringify(list.items[0], null, 2).replaceAll('\n', `\n${indent}`),
    path: list.path.join('.'),
    count: list.items.length,
  };
}

interface List {
  path: string[];
  items: object[];
}

function listsIn(value: unknown, path: string[]): List[] {
  if (Array.isArray(value)) {
    return isAlike(value) ? [{ path, items: value }] : [];
  }
  if (typeof value !== 'object' || value === null) return [];
  return Object.entries(value).flatMap(([key, inner]) => listsIn(inner, [...path, key]));
}

/** Whether all entries are objects and share at least half of their keys with the first. */
function isAlike(items: unknown[]): items is object[] {
  const keys = items.map((item) =>
    typeof item === 'object' && item !== null && !Array.isArray(item) ? Object.keys(item) : null,
  );
  const [first] = keys;
  if (!first || first.length === 0) return false;
  return keys.every((own) => own !== null && shared(own, first) * 2 >= new Set([...own, ...first]).size);
}

const shared = (a: string[], b: string[]): number => a.filter((key) => b.includes(key)).length;

function replaced(value: unknown, path: string[], by: unknown): unknown {
  const [key, ...rest] = path;
  if (key === undefined) return by;
  return { ...(value as object), [key]: replaced((value as Record<string, unknown>)[key], rest, by) };
}
