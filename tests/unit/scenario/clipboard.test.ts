import { describe, expect, it } from 'vitest';
import { copyNodes, pasteNodes, readClip } from '@/components/scenario/clipboard';
import { emptyDocument } from '@/lib/core/document';
import { changed, node, smallScenario } from './drawing';

const withSecrets = () =>
  changed(smallScenario(), {
    type: 'set',
    node: 'n3',
    settings: {
      integrationId: 'i1',
      policyId: 'p1',
      url: 'https://api.example.com',
      headers: [{ name: 'X-Key', value: '', secretId: 's1' }],
    },
  });

describe('copy and paste', () => {
  it('brings nodes and the connections among them into another scenario under new ids and numbers', () => {
    const clip = readClip(copyNodes(smallScenario(), 'project', ['n2', 'n3']))!;
    const other = changed(emptyDocument(), { type: 'add', nodes: [node('n1', 'now', [0, 0])] as never, edges: [] });
    const { operation, nodes } = pasteNodes(other, clip, 'project', { x: 100, y: 100 });
    const document = changed(other, operation);
    expect(document.nodes.map(({ number, kind }) => `${number} ${kind}`)).toEqual([
      '1 now',
      '2 condition',
      '3 webhook',
    ]);
    expect(document.edges).toEqual([{ id: expect.any(String), from: nodes[0], port: 'yes', to: nodes[1] }]);
    expect(document.nodes[1]!.position).toEqual({ x: 100, y: 100 });
  });

  it('puts a copy beside the original, and a second one beside the first', () => {
    const clip = readClip(copyNodes(smallScenario(), 'project', ['n1']))!;
    let document = smallScenario();
    for (const expected of [40, 80]) {
      const { operation, nodes } = pasteNodes(document, clip, 'project', null);
      document = changed(document, operation);
      expect(document.nodes.find(({ id }) => id === nodes[0])!.position).toEqual({ x: expected, y: expected });
    }
  });

  it('leaves credentials, policies and secret headers behind when the project is another one', () => {
    const clip = readClip(copyNodes(withSecrets(), 'one', ['n3']))!;
    const pasted = (project: string) =>
      changed(emptyDocument(), pasteNodes(emptyDocument(), clip, project, null).operation).nodes[0]!.settings;
    expect(pasted('one')).toMatchObject({ integrationId: 'i1', policyId: 'p1', headers: [{ secretId: 's1' }] });
    expect(pasted('other')).toMatchObject({
      integrationId: null,
      policyId: null,
      headers: [{ name: 'X-Key', secretId: null }],
      url: 'https://api.example.com',
    });
  });

  it('is not taken for anything else', () => {
    expect(readClip('hello')).toBeNull();
    expect(readClip('{"hookline": "nodes"')).toBeNull();
    expect(readClip('{"hookline": "nodes", "schema": 2, "project": "p", "nodes": [], "edges": []}')).toBeNull();
  });
});
