import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  AnyNode,
  Document,
  emptyDocument,
  newNode,
  nodeOf,
  reachableFrom,
  webhooksBefore,
} from '../../../lib/core/document.ts';
import { apply } from '../../../lib/core/operations.ts';
import { anyDocument, connected, sampleDocument, withNode } from './documents.ts';

describe('a document', () => {
  it('starts empty and valid', () => {
    expect(Document.parse(emptyDocument())).toEqual({ schema: 1, nextNumber: 1, nodes: [], edges: [] });
  });

  it('is the same after being stored and read', () => {
    fc.assert(
      fc.property(anyDocument, (document) => {
        expect(Document.parse(JSON.parse(JSON.stringify(document)))).toEqual(document);
      }),
    );
  });

  it('refuses a kind that does not exist, and settings of another kind', () => {
    const node = { id: 'a', number: 1, name: 'A', position: { x: 0, y: 0 } };
    expect(AnyNode.safeParse({ ...node, kind: 'teleport', settings: {} }).success).toBe(false);
    expect(AnyNode.safeParse({ ...node, kind: 'wait', settings: { amount: 'long' } }).success).toBe(false);
    expect(AnyNode.safeParse({ ...node, kind: 'wait', settings: { amount: 2, unit: 'days' } }).success).toBe(true);
  });

  it('fills in settings that an older version did not have', () => {
    const old = { id: 'a', number: 1, name: 'A', kind: 'webhook', position: { x: 0, y: 0 }, settings: { url: 'x' } };
    expect(AnyNode.parse(old).settings).toMatchObject({ url: 'x', method: 'POST', batchSize: 1000, format: 'json' });
  });

  it('refuses ids that could be read as markup or paths, and places that are nowhere', () => {
    const parse = (change: object) =>
      AnyNode.safeParse({ ...newNode(emptyDocument(), 'now', 'a', { x: 0, y: 0 }), ...change }).success;
    expect(parse({ id: 'node_A-1' })).toBe(true);
    for (const id of ['', '<b>', 'a/b', 'a b', 'ä', 'x'.repeat(41)]) expect(parse({ id })).toBe(false);
    expect(parse({ position: { x: Number.NaN, y: 0 } })).toBe(false);
    expect(parse({ position: { x: Number.POSITIVE_INFINITY, y: 0 } })).toBe(false);
    expect(parse({ number: 0 })).toBe(false);
    for (const name of ['', '   ', 'x'.repeat(201)]) expect(parse({ name })).toBe(false);
  });

  it('of another schema is refused', () => {
    expect(Document.safeParse({ ...emptyDocument(), schema: 2 }).success).toBe(false);
  });
});

describe('a new node', () => {
  it('has the next number, the title of its kind and blank settings of its own', () => {
    const document = sampleDocument();
    const first = newNode(document, 'set-attribute', 'x', { x: 8, y: 16 });
    expect(first).toEqual({
      id: 'x',
      number: 5,
      kind: 'set-attribute',
      name: 'Set attribute',
      position: { x: 8, y: 16 },
      settings: { attributes: [{ name: '', value: '' }] },
    });
    expect(newNode(document, 'set-attribute', 'y', { x: 0, y: 0 }).settings).not.toBe(first.settings);
    expect(nodeOf(document, 'x')).toBeUndefined();
  });
});

describe('what can be reached', () => {
  it('is everything behind a node by any port, itself not included', () => {
    const document = sampleDocument();
    expect([...reachableFrom(document, 'start')].sort()).toEqual(['choice', 'pause', 'send']);
    expect([...reachableFrom(document, 'choice')].sort()).toEqual(['pause', 'send']);
    expect(reachableFrom(document, 'send').size).toBe(0);
    expect(reachableFrom(document, 'gone').size).toBe(0);
  });

  it('goes on from what is reached, in every document', () => {
    fc.assert(
      fc.property(anyDocument, (document) => {
        for (const { id } of document.nodes) {
          const behind = reachableFrom(document, id);
          for (const edge of document.edges)
            if (edge.from === id || behind.has(edge.from)) expect(behind.has(edge.to)).toBe(true);
        }
      }),
    );
  });
});

describe('the webhooks before a node', () => {
  /** Drawn backwards: the one that runs first was added last. */
  function chain(): Document {
    let document = withNode(emptyDocument(), 'webhook', 'third');
    document = withNode(document, 'webhook', 'second');
    document = withNode(document, 'webhook', 'first');
    document = withNode(document, 'now', 'start');
    document = withNode(document, 'wait', 'end');
    return connected(document, 'start.out>first', 'first.sent>second', 'second.sent>third', 'third.sent>end');
  }

  it('come in the order in which a journey meets them, however they were drawn', () => {
    expect(webhooksBefore(chain(), 'end').map((node) => node.id)).toEqual(['first', 'second', 'third']);
    expect(webhooksBefore(chain(), 'second').map((node) => node.id)).toEqual(['first']);
    expect(webhooksBefore(chain(), 'start')).toEqual([]);
  });

  it('are only those with a way to it', () => {
    let document = withNode(chain(), 'webhook', 'aside');
    document = connected(document, 'start.out>aside');
    expect(webhooksBefore(document, 'end').map((node) => node.id)).not.toContain('aside');
  });

  it('of two branches that meet are told by their numbers', () => {
    let document = withNode(emptyDocument(), 'condition', 'choice');
    document = withNode(document, 'webhook', 'left');
    document = withNode(document, 'webhook', 'right');
    document = withNode(document, 'wait', 'end');
    document = connected(document, 'choice.yes>left', 'choice.no>right', 'left.sent>end', 'right.sent>end');
    expect(webhooksBefore(document, 'end').map((node) => node.number)).toEqual([2, 3]);
  });

  it('never come before one that leads to them', () => {
    fc.assert(
      fc.property(anyDocument, (document) => {
        for (const { id } of document.nodes) {
          const before = webhooksBefore(document, id);
          before.forEach((node, i) => {
            const behind = reachableFrom(document, node.id);
            expect(before.slice(0, i).some((earlier) => behind.has(earlier.id))).toBe(false);
          });
        }
      }),
    );
  });

  it('do not include the node itself', () => {
    const document = apply(chain(), { type: 'remove', nodes: ['second'], edges: [] }).document;
    expect(webhooksBefore(document, 'third')).toEqual([]);
  });
});
