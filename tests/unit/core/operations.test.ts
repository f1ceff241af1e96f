import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { Document, emptyDocument, MAX_NODES, newNode, nodeOf, reachableFrom } from '../../../lib/core/document.ts';
import { NODE_KINDS } from '../../../lib/core/node-kinds.ts';
import { apply, applyAll, Operation, OperationError } from '../../../lib/core/operations.ts';
import { anyOperation, applyFitting, connected, edge, sampleDocument, withNode } from './documents.ts';

/** What a document means: the order of its lists and the numbers that were given away do not matter. */
function meaning(document: Document) {
  const byId = (a: { id: string }, b: { id: string }) => a.id.localeCompare(b.id);
  return { nodes: [...document.nodes].sort(byId), edges: [...document.edges].sort(byId) };
}

function refusal(document: Document, operation: Operation): string {
  try {
    apply(document, operation);
  } catch (error) {
    if (error instanceof OperationError) return error.message;
    throw error;
  }
  throw new Error('The operation was taken.');
}

const operations = fc.array(anyOperation, { maxLength: 25 });

describe('any sequence of operations', () => {
  it('is undone by its inverses, step by step', () => {
    fc.assert(
      fc.property(operations, (all) => {
        const { done } = applyFitting(emptyDocument(), all);
        for (const step of done.toReversed())
          expect(meaning(apply(step.after, step.inverse).document)).toEqual(meaning(step.before));
      }),
    );
  });

  it('is undone as a whole, and done again by undoing that', () => {
    fc.assert(
      fc.property(operations, (all) => {
        const { document, done } = applyFitting(emptyDocument(), all);
        const undone = applyAll(document, done.map((step) => step.inverse).toReversed());
        expect(meaning(undone.document)).toEqual(meaning(emptyDocument()));
        expect(meaning(applyAll(undone.document, undone.inverses).document)).toEqual(meaning(document));
      }),
    );
  });

  it('survives JSON: what the browser sends is what the server applies', () => {
    fc.assert(
      fc.property(operations, (all) => {
        const sent = all.map((one) => Operation.safeParse(JSON.parse(JSON.stringify(one))));
        const taken = sent.flatMap((one) => (one.success ? [one.data] : []));
        const { document, done } = applyFitting(emptyDocument(), taken);
        const inverses = done.map((step) => Operation.parse(JSON.parse(JSON.stringify(step.inverse)))).toReversed();
        expect(meaning(applyAll(document, inverses).document)).toEqual(meaning(emptyDocument()));
      }),
    );
  });

  it('leaves a valid document: schema, unique ids and numbers, edges that fit, no circle', () => {
    fc.assert(
      fc.property(operations, (all) => {
        const { document } = applyFitting(emptyDocument(), all);
        expect(Document.safeParse(document).error).toBeUndefined();
        const { nodes, edges } = document;
        expect(new Set(nodes.map((n) => n.id)).size).toBe(nodes.length);
        expect(new Set(nodes.map((n) => n.number)).size).toBe(nodes.length);
        expect(new Set(edges.map((e) => e.id)).size).toBe(edges.length);
        expect(nodes.every((n) => n.number < document.nextNumber)).toBe(true);
        for (const one of edges) {
          expect(NODE_KINDS[nodeOf(document, one.from)!.kind].ports).toContain(one.port);
          expect(NODE_KINDS[nodeOf(document, one.to)!.kind].family).not.toBe('trigger');
        }
        for (const node of nodes) expect(reachableFrom(document, node.id).has(node.id)).toBe(false);
      }),
    );
  });

  it('never changes the document that it is applied to', () => {
    fc.assert(
      fc.property(operations, anyOperation, (all, last) => {
        const { document } = applyFitting(emptyDocument(), all);
        const before = structuredClone(document);
        applyFitting(document, [last]);
        expect(document).toEqual(before);
      }),
    );
  });
});

describe('adding', () => {
  it('keeps a free number and gives the next free one for a taken one', () => {
    const document = sampleDocument();
    expect(document.nodes.map((n) => n.number)).toEqual([1, 2, 3, 4]);
    const copies = document.nodes.slice(1, 3).map((node) => ({ ...node, id: `${node.id}-copy` }));
    const pasted = apply(document, { type: 'add', nodes: copies, edges: [edge('choice-copy.yes>send-copy')] }).document;
    expect(nodeOf(pasted, 'choice-copy')!.number).toBe(5);
    expect(nodeOf(pasted, 'send-copy')!.number).toBe(6);
    expect(pasted.nextNumber).toBe(7);
  });

  it('never gives the number of a removed node to a new one', () => {
    const without = apply(sampleDocument(), { type: 'remove', nodes: ['pause'], edges: [] }).document;
    expect(newNode(without, 'wait', 'later', { x: 0, y: 0 }).number).toBe(5);
  });

  it('refuses an id that is taken', () => {
    const document = sampleDocument();
    expect(refusal(document, { type: 'add', nodes: [document.nodes[0]!], edges: [] })).toBe(
      'There already is a node start.',
    );
  });

  it(`refuses more than ${MAX_NODES} nodes and takes exactly as many`, () => {
    let document = emptyDocument();
    for (let n = 0; n < MAX_NODES; n++) document = withNode(document, 'wait', `n${n}`);
    expect(document.nodes).toHaveLength(MAX_NODES);
    expect(refusal(document, { type: 'add', nodes: [newNode(document, 'wait', 'x', { x: 0, y: 0 })], edges: [] })).toBe(
      'A scenario has at most 100 nodes.',
    );
  });

  it('refuses more edges than a document may hold', () => {
    let document = emptyDocument();
    for (let n = 0; n < 60; n++) document = withNode(document, 'condition', `n${n}`);
    const paths: string[] = [];
    for (let from = 0; from < 60; from++)
      for (let to = from + 1; to < 60; to++) paths.push(`n${from}.yes>n${to}`, `n${from}.no>n${to}`);
    document = { ...document, edges: paths.slice(0, 1000).map(edge) };
    expect(Document.safeParse(document).success).toBe(true);
    expect(refusal(document, { type: 'add', nodes: [], edges: [edge(paths[1000]!)] })).toBe(
      'A scenario has at most 1000 connections.',
    );
  });
});

describe('connecting', () => {
  const connect = (path: string, document = sampleDocument()) =>
    refusal(document, { type: 'add', nodes: [], edges: [edge(path)] });

  it('refuses what is not there', () => {
    const gone = 'This node is no longer there: somebody else removed it.';
    expect(connect('nobody.out>send')).toBe(gone);
    expect(connect('start.out>nobody')).toBe(gone);
  });

  it('refuses a port that the node does not have', () => {
    expect(connect('choice.sent>pause')).toBe('Condition has no output “sent”.');
  });

  it('refuses an edge into a trigger', () => {
    expect(connect('choice.yes>start')).toBe('A trigger has no input: it is where customers enter.');
  });

  it('refuses circles, long and short', () => {
    expect(connect('send.sent>choice')).toBe('This would make a circle; customers would never leave it.');
    expect(connect('choice.yes>choice')).toBe('This would make a circle; customers would never leave it.');
  });

  it('refuses the same connection twice, by its ends or by its id', () => {
    expect(connect('start.out>choice')).toBe('There already is an edge start-out-choice.');
    const again = { ...edge('start.out>choice'), id: 'other' };
    expect(refusal(sampleDocument(), { type: 'add', nodes: [], edges: [again] })).toBe(
      'These two are connected already.',
    );
  });

  it('lets a port fork and ways meet', () => {
    const document = connected(sampleDocument(), 'choice.yes>pause', 'send.sent>pause');
    expect(document.edges).toHaveLength(5);
  });
});

describe('removing', () => {
  it('takes the edges of a node along and brings all back when undone', () => {
    const document = sampleDocument();
    const { document: without, inverse } = apply(document, { type: 'remove', nodes: ['choice'], edges: [] });
    expect(without.nodes.map((n) => n.id)).toEqual(['start', 'send', 'pause']);
    expect(without.edges).toEqual([]);
    expect(meaning(apply(without, inverse).document)).toEqual(meaning(document));
  });

  it('takes a named edge only', () => {
    const without = apply(sampleDocument(), { type: 'remove', nodes: [], edges: ['choice-no-pause'] }).document;
    expect(without.edges.map((e) => e.id)).toEqual(['start-out-choice', 'choice-yes-send']);
    expect(without.nodes).toHaveLength(4);
  });

  it('passes over what somebody else removed already', () => {
    const document = sampleDocument();
    const { document: same, inverse } = apply(document, { type: 'remove', nodes: ['gone'], edges: ['gone'] });
    expect(same).toEqual(document);
    expect(inverse).toEqual({ type: 'add', nodes: [], edges: [] });
  });
});

describe('moving', () => {
  it('moves those that are there and remembers only their old places', () => {
    const { document, inverse } = apply(sampleDocument(), {
      type: 'move',
      positions: { send: { x: 40, y: 80 }, gone: { x: 1, y: 1 } },
    });
    expect(nodeOf(document, 'send')!.position).toEqual({ x: 40, y: 80 });
    expect(inverse).toEqual({ type: 'move', positions: { send: { x: 0, y: 0 } } });
  });
});

describe('setting', () => {
  const set = (node: string, settings: Record<string, unknown>): Operation => ({ type: 'set', node, settings });

  it('replaces the named settings and keeps the others', () => {
    const { document, inverse } = apply(sampleDocument(), set('send', { method: 'PUT', batch: true }));
    expect(nodeOf(document, 'send')!.settings).toMatchObject({
      method: 'PUT',
      batch: true,
      url: 'https://api.example.com/v1/messages',
    });
    expect(inverse).toEqual(set('send', { method: 'POST', batch: false }));
  });

  it('refuses a value that the setting may not have and says which', () => {
    expect(refusal(sampleDocument(), set('send', { batchSize: 1001 }))).toMatch(/^Webhook: batchSize: .*1000/);
    expect(refusal(sampleDocument(), set('pause', { unit: 'moons' }))).toMatch(/^Wait: unit: /);
    expect(refusal(sampleDocument(), set('send', { headers: [{ name: 7 }] }))).toMatch(/^Webhook: headers\.0\.name: /);
  });

  it('drops settings that the kind does not know', () => {
    const { document } = apply(sampleDocument(), set('pause', { amount: 3, password: 'secret' }));
    expect(nodeOf(document, 'pause')!.settings).toEqual({ amount: 3, unit: 'hours' });
  });

  it('refuses a node that is gone', () => {
    expect(refusal(sampleDocument(), set('gone', {}))).toMatch(/no longer there/);
    expect(refusal(sampleDocument(), { type: 'rename', node: 'gone', name: 'x' })).toMatch(/no longer there/);
  });
});

describe('a name', () => {
  it('is changed and changed back', () => {
    const { document, inverse } = apply(sampleDocument(), { type: 'rename', node: 'send', name: 'Send SMS' });
    expect(nodeOf(document, 'send')!.name).toBe('Send SMS');
    expect(inverse).toEqual({ type: 'rename', node: 'send', name: 'Webhook' });
  });

  it('is trimmed and never empty', () => {
    expect(Operation.parse({ type: 'rename', node: 'send', name: '  Send SMS ' })).toMatchObject({ name: 'Send SMS' });
    const empty = Operation.safeParse({ type: 'rename', node: 'send', name: '   ' });
    expect(empty.error?.issues[0]?.message).toBe('A node needs a name.');
  });
});

describe('several operations', () => {
  it('are applied all or none', () => {
    const document = sampleDocument();
    const all: Operation[] = [
      { type: 'rename', node: 'send', name: 'First' },
      { type: 'rename', node: 'gone', name: 'Second' },
    ];
    expect(() => applyAll(document, all)).toThrow(OperationError);
    expect(document).toEqual(sampleDocument());
  });

  it('are undone in the opposite order', () => {
    const document = sampleDocument();
    const { document: after, inverses } = applyAll(document, [
      { type: 'remove', nodes: ['pause'], edges: [] },
      { type: 'add', nodes: [newNode(document, 'wait', 'other', { x: 0, y: 0 })], edges: [] },
      { type: 'add', nodes: [], edges: [edge('choice.no>other')] },
    ]);
    expect(inverses.map((one) => one.type)).toEqual(['remove', 'remove', 'add']);
    expect(meaning(applyAll(after, inverses).document)).toEqual(meaning(document));
  });
});
