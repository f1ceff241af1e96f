import type { Document } from '@/lib/core/document';
import type { Operation } from '@/lib/core/operations';
import type { Problem } from '@/lib/core/problems';
import { compact } from './compact';

/** Whether what is on the screen is on the server. */
export type SaveState =
  | { kind: 'saved'; at: number | null }
  | { kind: 'unsaved' }
  | { kind: 'saving' }
  /** Tried again by itself. */
  | { kind: 'offline'; message: string }
  /** Never tried again: the server will not take these edits. */
  | { kind: 'refused'; message: string };

export type SaveAnswer =
  | { kind: 'saved'; revision: number; problems: Problem[] }
  | { kind: 'conflict'; revision: number; document: Document }
  | { kind: 'unreachable'; message: string }
  | { kind: 'refused'; message: string };

export interface AutosaveOptions {
  revision: number;
  send(revision: number, operations: Operation[]): Promise<SaveAnswer>;
  onState(state: SaveState): void;
  onSaved(saved: { revision: number; problems: Problem[] }): void;
  /** Somebody else was first. Puts `unsaved` on their document and returns those that still fit. */
  onConflict(theirs: { revision: number; document: Document }, unsaved: Operation[]): Operation[];
  now(): number;
}

/** Waits for a pause in the editing. */
const DELAY_MS = 400;
const RETRY_MS = [1000, 2000, 5000, 10_000];
/** The server takes calls of up to 1 MB; UTF-8 and the frame need some of it. */
const MOST_CHARACTERS = 400_000;
const MOST_OPERATIONS = 100;

/** Sends edits to the server in order, one call at a time, each on top of the revision that the last one made. */
export class Autosave {
  private waiting: Operation[] = [];
  private sending: Operation[] = [];
  private call: Promise<boolean> | null = null;
  private timer: ReturnType<typeof setTimeout> | undefined;
  private failures = 0;
  private isStopped = false;
  private readonly options: AutosaveOptions;
  revision: number;

  constructor(options: AutosaveOptions) {
    this.options = options;
    this.revision = options.revision;
  }

  /** Whether an edit has not reached the server. */
  get isDirty(): boolean {
    return this.waiting.length > 0 || this.sending.length > 0;
  }

  push(operations: readonly Operation[]): void {
    if (this.isStopped) return;
    this.waiting = compact([...this.waiting, ...operations]);
    if (!this.call) {
      if (this.failures === 0) this.options.onState({ kind: 'unsaved' });
      this.later(DELAY_MS);
    }
  }

  /** Saves now. True when the server has everything. */
  async flush(): Promise<boolean> {
    clearTimeout(this.timer);
    while (this.isDirty) if (!(await (this.call ?? this.start()))) return false;
    return !this.isStopped;
  }

  /** Goes on from the server's document after a refusal; what was not saved is given up. */
  restart(revision: number): void {
    clearTimeout(this.timer);
    this.waiting = [];
    this.sending = [];
    this.failures = 0;
    this.isStopped = false;
    this.revision = revision;
    this.options.onState({ kind: 'saved', at: null });
  }

  /** Sends nothing any more by itself. */
  stop(): void {
    clearTimeout(this.timer);
  }

  private later(ms: number): void {
    clearTimeout(this.timer);
    this.timer = setTimeout(() => void this.start(), ms);
  }

  private start(): Promise<boolean> {
    if (this.call) return this.call;
    if (!this.isDirty || this.isStopped) return Promise.resolve(!this.isStopped);
    this.call = this.sendNext().finally(() => {
      this.call = null;
      if (this.waiting.length > 0 && !this.isStopped) this.later(this.failures ? this.pause() : DELAY_MS);
    });
    return this.call;
  }

  private async sendNext(): Promise<boolean> {
    const { onState, onSaved, onConflict, send, now } = this.options;
    const count = countThatFit(this.waiting);
    this.sending = this.waiting.slice(0, count);
    this.waiting = this.waiting.slice(count);
    if (this.failures === 0) onState({ kind: 'saving' });
    const answer = await send(this.revision, this.sending);
    const unsaved = [...this.sending, ...this.waiting];
    this.sending = [];
    switch (answer.kind) {
      case 'saved':
        this.failures = 0;
        this.revision = answer.revision;
        onSaved(answer);
        break;
      case 'conflict':
        this.failures = 0;
        this.revision = answer.revision;
        this.waiting = onConflict(answer, unsaved);
        break;
      case 'unreachable':
        this.failures++;
        this.waiting = unsaved;
        onState({ kind: 'offline', message: answer.message });
        return false;
      case 'refused':
        this.isStopped = true;
        this.waiting = [];
        onState({ kind: 'refused', message: answer.message });
        return false;
    }
    onState(this.isDirty ? { kind: 'unsaved' } : { kind: 'saved', at: now() });
    return true;
  }

  private pause(): number {
    return RETRY_MS[Math.min(this.failures, RETRY_MS.length) - 1] ?? DELAY_MS;
  }
}

/** How many operations from the front go into one call; at least one. */
function countThatFit(operations: readonly Operation[]): number {
  let characters = 0;
  let count = 0;
  for (const operation of operations.slice(0, MOST_OPERATIONS)) {
    characters += JSON.stringify(operation).length;
    if (count > 0 && characters > MOST_CHARACTERS) break;
    count++;
  }
  return count;
}
