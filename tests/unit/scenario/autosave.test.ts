import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { Autosave, type SaveAnswer, type SaveState } from '@/components/scenario/autosave';
import { emptyDocument } from '@/lib/core/document';
import type { Operation } from '@/lib/core/operations';

const rename = (name: string, node = 'n1'): Operation => ({ type: 'rename', node, name });

/** A queue with a server whose answers the test gives one by one. */
function setup(answer: (revision: number, operations: Operation[]) => SaveAnswer | Promise<SaveAnswer>) {
  const calls: { revision: number; operations: Operation[] }[] = [];
  const states: SaveState[] = [];
  const autosave = new Autosave({
    revision: 7,
    now: () => Date.now(),
    send: async (revision, operations) => {
      calls.push({ revision, operations });
      return answer(revision, operations);
    },
    onState: (state) => states.push(state),
    onSaved: () => {},
    onConflict: (_theirs, unsaved) => unsaved.slice(1),
  });
  return { autosave, calls, states, kinds: () => states.map(({ kind }) => kind) };
}
const saved = (revision: number): SaveAnswer => ({ kind: 'saved', revision: revision + 1, problems: [] });

beforeEach(() => {
  vi.useFakeTimers();
});
afterEach(() => {
  vi.useRealTimers();
});

describe('autosave', () => {
  it('waits for a pause of 400 ms and sends what was edited in one call', async () => {
    const { autosave, calls, kinds } = setup(saved);
    autosave.push([rename('A')]);
    await vi.advanceTimersByTimeAsync(300);
    autosave.push([rename('B', 'n2')]);
    await vi.advanceTimersByTimeAsync(399);
    expect(calls).toEqual([]);
    await vi.advanceTimersByTimeAsync(1);
    expect(calls).toEqual([{ revision: 7, operations: [rename('A'), rename('B', 'n2')] }]);
    expect(kinds()).toEqual(['unsaved', 'unsaved', 'saving', 'saved']);
  });

  it('sends only the last of what replaces itself', async () => {
    const { autosave, calls } = setup(saved);
    autosave.push([rename('A')]);
    autosave.push([rename('AB')]);
    await autosave.flush();
    expect(calls).toEqual([{ revision: 7, operations: [rename('AB')] }]);
  });

  it('keeps one call at a time and builds each on the revision of the last', async () => {
    const release: (() => void)[] = [];
    const { autosave, calls } = setup(
      (revision) => new Promise((resolve) => release.push(() => resolve(saved(revision)))),
    );
    autosave.push([rename('A')]);
    await vi.advanceTimersByTimeAsync(400);
    autosave.push([rename('B')]);
    await vi.advanceTimersByTimeAsync(5000);
    expect(calls).toHaveLength(1);
    release[0]!();
    await vi.advanceTimersByTimeAsync(400);
    expect(calls[1]).toEqual({ revision: 8, operations: [rename('B')] });
  });

  it('flushes at once and says whether everything is on the server', async () => {
    const { autosave, calls } = setup(saved);
    autosave.push([rename('A')]);
    expect(autosave.isDirty).toBe(true);
    expect(await autosave.flush()).toBe(true);
    expect(calls).toHaveLength(1);
    expect(autosave.isDirty).toBe(false);
    expect(await autosave.flush()).toBe(true);
    expect(calls).toHaveLength(1);
  });

  it('keeps what it could not send, says so, and tries again after 1, 2, 5 and 10 seconds', async () => {
    let isUp = false;
    const { autosave, calls, states } = setup((revision) =>
      isUp ? saved(revision) : { kind: 'unreachable', message: 'No answer.' },
    );
    autosave.push([rename('A')]);
    await vi.advanceTimersByTimeAsync(400);
    expect(states.at(-1)).toEqual({ kind: 'offline', message: 'No answer.' });
    for (const [pause, count] of [
      [1000, 2],
      [2000, 3],
      [5000, 4],
      [10_000, 5],
      [10_000, 6],
    ] as const) {
      await vi.advanceTimersByTimeAsync(pause - 1);
      expect(calls).toHaveLength(count - 1);
      await vi.advanceTimersByTimeAsync(1);
      expect(calls).toHaveLength(count);
    }
    isUp = true;
    expect(await autosave.flush()).toBe(true);
    expect(calls.at(-1)!.operations).toEqual([rename('A')]);
    expect(states.at(-1)!.kind).toBe('saved');
  });

  it('tells a flush that the server could not be reached', async () => {
    const { autosave } = setup(() => ({ kind: 'unreachable', message: 'No answer.' }));
    autosave.push([rename('A')]);
    expect(await autosave.flush()).toBe(false);
    expect(autosave.isDirty).toBe(true);
  });

  it('goes on from the other document after a conflict, with what still fits', async () => {
    const { autosave, calls } = setup((revision) =>
      revision === 7 ? { kind: 'conflict', revision: 12, document: emptyDocument() } : saved(revision),
    );
    autosave.push([rename('A'), rename('B', 'n2')]);
    expect(await autosave.flush()).toBe(true);
    expect(calls).toEqual([
      { revision: 7, operations: [rename('A'), rename('B', 'n2')] },
      { revision: 12, operations: [rename('B', 'n2')] },
    ]);
    expect(autosave.revision).toBe(13);
  });

  it('stops after a refusal until it is restarted on what the server has', async () => {
    const { autosave, calls, states } = setup((revision) =>
      revision === 7 ? { kind: 'refused', message: 'Archived.' } : saved(revision),
    );
    autosave.push([rename('A')]);
    expect(await autosave.flush()).toBe(false);
    autosave.push([rename('B')]);
    await vi.advanceTimersByTimeAsync(60_000);
    expect(calls).toHaveLength(1);
    expect(states.at(-1)).toEqual({ kind: 'refused', message: 'Archived.' });
    autosave.restart(20);
    autosave.push([rename('C')]);
    expect(await autosave.flush()).toBe(true);
    expect(calls.at(-1)).toEqual({ revision: 20, operations: [rename('C')] });
  });

  it('splits what is too much for one call', async () => {
    const { autosave, calls } = setup(saved);
    const big = (node: string): Operation => ({ type: 'set', node, settings: { payload: 'x'.repeat(250_000) } });
    autosave.push([big('n1'), big('n2'), big('n3')]);
    expect(await autosave.flush()).toBe(true);
    expect(calls.map(({ revision, operations }) => [revision, operations.length])).toEqual([
      [7, 1],
      [8, 1],
      [9, 1],
    ]);
  });
});
