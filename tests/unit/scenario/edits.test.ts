import { describe, expect, it } from 'vitest';
import { addPiece, openPort, removal } from '@/components/scenario/edits';
import { cardHeight, freePlace, tidy } from '@/components/scenario/geometry';
import { emptyDocument } from '@/lib/core/document';
import { changed, node, smallScenario } from './drawing';

const edited = (document: ReturnType<typeof smallScenario>, edit: ReturnType<typeof addPiece>) =>
  changed(document, ...edit!.operations);

describe('adding a node', () => {
  it('behind a port stands one column to the right and is connected', () => {
    const edit = addPiece(smallScenario(), { kind: 'wait' }, { at: 'port', node: 'n3', port: 'sent' });
    const document = edited(smallScenario(), edit);
    const added = document.nodes.find(({ id }) => id === edit!.node)!;
    expect(added.position).toEqual({ x: 900, y: 0 });
    expect(document.edges).toContainEqual(expect.objectContaining({ from: 'n3', port: 'sent', to: added.id }));
  });

  it('between two nodes joins both sides and moves what follows out of the way', () => {
    const edit = addPiece(smallScenario(), { kind: 'wait' }, { at: 'edge', edge: 'e12' });
    const document = edited(smallScenario(), edit);
    expect(document.edges.map(({ from, port, to }) => `${from} ${port} ${to}`).sort()).toEqual(
      [`n1 out ${edit!.node}`, `${edit!.node} out n2`, 'n2 yes n3'].sort(),
    );
    expect(Object.fromEntries(document.nodes.map(({ id, position }) => [id, position.x]))).toEqual({
      n1: 0,
      [edit!.node]: 300,
      n2: 600,
      n3: 900,
    });
  });

  it('anywhere continues the selected node at its first open output', () => {
    const edit = addPiece(smallScenario(), { kind: 'webhook' }, { at: 'anywhere', selected: 'n2' });
    expect(edited(smallScenario(), edit).edges).toContainEqual(
      expect.objectContaining({ from: 'n2', port: 'no', to: edit!.node }),
    );
  });

  it('anywhere stands below everything when it is a trigger or nothing is selected', () => {
    for (const [kind, selected] of [
      ['now', 'n2'],
      ['wait', null],
    ] as const) {
      const edit = addPiece(smallScenario(), { kind }, { at: 'anywhere', selected });
      const document = edited(smallScenario(), edit);
      expect(document.edges).toHaveLength(2);
      expect(document.nodes.at(-1)!.position.y).toBeGreaterThan(cardHeight({ kind: 'webhook' }));
    }
  });

  it('of a preset brings its name and settings', () => {
    const piece = { kind: 'webhook' as const, name: 'Slack', settings: { url: 'https://hooks.example.com/1' } };
    const edit = addPiece(emptyDocument(), piece, { at: 'point', point: { x: 33, y: 47 } });
    const [added] = edited(emptyDocument(), edit).nodes;
    expect(added).toMatchObject({
      name: 'Slack',
      position: { x: 40, y: 40 },
      settings: { url: 'https://hooks.example.com/1', method: 'POST' },
    });
  });

  it('does nothing when its place is gone', () => {
    expect(addPiece(smallScenario(), { kind: 'wait' }, { at: 'edge', edge: 'gone' })).toBeNull();
    expect(addPiece(smallScenario(), { kind: 'wait' }, { at: 'port', node: 'gone', port: 'out' })).toBeNull();
  });
});

describe('removing a node', () => {
  it('that stands in a line joins its neighbours', () => {
    const document = changed(smallScenario(), ...removal(smallScenario(), ['n2'], []));
    expect(document.edges.map(({ from, port, to }) => `${from} ${port} ${to}`)).toEqual(['n1 out n3']);
  });

  it('at the end, or one of several, joins nothing', () => {
    expect(removal(smallScenario(), ['n3'], [])).toHaveLength(1);
    expect(removal(smallScenario(), ['n2', 'n3'], [])).toHaveLength(1);
  });
});

it('the open output of a node is the first that leads nowhere, else its first', () => {
  expect(openPort(smallScenario(), 'n2')).toBe('no');
  expect(openPort(smallScenario(), 'n1')).toBe('out');
  expect(openPort(smallScenario(), 'gone')).toBeNull();
});

describe('places', () => {
  const overlaps = (document: ReturnType<typeof smallScenario>) =>
    document.nodes.some((a) =>
      document.nodes.some(
        (b) =>
          a.id < b.id &&
          Math.abs(a.position.x - b.position.x) < 220 &&
          a.position.y < b.position.y + cardHeight(b) &&
          b.position.y < a.position.y + cardHeight(a),
      ),
    );

  it('are free: a node dropped on another goes below it', () => {
    const place = freePlace(smallScenario(), { x: 610, y: 10 }, 'wait');
    expect(place.x).toBe(620);
    expect(place.y).toBeGreaterThan(cardHeight({ kind: 'webhook' }));
  });

  it('after tidying go from left to right, lie on the grid and cover nothing', () => {
    let document = changed(emptyDocument(), {
      type: 'add',
      nodes: [node('n1', 'now', [500, 500])] as never,
      edges: [],
    });
    for (let i = 2; i <= 40; i++)
      document = changed(document, {
        type: 'add',
        nodes: [node(`n${i}`, 'condition', [0, 0])] as never,
        edges: [
          {
            id: `e${i}`,
            from: `n${i === 2 ? 1 : Math.floor(i / 2)}`,
            port: i === 2 ? 'out' : i % 2 ? 'yes' : 'no',
            to: `n${i}`,
          },
        ].filter(({ from }) => from !== 'n1' || i === 2),
      });
    const tidied = changed(document, { type: 'move', positions: tidy(document) });
    const x = (id: string) => tidied.nodes.find((each) => each.id === id)!.position.x;
    for (const edge of tidied.edges) expect(x(edge.to)).toBeGreaterThan(x(edge.from));
    for (const { position } of tidied.nodes) expect([position.x % 20, position.y % 20].map(Math.abs)).toEqual([0, 0]);
    expect(overlaps(tidied)).toBe(false);
  });

  it('of an empty document are none', () => {
    expect(tidy(emptyDocument())).toEqual({});
  });
});
