import { changesBetween } from '@/lib/core/changes';
import type { Document } from '@/lib/core/document';

export type Change = 'added' | 'changed';

export interface Differences {
  changes: ReadonlyMap<string, Change>;
  /** How many nodes of the other document are not in this one. */
  removed: number;
}

/** Which nodes of a document are new or different compared with another one, by id; places and lines do not count. */
export function differences(document: Document, against: Document): Differences {
  const all = changesBetween(against, document);
  return {
    changes: new Map(
      all.flatMap(({ id, change }) => (change === 'added' || change === 'changed' ? [[id, change] as const] : [])),
    ),
    removed: all.filter(({ change }) => change === 'removed').length,
  };
}
