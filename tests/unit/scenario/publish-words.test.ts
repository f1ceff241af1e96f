import { describe, expect, it } from 'vitest';
import { type Change, holdsPeople, movesOf, unanswered, wordsOf } from '../../../components/scenario/publish-words.ts';

const change = (more: Partial<Change> = {}): Change => ({
  id: 'n2',
  number: 2,
  name: 'Wait',
  kind: 'wait',
  change: 'removed',
  settings: [],
  linked: [],
  unlinked: [],
  waiting: 0,
  inFlight: 0,
  next: null,
  stopped: null,
  ...more,
});

describe('the words of a change', () => {
  it('name settings as people call them, and where outputs lead', () => {
    const words = wordsOf(
      change({
        change: 'changed',
        settings: ['url', 'policyId', 'monthDay'],
        linked: [{ port: 'yes', to: 'n4' }],
        unlinked: [{ port: 'out', to: 'n5' }],
      }),
      (id) => `#${id}`,
    );
    expect(words).toEqual(['URL, throughput policy, month day', 'Yes leads to #n4', 'leads no more to #n5']);
  });

  it('are none when all is said by added or deleted', () => {
    expect(wordsOf(change(), String)).toEqual([]);
  });
});

describe('what must be decided', () => {
  it('is where those go on who are in a deleted node, whatever its kind', () => {
    const changes = [
      change({ waiting: 3 }),
      change({ id: 'n3', inFlight: 1, kind: 'webhook' }),
      change({ id: 'n4' }),
      change({ id: 'n5', change: 'changed', waiting: 9 }),
      change({ id: 'n6', kind: 'on-event', waiting: 2 }),
    ];
    expect(unanswered(changes, { n3: 'end' }).map(({ id }) => id)).toEqual(['n2', 'n6']);
    expect(movesOf(changes, { n2: 'n9', n3: 'end', n6: 'end' })).toEqual({ n2: 'n9', n3: 'end', n4: 'end', n6: 'end' });
  });

  it('is nothing where nobody can be', () => {
    expect(holdsPeople(change({ kind: 'condition' }))).toBe(false);
    expect(holdsPeople(change())).toBe(true);
    expect(holdsPeople(change({ change: 'changed', waiting: 1 }))).toBe(false);
  });
});
