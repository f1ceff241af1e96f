import type { Document } from '@/lib/core/document';

export type Change = 'added' | 'changed';

export interface Differences {
  changes: ReadonlyMap<string, Change>;
  /** How many nodes of the other document are not in this one. */
  removed: number;
}

/** Which nodes of a document are new or different compared with another one, by id; places do not count. */
export function differences(document: Document, against: Document): Differences {
  const before = new Map(against.nodes.map((node) => [node.id, node]));
  const changes = new Map<string, Change>();
  for (const node of document.nodes) {
    const old = before.get(node.id);
    if (!old) changes.set(node.id, 'added');
    else if (old.name !== node.name || JSON.stringify(sorted(old.settings)) !== JSON.stringify(sorted(node.settings)))
      changes.set(node.id, 'changed');
    before.delete(node.id);
  }
  return { changes, removed: before.size };
}

/** The same value with the keys of its objects in one order: what comes from the database has an order of its own. */
function sorted(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(sorted);
  if (value === null || typeof value !== 'object') return value;
  return Object.fromEntries(
    Object.entries(value)
      .sort(([a], [b]) => (a < b ? -1 : 1))
      .map(([key, inner]) => [key, sorted(inner)]),
  );
}
