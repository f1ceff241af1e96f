import { describe, expect, it } from 'vitest';
import { compact } from '@/components/scenario/compact';
import { NO_HISTORY, put, record, take } from '@/components/scenario/history';
import type { Operation } from '@/lib/core/operations';

const set = (url: string, node = 'n3'): Operation => ({ type: 'set', node, settings: { url } });
const remove = (id: string): Operation => ({ type: 'remove', nodes: [id], edges: [] });
const move = (x: number): Operation => ({ type: 'move', positions: { n1: { x, y: 0 } } });

describe('compacting edits', () => {
  it('keeps only the last of neighbours that set the same setting', () => {
    expect(compact([set('h'), set('ht'), set('htt')])).toEqual([set('htt')]);
  });

  it('keeps the last place of a node that is moved on and on', () => {
    expect(compact([move(1), move(2), move(3)])).toEqual([move(3)]);
  });

  it('keeps edits of different settings, of different nodes, and with something in between', () => {
    const other: Operation = { type: 'set', node: 'n3', settings: { payload: '' } };
    expect(compact([set('a'), other, set('b')])).toHaveLength(3);
    expect(compact([set('a', 'n3'), set('a', 'n4')])).toHaveLength(2);
    expect(compact([set('a'), remove('n1'), set('b')])).toHaveLength(3);
  });

  it('never drops an addition or a removal', () => {
    expect(compact([remove('n1'), remove('n1')])).toHaveLength(2);
  });
});

describe('the history of edits', () => {
  const step = (redo: Operation, undo: Operation, at: number) => ({ undo: [undo], redo: [redo], at });

  it('makes one step of typing: undo goes back to before the first letter, redo to after the last', () => {
    const one = record(NO_HISTORY, step(set('h'), set(''), 0));
    const two = record(one, step(set('ht'), set('h'), 300));
    expect(two.past).toEqual([{ undo: [set('')], redo: [set('ht')], at: 300 }]);
  });

  it('begins a new step after a pause of a second', () => {
    const one = record(NO_HISTORY, step(set('h'), set(''), 0));
    expect(record(one, step(set('ht'), set('h'), 1000)).past).toHaveLength(2);
  });

  it('does not melt typing into what was done before an undo', () => {
    const one = record(NO_HISTORY, step(set('h'), set(''), 0));
    const taken = take(one, 'undo')!;
    const undone = put(taken.rest, 'undo', taken.step, taken.step.redo);
    expect(undone.future).toHaveLength(1);
    expect(record(undone, step(set('x'), set(''), 10))).toEqual({ past: [step(set('x'), set(''), 10)], future: [] });
  });

  it('has nothing to take when nothing was done', () => {
    expect(take(NO_HISTORY, 'undo')).toBeNull();
    expect(take(NO_HISTORY, 'redo')).toBeNull();
  });

  it('keeps 200 steps', () => {
    let history = NO_HISTORY;
    for (let i = 0; i < 250; i++) history = record(history, step(remove(`n${i}`), remove('x'), i));
    expect(history.past).toHaveLength(200);
    expect(history.past[0]!.redo).toEqual([remove('n50')]);
  });
});
