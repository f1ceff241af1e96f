import type { Operation } from '@/lib/core/operations';

/**
 * What an operation replaces: a later one of the same key makes an earlier one needless. Null when it adds or removes
 * things, because then the order counts.
 */
export function replacesKey(operation: Operation): string | null {
  switch (operation.type) {
    case 'set':
      return `set ${operation.node} ${Object.keys(operation.settings).sort().join(',')}`;
    case 'rename':
      return `rename ${operation.node}`;
    case 'move':
      return `move ${Object.keys(operation.positions).sort().join(',')}`;
    case 'speed-limit':
      return `speed-limit ${operation.node}`;
    case 'add':
    case 'remove':
      return null;
  }
}

/** The same edits with fewer operations: of neighbours that replace each other only the last stays. */
export function compact(operations: readonly Operation[]): Operation[] {
  const kept: Operation[] = [];
  for (const operation of operations) {
    const last = kept.at(-1);
    const key = replacesKey(operation);
    if (last && key !== null && key === replacesKey(last)) kept.pop();
    kept.push(operation);
  }
  return kept;
}
