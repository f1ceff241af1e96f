import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { type Document, emptyDocument, MAX_DOCUMENT_BYTES, nodeOf } from '../../../lib/core/document.ts';
import { errorsFirst, type Problem, problemsOf } from '../../../lib/core/problems.ts';
import { anyDocument, connected, sampleDocument, withNode } from './documents.ts';

/** A scenario without any fault: start → send. */
function faultless(): Document {
  let document = withNode(emptyDocument(), 'now', 'start');
  document = withNode(document, 'webhook', 'send', { url: 'https://api.example.com/v1' });
  return connected(document, 'start.out>send');
}
const messages = (document: Document) => problemsOf(document).map((problem) => problem.message);

describe('a scenario', () => {
  it('without a fault has no problems', () => {
    expect(problemsOf(faultless())).toEqual([]);
  });

  it('that is empty lacks a trigger and an action', () => {
    expect(problemsOf(emptyDocument())).toEqual([
      { severity: 'error', field: '', message: 'Add a trigger: nobody can enter yet.' },
      { severity: 'error', field: '', message: 'Add an action, such as a webhook: nothing would happen yet.' },
    ]);
  });

  it('with a trigger only lacks an action, and says that nothing follows', () => {
    expect(problemsOf(withNode(emptyDocument(), 'now', 'start'))).toEqual([
      { severity: 'error', field: '', message: 'Add an action, such as a webhook: nothing would happen yet.' },
      { severity: 'warning', field: '', nodeId: 'start', message: 'Nothing follows this trigger.' },
    ]);
  });

  it('warns of nodes that no trigger leads to, also when they are connected among themselves', () => {
    let document = withNode(faultless(), 'wait', 'lost');
    document = withNode(document, 'add-event', 'further', { event: 'e' });
    document = connected(document, 'lost.out>further');
    expect(problemsOf(document)).toEqual(
      ['lost', 'further'].map((nodeId) => ({
        severity: 'warning',
        field: '',
        nodeId,
        message: 'No trigger leads here, so no customer will come.',
      })),
    );
  });

  it('tells the faults of each node with its field', () => {
    const document = withNode(faultless(), 'on-event', 'bought');
    expect(problemsOf(document)[0]).toEqual({
      severity: 'error',
      field: 'event',
      nodeId: 'bought',
      message: 'Choose the event that lets customers in.',
    });
  });

  it('tells settings that do not fit their schema, as a stored document of another version may have', () => {
    const document = faultless();
    const send = nodeOf(document, 'send')!;
    const broken = {
      ...document,
      nodes: [document.nodes[0]!, { ...send, settings: { ...send.settings, batchSize: 5000 } } as typeof send],
    };
    expect(problemsOf(broken)).toMatchObject([
      { severity: 'error', nodeId: 'send', field: 'batchSize', message: expect.stringMatching(/^batchSize: .*1000/) },
    ]);
  });

  it('that is too large is told its size in bytes, not characters', () => {
    let document = faultless();
    for (let n = 0; n < 16; n++)
      document = withNode(document, 'webhook', `w${n}`, { url: 'https://a.example', payload: 'ä'.repeat(260_000) });
    expect(messages(document)[0]).toMatch(
      new RegExp(`^The scenario is 8\\d{6} bytes, the limit is ${MAX_DOCUMENT_BYTES}.$`),
    );
  });
});

describe('the order of problems', () => {
  it('is errors first, then by the numbers of nodes', () => {
    let document = withNode(faultless(), 'wait', 'lost');
    document = withNode(document, 'on-event', 'bought');
    document = withNode(document, 'set-attribute', 'set');
    document = connected(document, 'bought.out>set');
    document = { ...document, nodes: document.nodes.toReversed() };
    expect(problemsOf(document).map((p) => [p.severity, p.nodeId])).toEqual([
      ['error', 'bought'],
      ['error', 'set'],
      ['warning', 'lost'],
    ]);
  });

  it('is kept among equals and leaves the given list alone', () => {
    const problem = (severity: Problem['severity'], message: string): Problem => ({ severity, field: '', message });
    const given = [problem('warning', 'a'), problem('error', 'b'), problem('warning', 'c'), problem('error', 'd')];
    expect(errorsFirst(given).map((p) => p.message)).toEqual(['b', 'd', 'a', 'c']);
    expect(given.map((p) => p.message)).toEqual(['a', 'b', 'c', 'd']);
  });

  it('and their nodes hold for every document', () => {
    fc.assert(
      fc.property(anyDocument, (document) => {
        const problems = problemsOf(document);
        expect(errorsFirst(problems)).toEqual(problems);
        for (const { nodeId } of problems) if (nodeId) expect(nodeOf(document, nodeId)).toBeDefined();
      }),
    );
  });
});

describe('the sample of these tests', () => {
  it('has only the warning of its empty condition', () => {
    expect(messages(sampleDocument())).toEqual([
      'Add at least one criterion; an empty condition lets everyone through.',
    ]);
  });
});
