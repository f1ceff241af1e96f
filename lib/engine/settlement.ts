import type { EarlierResponse } from '../core/response-view.ts';
import type { Try } from './chunks.ts';
import type { OpenChunk } from './open-chunk.ts';
import type { Outcome } from './transition.ts';
import type { OpenWindow } from './windows.ts';

/** What became of some journeys of a window: made where requests are sent, written by the settler. */

/** A request that was sent, as far as the ledger needs it; one object for all settlements of the request. */
export interface Sent {
  mode: 'each' | 'all';
  status: number | null;
  ms: number;
  attempt: number;
  answer: { headers: Record<string, string>; body: string } | null;
  /** Earlier tries and this one; null when it was the first and is the last. */
  tries: Try[] | null;
}

export type Fate =
  | {
      kind: 'final';
      outcome: Outcome;
      /** Null ends the journey here. */
      port: 'sent' | 'failed' | null;
      reason: string | null;
      /** A machine word of the `campaign` event: sent, failed, render_failed, suppressed … */
      status: string;
      view: EarlierResponse | null;
      /** The webhook sends nothing more in this run. */
      stops: boolean;
    }
  | { kind: 'retry'; at: number; why: string }
  /** Sent again in two halves, or one by one, with new keys. */
  | { kind: 'split'; parts: number; why: string }
  /** Was not sent after all: waits again. */
  | { kind: 'return'; held: boolean; dueAt: Date | null };

export interface Settlement {
  chunk: OpenChunk;
  window: OpenWindow;
  /** Positions in the window. */
  positions: readonly number[];
  fate: Fate;
  sent: Sent | null;
  /** Extra properties of the `campaign` events, one each or none. */
  tracked: Record<string, unknown>[] | null;
  host: string | null;
}
