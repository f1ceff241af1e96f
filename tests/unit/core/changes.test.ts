import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { changesBetween, movesTo, type NodeChange } from '../../../lib/core/changes.ts';
import { compile } from '../../../lib/core/compile.ts';
import { type Document, emptyDocument } from '../../../lib/core/document.ts';
import { applyAll, type Operation } from '../../../lib/core/operations.ts';
import type { Program } from '../../../lib/core/program.ts';
import { anyOperation, applyFitting, connected, edge, sampleDocument, withNode } from './documents.ts';

const changed = (document: Document, ...operations: Operation[]): Document => applyAll(document, operations).document;
const brief = (changes: NodeChange[]) => changes.map(({ id, change }) => `${id} ${change}`);

describe('changes between two documents', () => {
  it('are nodes that are new, gone, different, or lead elsewhere, in the order of their numbers', () => {
    const before = sampleDocument();
    const after = changed(
      withNode(before, 'webhook', 'other'),
      { type: 'set', node: 'send', settings: { payload: 'new', url: 'https://api.example.com/v2' } },
      { type: 'remove', nodes: ['pause'], edges: [] },
      { type: 'add', nodes: [], edges: [edge('choice.no>other')] },
    );
    const changes = changesBetween(before, after);
    expect(brief(changes)).toEqual(['choice rewired', 'send changed', 'pause removed', 'other added']);
    expect(changes[0]).toMatchObject({
      settings: [],
      linked: [{ port: 'no', to: 'other' }],
      unlinked: [{ port: 'no', to: 'pause' }],
    });
    expect(changes[1]).toMatchObject({ number: 3, settings: ['url', 'payload'], linked: [], unlinked: [] });
    expect(changes[2]).toMatchObject({ number: 4, name: 'Wait', kind: 'wait' });
  });

  it('tell of a node that is renamed, and of one that is both different and re-wired', () => {
    const before = sampleDocument();
    const renamed = changed(before, { type: 'rename', node: 'pause', name: 'Night' });
    expect(changesBetween(before, renamed)).toMatchObject([{ change: 'changed', name: 'Night', settings: ['name'] }]);
    const both = changed(
      before,
      { type: 'set', node: 'choice', settings: { mode: 'jinja' } },
      { type: 'remove', nodes: [], edges: ['choice-no-pause'] },
    );
    expect(changesBetween(before, both)).toMatchObject([
      { change: 'changed', settings: ['mode'], unlinked: [{ port: 'no', to: 'pause' }] },
    ]);
  });

  it('are none for places, the order of keys, and lines of another id', () => {
    const before = sampleDocument();
    const after = changed(
      before,
      { type: 'move', positions: { send: { x: 900, y: -3 } } },
      { type: 'remove', nodes: [], edges: ['choice-yes-send'] },
      { type: 'add', nodes: [], edges: [{ ...edge('choice.yes>send'), id: 'drawn-anew' }] },
    );
    const turned = {
      ...after,
      nodes: after.nodes.map((node) => ({
        ...node,
        settings: Object.fromEntries(Object.entries(node.settings).reverse()),
      })),
    } as Document;
    expect(changesBetween(before, turned)).toEqual([]);
  });

  it('tell of a node whose id another kind has since as gone and as new', () => {
    const before = sampleDocument();
    const after = changed(before, { type: 'remove', nodes: ['pause'], edges: [] });
    expect(brief(changesBetween(before, withNode(after, 'add-event', 'pause')))).toEqual([
      'choice rewired',
      'pause removed',
      'pause added',
    ]);
  });

  it('are none with itself, and the same the other way round with new and gone exchanged', () => {
    fc.assert(
      fc.property(fc.array(anyOperation, { maxLength: 12 }), fc.array(anyOperation, { maxLength: 12 }), (one, more) => {
        const before = applyFitting(emptyDocument(), one).document;
        const after = applyFitting(before, more).document;
        expect(changesBetween(before, before)).toEqual([]);
        const there = changesBetween(before, after);
        const back = changesBetween(after, before);
        const swap = { added: 'removed', removed: 'added', changed: 'changed', rewired: 'rewired' } as const;
        expect(brief(back).sort()).toEqual(there.map(({ id, change }) => `${id} ${swap[change]}`).sort());
        for (const change of there) {
          const twin = back.find(({ id, change: other }) => id === change.id && other === swap[change.change])!;
          expect([twin.linked, twin.unlinked]).toEqual([change.unlinked, change.linked]);
        }
      }),
    );
  });
});

describe('where people of deleted nodes go on', () => {
  const program = (document: Document, moves: Program['moves'] = {}): Program => ({
    ...compile(document, () => ({ event: false, webhook: false })),
    moves,
  });
  const before = connected(withNode(withNode(sampleDocument(), 'wait', 'night'), 'webhook', 'last'), 'pause.out>night');
  const without = (...nodes: string[]) => program(changed(before, { type: 'remove', nodes, edges: [] }));

  it('is the node that was said, or nowhere: also when nothing was said, or what was said is not there', () => {
    const after = without('pause', 'night', 'send');
    const answers = { pause: 'last', night: 'end', send: 'nobody' };
    expect(movesTo(after, [program(before)], answers)).toEqual({ 4: 'last', 5: null, 3: null });
    expect(movesTo(after, [program(before)], {})).toEqual({ 4: null, 5: null, 3: null });
  });

  it('is not asked for nodes that are there', () => {
    expect(movesTo(program(before), [program(before)], { pause: 'last' })).toEqual({});
  });

  it('is kept for nodes that were deleted before, by the answer for where they were sent to', () => {
    const second = { ...without('pause'), moves: { 4: 'night' } };
    const third = without('pause', 'night');
    expect(movesTo(third, [second], { night: 'last' })).toEqual({ 4: 'last', 5: 'last' });
    expect(movesTo(third, [second], { night: 'end' })).toEqual({ 4: null, 5: null });
    expect(movesTo(third, [{ ...second, moves: { 4: null } }], { night: 'last' })).toEqual({ 4: null, 5: 'last' });
  });

  it('is forgotten for a node that is there again', () => {
    expect(movesTo(program(before), [{ ...without('pause'), moves: { 4: 'last' } }], {})).toEqual({});
  });

  it('comes from every version that somebody may still be in', () => {
    expect(movesTo(without('pause', 'night'), [without('pause'), without('night')], { pause: 'last' })).toEqual({
      4: 'last',
      5: null,
    });
  });

  it('is never what an object has by nature', () => {
    expect(movesTo(without('pause'), [program(before)], { pause: 'toString' })).toEqual({ 4: null });
    expect(movesTo(without('pause'), [program(before)], Object.create({ pause: 'last' }))).toEqual({ 4: null });
  });
});
