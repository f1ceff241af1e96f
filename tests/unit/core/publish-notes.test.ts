import { describe, expect, it } from 'vitest';
import { changesBetween } from '../../../lib/core/changes.ts';
import { compile } from '../../../lib/core/compile.ts';
import { type Document, emptyDocument } from '../../../lib/core/document.ts';
import type { Kind, NodeSettings } from '../../../lib/core/node-kinds.ts';
import { applyAll, type Operation } from '../../../lib/core/operations.ts';
import { publishNotes } from '../../../lib/core/publish-notes.ts';
import { connected, withNode } from './documents.ts';

const compiled = (document: Document) =>
  compile(document, (source) => ({ event: source.includes('event.'), webhook: source.includes('webhook.') }));

function notes(before: Document, after: Document, { toCome = 0, isOpen = true } = {}): string[] {
  return publishNotes(changesBetween(before, after), {
    before: compiled(before),
    after: compiled(after),
    toCome,
    isOpen,
  });
}

const changed = (document: Document, ...operations: Operation[]): Document => applyAll(document, operations).document;
const alone = <K extends Kind>(kind: K, settings: Partial<NodeSettings<K>> = {}): Document =>
  withNode(emptyDocument(), kind, 'it', settings);

describe('a trigger that is added', () => {
  it.each([
    ['now', {}, 'Now (#1) lets nobody in until the scenario is stopped and started again.'],
    ['on-event', { event: 'purchase' }, 'On event (#1) lets customers in at each purchase from now on.'],
    [
      'repeat',
      { every: 'week', weekdays: [1], time: '08:30' },
      'Repeat (#1) fires every Mon at 08:30, counted from now on.',
    ],
    ['on-date', { at: '2099-12-24T08:30' }, 'On date (#1) fires on 2099-12-24 08:30, if that is still ahead.'],
    ['api-trigger', { triggerId: 't' }, 'API trigger (#1) lets everybody in at the next call.'],
  ] as const)('says what it does from then on: %s', (kind, settings, words) => {
    expect(notes(emptyDocument(), alone(kind, settings as never))).toEqual([words]);
  });

  it('lets nobody in while the scenario finishes', () => {
    expect(notes(emptyDocument(), alone('on-event', { event: 'visit' }), { isOpen: false })).toEqual([
      'On event (#1) lets nobody in, because the scenario is finishing.',
    ]);
  });
});

describe('a trigger that is deleted', () => {
  it.each([
    ['on-event', 'On event (#1) is deleted: events let nobody in by it any more.'],
    ['repeat', 'Repeat (#1) is deleted: its next firing is called off.'],
    ['on-date', 'On date (#1) is deleted: its date is called off.'],
    ['api-trigger', 'API trigger (#1) is deleted: calls let nobody in by it any more.'],
  ] as const)('says who comes no more: %s', (kind, words) => {
    expect(notes(alone(kind), emptyDocument())).toEqual([words]);
  });

  it('counts who of a Now trigger had not come in yet, and says nothing when all had', () => {
    expect(notes(alone('now'), emptyDocument(), { toCome: 3200 })).toEqual([
      expect.stringContaining('3,200 customers who have not entered yet do not enter'),
    ]);
    expect(notes(alone('now'), emptyDocument())).toEqual([]);
  });
});

describe('a trigger that is different', () => {
  it('says what counts from then on, unless it was only renamed or re-wired', () => {
    const before = withNode(alone('on-event', { event: 'purchase' }), 'wait', 'pause');
    const other = changed(before, { type: 'set', node: 'it', settings: { event: 'visit' } });
    expect(notes(before, other)).toEqual(['On event (#1) lets customers in at each visit from now on.']);
    expect(notes(before, changed(before, { type: 'rename', node: 'it', name: 'Bought' }))).toEqual([]);
    expect(notes(before, connected(before, 'it.out>pause'))).toEqual([]);
  });
});

describe('what templates find', () => {
  const path = (last: string) => {
    let document = withNode(alone('on-event', { event: 'purchase' }), 'webhook', 'first', { url: 'https://a.example' });
    document = withNode(document, 'wait', 'pause');
    document = withNode(document, 'webhook', 'last', { url: 'https://a.example', payload: last });
    return connected(document, 'it.out>first', 'first.sent>pause', 'pause.out>last');
  };

  it('is missing for those who have passed already, when nothing read it before', () => {
    expect(notes(path('{}'), path('{"id": "{{ webhook.id }}", "of": "{{ event.order }}"}'))).toEqual([
      expect.stringMatching(/^Answers of Webhook \(#2\) are kept from now on\. .* finds nothing\.$/),
      expect.stringMatching(/^The event of On event \(#1\) is kept from now on\. .* finds nothing\.$/),
    ]);
  });

  it('needs no word when it was read before, or is read no more', () => {
    const reads = path('{"id": "{{ webhook.id }}"}');
    expect(notes(reads, path('{"other": "{{ webhook.id }}"}'))).toEqual([]);
    expect(notes(reads, path('{}'))).toEqual([]);
  });
});
