import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { compile, sourcesOf } from '../../../lib/core/compile.ts';
import { type Document, emptyDocument, nodeOf, reachableFrom } from '../../../lib/core/document.ts';
import { NODE_KINDS } from '../../../lib/core/node-kinds.ts';
import { templatesOf } from '../../../lib/core/node-templates.ts';
import { Program } from '../../../lib/core/program.ts';
import { anyDocument, connected, sampleDocument, withNode } from './documents.ts';

/** A source reads what it names; the real dialect is not needed to see what is carried where. */
const readsOf = (source: string) => ({ event: source.includes('event.'), webhook: source.includes('webhook.') });
const compiled = (document: Document) => compile(document, readsOf);
const carriedAfter = (document: Document, id: string) => compiled(document).nodes[id]!.after;

describe('a program', () => {
  it('knows the targets of every port, also of those that lead nowhere', () => {
    const { nodes } = compiled(sampleDocument());
    expect(nodes.start!.next).toEqual({ out: ['choice'] });
    expect(nodes.choice!.next).toEqual({ yes: ['send'], no: ['pause'] });
    expect(nodes.send!.next).toEqual({ sent: [], failed: [] });
  });

  it('forks where a port has several edges', () => {
    const { nodes } = compiled(connected(sampleDocument(), 'choice.yes>pause'));
    expect(nodes.choice!.next.yes).toEqual(['send', 'pause']);
  });

  it('begins at its triggers in the order of their numbers', () => {
    let document = withNode(sampleDocument(), 'on-event', 'second');
    document = { ...document, nodes: document.nodes.toReversed() };
    expect(compiled(document).entries).toEqual(['start', 'second']);
  });

  it('marks what an event can reach, and only that', () => {
    let document = withNode(sampleDocument(), 'on-event', 'bought');
    document = connected(document, 'bought.out>pause');
    const { nodes } = compiled(document);
    const marked = Object.keys(nodes).filter((id) => nodes[id]!.onEvent);
    expect(marked.sort()).toEqual(['bought', 'pause']);
  });

  it('of nothing is empty', () => {
    expect(compiled(emptyDocument())).toEqual({ schema: 1, entries: [], nodes: {}, moves: {} });
  });

  it('holds every node with its settings, fits its schema and survives JSON', () => {
    fc.assert(
      fc.property(anyDocument, (document) => {
        const program = compiled(document);
        expect(Program.parse(JSON.parse(JSON.stringify(program)))).toEqual(program);
        for (const node of document.nodes) expect(program.nodes[node.id]!.node).toEqual(node);
        const targets = Object.values(program.nodes).flatMap(({ next }) => Object.values(next).flat());
        expect(targets).toHaveLength(document.edges.length);
        expect(targets.every((id) => id in program.nodes)).toBe(true);
      }),
    );
  });
});

describe('what is carried', () => {
  /** bought → first → second → wait */
  function chain(change: { first?: string; second?: string } = {}): Document {
    let document = withNode(emptyDocument(), 'on-event', 'bought', { event: 'purchase' });
    document = withNode(document, 'webhook', 'first', { payload: change.first ?? '' });
    document = withNode(document, 'webhook', 'second', { payload: change.second ?? '' });
    document = withNode(document, 'wait', 'end');
    return connected(document, 'bought.out>first', 'first.sent>second', 'second.sent>end');
  }

  it('is nothing when nothing later reads it', () => {
    for (const id of ['bought', 'first', 'second', 'end'])
      expect(carriedAfter(chain(), id)).toEqual({ event: false, responses: false });
  });

  it('is the event up to the last node that reads it', () => {
    const document = chain({ second: '{{ event.total }}' });
    expect(carriedAfter(document, 'bought').event).toBe(true);
    expect(carriedAfter(document, 'first').event).toBe(true);
    expect(carriedAfter(document, 'second').event).toBe(false);
  });

  it('is the response from a webhook on to those that read it', () => {
    const document = chain({ second: '{{ webhook.id }}' });
    expect(carriedAfter(document, 'first').responses).toBe(true);
    expect(carriedAfter(document, 'second').responses).toBe(false);
  });

  it('is not kept for a node that reads it itself only', () => {
    expect(carriedAfter(chain({ first: '{{ event.total }}' }), 'first').event).toBe(false);
  });

  it('is kept over branches when one of them reads it', () => {
    let document = withNode(chain(), 'set-attribute', 'note', {
      attributes: [{ name: 'a', value: '{{ webhook.x }}' }],
    });
    document = connected(document, 'first.failed>note');
    expect(carriedAfter(document, 'first').responses).toBe(true);
    expect(carriedAfter(document, 'second').responses).toBe(false);
  });

  it('is what some reachable node reads, in every document', () => {
    fc.assert(
      fc.property(anyDocument, (document) => {
        const program = compiled(document);
        for (const { id } of document.nodes) {
          const behind = [...reachableFrom(document, id)].map((one) => nodeOf(document, one)!);
          const reads = behind.flatMap(sourcesOf).map(readsOf);
          expect(program.nodes[id]!.after).toEqual({
            event: reads.some((r) => r.event),
            responses: reads.some((r) => r.webhook),
          });
        }
      }),
    );
  });
});

describe('the sources of a node', () => {
  const sources = (document: Document, id: string) => sourcesOf(nodeOf(document, id)!);

  it('are all texts of a webhook, with the values of its parameters', () => {
    const document = withNode(emptyDocument(), 'webhook', 'send', {
      url: 'u',
      headers: [
        { name: 'X', value: 'h', secretId: null },
        { name: 'Y', value: 'never', secretId: 'sealed' },
      ],
      payload: 'p',
      root: 'never',
      parameters: { text: 'v' },
      tracked: [{ name: 'n', value: 't' }],
    });
    expect(sources(document, 'send').sort()).toEqual(['h', 'p', 't', 'u', 'v']);
  });

  it('include what finds each customer in the response of a batch', () => {
    const results = {
      path: 'results',
      key: { by: 'value' as const, field: 'to', template: '{{ event.phone }}' },
      successField: 'ok',
      successValues: ['true'],
      messageField: '',
    };
    const batch = withNode(emptyDocument(), 'webhook', 'send', { batch: true, root: 'r', customer: 'c', results });
    expect(sources(batch, 'send')).toContain('{{ event.phone }}');
    const single = withNode(emptyDocument(), 'webhook', 'send', { results });
    expect(sources(single, 'send')).not.toContain('{{ event.phone }}');
  });

  it('are an expression as Jinja, written with braces or without', () => {
    const condition = (mode: 'jinja' | 'filter', expression: string) =>
      sources(withNode(emptyDocument(), 'condition', 'c', { mode, expression }), 'c');
    expect(condition('jinja', 'event.total > 5')).toEqual(['{{ event.total > 5 }}']);
    expect(condition('jinja', '{{ event.total > 5 }}')).toEqual(['{{ event.total > 5 }}']);
    expect(condition('filter', 'event.total > 5')).toEqual([]);
  });

  it('are the values that are written and tracked', () => {
    let document = withNode(emptyDocument(), 'set-attribute', 'set', { attributes: [{ name: 'a', value: 'x' }] });
    document = withNode(document, 'add-event', 'add', { event: 'e', properties: [{ name: 'b', value: 'y' }] });
    expect(sources(document, 'set')).toEqual(['x']);
    expect(sources(document, 'add')).toEqual(['y']);
  });

  it('are none for kinds without templates', () => {
    for (const kind of ['now', 'on-event', 'wait'] as const)
      expect(sources(withNode(emptyDocument(), kind, 'n'), 'n')).toEqual([]);
  });

  it('name settings that exist, so that a fault can focus its field', () => {
    const document = withNode(sampleDocument(), 'webhook', 'rich', {
      headers: [{ name: 'X', value: 'h', secretId: null }],
      tracked: [{ name: 'n', value: 't' }],
    });
    for (const node of document.nodes) {
      for (const { field, source } of templatesOf(node)) {
        const found = field
          .split('.')
          .reduce<unknown>((at, step) => (at as Record<string, unknown>)[step], node.settings);
        expect(found).toBe(source);
      }
      expect(NODE_KINDS[node.kind].settings.safeParse(node.settings).success).toBe(true);
    }
  });
});
