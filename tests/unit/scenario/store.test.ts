import { describe, expect, it } from 'vitest';
import type { SaveAnswer } from '@/components/scenario/autosave';
import { createEditor } from '@/components/scenario/store';
import type { Operation } from '@/lib/core/operations';
import { changed, node, smallScenario } from './drawing';

function setup(
  answer: (revision: number, operations: Operation[]) => SaveAnswer = (revision) => ({
    kind: 'saved',
    revision: revision + 1,
    problems: [],
  }),
) {
  const said: string[] = [];
  let time = 0;
  const store = createEditor({
    document: smallScenario(),
    revision: 1,
    problems: [],
    send: async (revision, operations) => answer(revision, operations),
    announce: (message, details) => said.push(details ? `${message} ${details}` : message),
    now: () => (time += 5000),
  });
  return { store, said, get: () => store.getState() };
}
const name = (editor: { document: { nodes: { id: string; name: string }[] } }, id: string) =>
  editor.document.nodes.find((each) => each.id === id)?.name;

describe('an open scenario', () => {
  it('shows an edit at once, undoes and redoes it, and saves all three', async () => {
    const sent: Operation[] = [];
    const { get } = setup((revision, operations) => {
      sent.push(...operations);
      return { kind: 'saved', revision: revision + 1, problems: [] };
    });
    expect(get().edit([{ type: 'rename', node: 'n3', name: 'Send SMS' }])).toBeNull();
    expect(name(get(), 'n3')).toBe('Send SMS');
    await get().flush();
    get().undo();
    expect(name(get(), 'n3')).toBe('Webhook');
    await get().flush();
    get().redo();
    expect(name(get(), 'n3')).toBe('Send SMS');
    await get().flush();
    expect(sent.map((operation) => operation.type === 'rename' && operation.name)).toEqual([
      'Send SMS',
      'Webhook',
      'Send SMS',
    ]);
    expect(get().saved.kind).toBe('saved');
  });

  it('brings a deleted node back with its connections and its number', () => {
    const { get } = setup();
    const before = get().document;
    get().edit([{ type: 'remove', nodes: ['n2'], edges: [] }]);
    expect(get().document.edges).toEqual([]);
    get().undo();
    expect(new Set(get().document.edges.map(({ id }) => id))).toEqual(new Set(before.edges.map(({ id }) => id)));
    expect(get().document.nodes.find(({ id }) => id === 'n2')?.number).toBe(2);
  });

  it('refuses an edit with the reason and changes nothing', () => {
    const { get } = setup();
    const before = get().document;
    const circle: Operation = { type: 'add', nodes: [], edges: [{ id: 'x', from: 'n3', port: 'sent', to: 'n2' }] };
    expect(get().edit([circle])).toMatch(/circle/);
    expect(get().document).toBe(before);
    expect(get().history.past).toEqual([]);
  });

  it('deselects what an edit removes', () => {
    const { get } = setup();
    get().select({ nodes: ['n2', 'n3'], edges: ['e23'] });
    get().edit([{ type: 'remove', nodes: ['n3'], edges: [] }]);
    expect(get().selection).toEqual({ nodes: ['n2'], edges: [] });
  });

  it('puts unsaved edits on top of what somebody else saved first, and names what no longer fits', async () => {
    const theirs = changed(smallScenario(), { type: 'remove', nodes: ['n3'], edges: [] });
    const { get, said } = setup((revision) =>
      revision === 1
        ? { kind: 'conflict', revision: 5, document: theirs }
        : { kind: 'saved', revision: revision + 1, problems: [] },
    );
    get().edit([{ type: 'rename', node: 'n3', name: 'Send SMS' }]);
    get().edit([{ type: 'rename', node: 'n2', name: 'Has a phone' }]);
    expect(await get().flush()).toBe(true);
    expect(get().document.nodes.map((each) => each.name)).toEqual(['Now', 'Has a phone']);
    expect(said).toHaveLength(1);
    expect(said[0]).toMatch(/one change of yours no longer fits/);
    expect(get().revision()).toBe(6);
  });

  it('says so when an undo no longer fits', async () => {
    const theirs = changed(smallScenario(), { type: 'remove', nodes: ['n3'], edges: [] });
    const { get, said } = setup();
    get().edit([{ type: 'rename', node: 'n3', name: 'Send SMS' }]);
    await get().flush();
    get().adopt({ revision: 9, document: theirs, problems: [] });
    get().undo();
    expect(said[0]).toMatch(/cannot be undone/);
    expect(get().history.past).toEqual([]);
  });

  it('takes a newer document of the server only while nothing is waiting to be saved', async () => {
    const { get } = setup();
    const newer = changed(smallScenario(), { type: 'rename', node: 'n1', name: 'Begin' });
    get().edit([{ type: 'rename', node: 'n2', name: 'Mine' }]);
    get().adopt({ revision: 4, document: newer, problems: [] });
    expect(name(get(), 'n1')).toBe('Now');
    await get().flush();
    get().adopt({ revision: 4, document: newer, problems: [] });
    expect(name(get(), 'n1')).toBe('Begin');
    get().adopt({ revision: 2, document: smallScenario(), problems: [] });
    expect(name(get(), 'n1')).toBe('Begin');
  });

  it('shows a fault of the document at once and forgets it as soon as it is mended', () => {
    const { get } = setup();
    const urlFault = () => get().problems.find(({ nodeId, field }) => nodeId === 'n3' && field === 'url');
    expect(urlFault()?.severity).toBe('error');
    get().edit([{ type: 'set', node: 'n3', settings: { url: 'https://api.example.com' } }]);
    expect(urlFault()).toBeUndefined();
  });

  it('keeps what only the server can find, until its node is gone', async () => {
    const found = { severity: 'error' as const, nodeId: 'n3', field: 'policyId', message: 'The policy is gone.' };
    const { get } = setup((revision) => ({ kind: 'saved', revision: revision + 1, problems: [found] }));
    get().edit([{ type: 'move', positions: { n1: { x: 40, y: 0 } } }]);
    await get().flush();
    expect(get().problems).toContainEqual(found);
    get().edit([{ type: 'remove', nodes: ['n3'], edges: [] }]);
    expect(get().problems).not.toContainEqual(found);
  });

  it('closes the editor of a webhook that somebody else deleted', async () => {
    const { get } = setup();
    get().open('n3');
    get().adopt({
      revision: 9,
      document: changed(smallScenario(), { type: 'remove', nodes: ['n3'], edges: [] }),
      problems: [],
    });
    expect(get().opened).toBeNull();
  });

  it('opens a webhook on its text, and on its test where that was asked for', () => {
    const { get } = setup();
    get().open('n3', 'test');
    expect(get()).toMatchObject({ opened: 'n3', openedOn: 'test' });
    get().open('n3');
    expect(get()).toMatchObject({ opened: 'n3', openedOn: 'editor' });
  });

  it('gives a pasted node a number of its own in every open window', async () => {
    const { get } = setup();
    get().edit([{ type: 'add', nodes: [node('n4', 'wait', [0, 0])] as never, edges: [] }]);
    get().edit([{ type: 'add', nodes: [{ ...node('n4', 'wait', [0, 0]), id: 'm4' }] as never, edges: [] }]);
    expect(get().document.nodes.map(({ number }) => number)).toEqual([1, 2, 3, 4, 5]);
  });
});
