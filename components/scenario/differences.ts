import type { Document } from '@/lib/core/document';
import { isSame } from '@/lib/core/same';

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
    else if (old.name !== node.name || !isSame(old.settings, node.settings)) changes.set(node.id, 'changed');
    before.delete(node.id);
  }
  return { changes, removed: before.size };
}
