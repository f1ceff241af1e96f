import { batchSizeOf } from './batches.ts';
import { groupOf, type NewChunk } from './chunks.ts';
import type { Lanes } from './lanes.ts';
import type { OpenChunk } from './open-chunk.ts';
import type { RunContext } from './runs.ts';

/** How much of what waits to be sent a worker takes: enough to keep its slots busy, and the rest is for its peers. */

/** Webhooks' chunks open at the same time; what is not claimed of them is only ids. */
const OPEN_CHUNKS = 300;
/** Requests that a group has open at least, half of them. */
const LEAST_AHEAD = 4;
/** Chunks that were kept with profiles, which are large, and not asked for yet. */
const KEPT_AHEAD = 2;

/** Requests of one policy, stream and node that are open here, and slots for them. */
interface Group {
  left: number;
  slots: number;
}

/** Whether there are enough requests to keep the slots busy until more is taken. */
export const isFull = ({ left, slots }: Group): boolean => left >= 2 * Math.max(slots, LEAST_AHEAD);

export class Room {
  /** Workers of this installation. */
  workers = 1;
  private readonly open: ReadonlyMap<number, OpenChunk>;
  private readonly lanes: Lanes;
  /** Chunks that it could have kept, to know its share. */
  private offered = 0;

  /** @param open the chunks that the worker has open, as they come and go */
  constructor(open: ReadonlyMap<number, OpenChunk>, lanes: Lanes) {
    this.open = open;
    this.lanes = lanes;
  }

  /** Chunks that could still be opened. */
  get left(): number {
    return OPEN_CHUNKS - this.open.size;
  }

  /** Names of groups of which nothing more is wanted now. */
  fullGroups(): string[] {
    return [...this.groups()].filter(([, group]) => isFull(group)).map(([name]) => name);
  }

  /**
   * Makes the worker owner of its share of these chunks, which a page of the audience made, as long as it has nothing better
   * to do: they need no queue, and their customers are not read twice. Batches that could be fuller wait for others.
   */
  keep(worker: number, chunks: readonly NewChunk[], run: RunContext): void {
    let ahead = 0;
    for (const open of this.open.values()) if (open.hasProfiles) ahead++;
    const groups = this.groups();
    for (const chunk of chunks) {
      const size = batchSizeOf(run.nodes.get(chunk.node));
      if (chunk.queue !== 'send' || chunk.dueAt || chunk.customers.length < size) continue;
      if (ahead >= KEPT_AHEAD || this.left <= ahead) return;
      const name = groupOf(chunk);
      const group = groups.get(name) ?? { left: 0, slots: this.lanes.get(chunk.policyId).slots };
      if (isFull(group) || this.offered++ % this.workers !== 0) continue;
      groups.set(name, { ...group, left: group.left + (size === 0 ? chunk.customers.length : 1) });
      ahead++;
      chunk.owner = worker;
    }
  }

  private groups(): Map<string, Group> {
    const groups = new Map<string, Group>();
    for (const chunk of this.open.values()) {
      const name = groupOf(chunk.chunk);
      const { slots } = chunk.lane;
      const group = groups.get(name) ?? { left: 0, slots: chunk.pace ? Math.min(slots, chunk.pace.window) : slots };
      group.left += chunk.left;
      groups.set(name, group);
    }
    return groups;
  }
}
