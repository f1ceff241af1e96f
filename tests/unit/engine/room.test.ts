import { afterAll, describe, expect, it } from 'vitest';
import { compile } from '../../../lib/core/compile.ts';
import { fillBatches } from '../../../lib/engine/batches.ts';
import { type NewChunk, ownFromBirth } from '../../../lib/engine/chunks.ts';
import { Lanes } from '../../../lib/engine/lanes.ts';
import { isFull, Room } from '../../../lib/engine/room.ts';
import { nodesByNumber, type RunContext } from '../../../lib/engine/runs.ts';
import { draw } from '../../support/engine.ts';

const SINGLE = 2;
const BATCHED = 3;
const WORKER = 7;

/** A run with a webhook for each customer and one for a hundred. */
function someRun(): RunContext {
  const { add, document } = draw();
  const now = add('now');
  add('webhook', {}, [now, 'out']);
  add('webhook', { batch: true, batchSize: 100 }, [now, 'out']);
  const program = compile(document(), () => ({ event: false, webhook: false }));
  return {
    id: 1,
    versionId: 'v1',
    projectId: 'p1',
    scenarioId: 's1',
    scenarioName: 'Test',
    projectName: 'Test',
    number: 1,
    kind: 'now',
    defaultPolicyId: null,
    calledWith: null,
    keyPrefix: 'k',
    keySuffix: '',
    program,
    nodes: nodesByNumber(program),
    compiled: new Map(),
  };
}
const run = someRun();

function chunk(node: number, size: number, more: Partial<NewChunk> = {}): NewChunk {
  const numbers = Array.from({ length: size }, (_, i) => i + 1);
  return {
    runId: run.id,
    node,
    journeys: numbers,
    customers: numbers.map((n) => n + 1000),
    contexts: null,
    policyId: null,
    onEvent: false,
    queue: 'send',
    profiles: { at: 5, list: numbers.map((n) => ({ n })) },
    ...more,
  };
}
const batch = (more: Partial<NewChunk> = {}) => chunk(BATCHED, 100, more);

const lanes = new Lanes(
  WORKER,
  () => {},
  () => {},
);
afterAll(() => lanes.close());
/** Which of these chunks a worker with nothing open keeps. */
function kept(chunks: NewChunk[], workers = 1): boolean[] {
  const room = new Room(new Map(), lanes);
  room.workers = workers;
  room.keep(WORKER, chunks, run);
  return chunks.map(({ owner }) => owner === WORKER);
}

describe('a worker with room', () => {
  it('keeps what it can send at once, up to two chunks of profiles', () => {
    expect(kept([batch(), batch(), batch()])).toEqual([true, true, false]);
    expect(kept([chunk(SINGLE, 60), chunk(SINGLE, 60)])).toEqual([true, true]);
  });

  it('keeps no more of a webhook than keeps its slots busy', () => {
    expect(kept([chunk(SINGLE, 1000), chunk(SINGLE, 1000)])).toEqual([true, false]);
    expect(kept([chunk(SINGLE, 1000), batch()])).toEqual([true, true]);
  });

  it('leaves batches that could be fuller, people who rest and those who linger to the queue', () => {
    expect(kept([chunk(BATCHED, 99)])).toEqual([false]);
    expect(kept([batch({ queue: 'walk' })])).toEqual([false]);
    expect(kept([batch({ dueAt: new Date() })])).toEqual([false]);
  });

  it('keeps its share only when it has peers', () => {
    expect(kept([batch(), batch(), batch()], 2)).toEqual([true, false, true]);
    expect(kept([batch(), batch(), batch(), batch()], 3)).toEqual([true, false, false, true]);
  });
});

describe('a group', () => {
  it('is full with two requests a slot, and with eight when it has few', () => {
    expect(isFull({ left: 99, slots: 50 })).toBe(false);
    expect(isFull({ left: 100, slots: 50 })).toBe(true);
    expect(isFull({ left: 7, slots: 0 })).toBe(false);
    expect(isFull({ left: 8, slots: 1 })).toBe(true);
  });
});

describe('a chunk that is kept', () => {
  it('is the row that was written: nothing claimed, no alarm clock, the version of its run', () => {
    const own = ownFromBirth(batch({ owner: WORKER }), 42, 'v2');
    expect(own).toMatchObject({ id: 42, node: BATCHED, size: 100, versionId: 'v2', newest: 'v2', jobId: null });
    expect(own).toMatchObject({ attempt: 1, claimed: 0, deaths: 0, trying: false, windows: null, tries: null });
    expect(own).not.toHaveProperty('profiles');
    expect(ownFromBirth(batch({ versionId: 'v1' }), 42, 'v2').versionId).toBe('v1');
  });
});

describe('batches that are filled up', () => {
  it('take customers, journeys and profiles of the next ones in their order', () => {
    const { chunks, hasRoom } = fillBatches([chunk(BATCHED, 60), chunk(BATCHED, 70)], run);
    expect(chunks.map(({ customers }) => customers.length)).toEqual([100, 30]);
    expect(hasRoom).toBe(true);
    for (const { customers, journeys, profiles } of chunks) {
      expect(journeys!.map((journey) => journey + 1000)).toEqual(customers);
      expect(profiles!.list.map(({ n }) => Number(n) + 1000)).toEqual(customers);
    }
  });

  it('are as old as their oldest profile, and have none when one part has none', () => {
    const old = chunk(BATCHED, 60, { profiles: { at: 3, list: Array(60).fill({}) } });
    expect(fillBatches([chunk(BATCHED, 40), old], run).chunks[0]!.profiles!.at).toBe(3);
    const { chunks } = fillBatches([chunk(BATCHED, 40), chunk(BATCHED, 70, { profiles: null })], run);
    expect(chunks.map(({ profiles }) => profiles)).toEqual([null, null]);
  });

  it('leave the chunks that they were made from as they were', () => {
    const first = chunk(BATCHED, 60);
    fillBatches([first, chunk(BATCHED, 70)], run);
    expect(first.customers).toHaveLength(60);
    expect(first.profiles!.list).toHaveLength(60);
  });

  it('are not made of single requests', () => {
    const chunks = [chunk(SINGLE, 10), chunk(SINGLE, 10)];
    expect(fillBatches(chunks, run)).toEqual({ chunks, hasRoom: false });
  });
});
