import { CHUNK_SIZE, type NewChunk } from './chunks.ts';
import { pack, type Traveller } from './contexts.ts';
import type { Fate, Settlement } from './settlement.ts';

/** Chunks of those who wait for another try, for their half, or for their turn again. */
export function waitAgain(group: readonly Settlement[], fate: Exclude<Fate, { kind: 'final' }>): NewChunk[] {
  const { chunk, window } = group[0]!;
  const from = chunk.chunk;
  const travellers = group.flatMap((one) => one.positions.map((position) => one.window.travellers[position]!));
  const base = (part: readonly Traveller[]): NewChunk => ({
    runId: chunk.runId,
    versionId: from.versionId,
    node: chunk.node.number,
    journeys: part.map((t) => t.journey),
    customers: part.map((t) => t.customer),
    contexts: pack(part, { event: true, responses: true }),
    policyId: from.policyId,
    onEvent: from.onEvent,
    queue: 'send',
    stays: from.stays,
    sending: from.sending,
    replay: from.replay,
    firstAt: new Date(window.firstAt),
  });
  if (fate.kind === 'split') {
    const size = Math.ceil(travellers.length / fate.parts);
    return slices(travellers, size).map((part) => ({ ...base(part), alone: true }));
  }
  if (fate.kind === 'return')
    return slices(travellers, CHUNK_SIZE).map((part) => ({
      ...base(part),
      firstAt: from.windows ? new Date(window.firstAt) : null,
      attempt: window.attempt,
      windows: from.windows ? windowsOf(group) : null,
      tries: from.windows ? from.tries : null,
      alone: from.alone,
      held: fate.held,
      dueAt: fate.dueAt,
    }));
  // Equal delays of one moment make one chunk; the latest decides, so that nobody is early.
  const dueAt = new Date(Math.max(...group.map((one) => (one.fate.kind === 'retry' ? one.fate.at : 0))));
  return [
    {
      ...base(travellers),
      attempt: window.attempt + 1,
      windows: windowsOf(group),
      tries: window.batch ? [group[0]!.sent!.tries!] : group.map((one) => one.sent!.tries!),
      dueAt,
    },
  ];
}

/** Where the bytes are: one window for a batch, one for each journey otherwise. */
const windowsOf = (group: readonly Settlement[]): number[] =>
  group[0]!.window.batch
    ? [group[0]!.window.id]
    : group.flatMap(({ window, positions }) => positions.map(() => window.id));

function slices<T>(all: readonly T[], size: number): T[][] {
  const parts: T[][] = [];
  for (let i = 0; i < all.length; i += size) parts.push(all.slice(i, i + size));
  return parts;
}
