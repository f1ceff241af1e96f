import type { ProgramNode } from '../core/program.ts';
import { effectiveBatchSize } from '../core/webhook.ts';
import type { NewChunk, Profiles } from './chunks.ts';
import type { RunContext } from './runs.ts';

/** Filling batches: what many small chunks at one webhook become. */

/** Customers in one request of this webhook at most; 0 for a node that sends none or one each. */
export function batchSizeOf(entry: ProgramNode | undefined): number {
  const node = entry?.node;
  return node?.kind === 'webhook' && node.settings.batch ? effectiveBatchSize(node.settings, entry!.onEvent) : 0;
}

/**
 * Joins new chunks that wait at the same batched webhook, in their order, to full batches.
 * @returns the chunks, and whether some batch could take more
 */
export function fillBatches(chunks: readonly NewChunk[], run: RunContext): { chunks: NewChunk[]; hasRoom: boolean } {
  const filled: NewChunk[] = [];
  const open = new Map<number, NewChunk>();
  for (const chunk of chunks) {
    const size = batchSizeOf(run.nodes.get(chunk.node));
    const canJoin = size > 0 && chunk.runId === run.id && chunk.contexts === null && !chunk.windows && !chunk.alone;
    if (!canJoin) {
      filled.push(chunk);
      continue;
    }
    let rest: NewChunk = chunk;
    const last = open.get(chunk.node);
    if (last) {
      const room = size - last.customers.length;
      last.customers.push(...rest.customers.slice(0, room));
      last.journeys!.push(...rest.journeys!.slice(0, room));
      last.profiles = joined(last.profiles, rest.profiles, room);
      rest = partOf(rest, room);
      if (last.customers.length === size) open.delete(chunk.node);
    }
    if (rest.customers.length === 0) continue;
    const own = partOf(rest, 0);
    filled.push(own);
    if (own.customers.length < size) open.set(chunk.node, own);
  }
  return { chunks: filled, hasRoom: open.size > 0 };
}

const partOf = (chunk: NewChunk, from: number): NewChunk => ({
  ...chunk,
  customers: chunk.customers.slice(from),
  journeys: chunk.journeys!.slice(from),
  profiles: chunk.profiles && { ...chunk.profiles, list: chunk.profiles.list.slice(from) },
});

const joined = (first: Maybe<Profiles>, rest: Maybe<Profiles>, room: number): Profiles | null =>
  first && rest ? { at: Math.min(first.at, rest.at), list: [...first.list, ...rest.list.slice(0, room)] } : null;

type Maybe<T> = T | null | undefined;
