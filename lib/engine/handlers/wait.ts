import type { Node } from '../../core/document.ts';
import { CHUNK_SIZE } from '../chunks.ts';
import { pack } from '../contexts.ts';
import { type Handler, passAll } from '../step.ts';

const UNIT_MS = { seconds: 1000, minutes: 60_000, hours: 3_600_000, days: 86_400_000 } as const;

/** How long a wait lasts, in milliseconds. */
export const waitMs = ({ amount, unit }: Node<'wait'>['settings']): number => amount * UNIT_MS[unit];

/** People rest here for a time, and go on by `out` when their chunk is due (see rest.ts). */
export const wait: Handler<'wait'> = {
  reads: () => false,
  arrive(step) {
    const ms = waitMs(step.node.settings);
    if (ms <= 0) return passAll(step);
    const { run, entry, travellers, into } = step;
    for (let i = 0; i < travellers.length; i += CHUNK_SIZE) {
      const part = travellers.slice(i, i + CHUNK_SIZE);
      into.chunks.push({
        runId: run.id,
        versionId: run.versionId,
        node: entry.node.number,
        journeys: part.map((t) => t.journey),
        customers: part.map((t) => t.customer),
        contexts: pack(part, entry.after),
        policyId: null,
        onEvent: entry.onEvent,
        queue: 'walk',
        dueAt: new Date(step.now + ms),
      });
    }
    return [];
  },
};
