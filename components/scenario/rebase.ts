import type { Document } from '@/lib/core/document';
import { apply, type Operation, OperationError } from '@/lib/core/operations';

/**
 * Applies edits that were made on an older document to the one that somebody else has changed meanwhile.
 * Those that no longer fit (their node is gone, the edge would close a circle) are left out and named.
 */
export function rebase(
  document: Document,
  operations: readonly Operation[],
): { document: Document; kept: Operation[]; dropped: string[] } {
  const kept: Operation[] = [];
  const dropped: string[] = [];
  let current = document;
  for (const operation of operations) {
    try {
      current = apply(current, operation).document;
      kept.push(operation);
    } catch (error) {
      if (!(error instanceof OperationError)) throw error;
      dropped.push(error.message);
    }
  }
  return { document: current, kept, dropped };
}
