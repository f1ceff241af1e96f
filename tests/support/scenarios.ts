import { type Document, emptyDocument, newNode } from '../../lib/core/document.ts';
import type { Kind, NodeSettings } from '../../lib/core/node-kinds.ts';
import { apply } from '../../lib/core/operations.ts';
import { prisma } from '../../lib/db/index.ts';

export type Step = { [K in Kind]: [kind: K, settings: Partial<NodeSettings<K>>] }[Kind];

/** Nodes n1, n2 … in a row, each behind the one before by its first port. */
export function rowOf(...steps: Step[]): Document {
  let document = emptyDocument();
  for (const [kind, settings] of steps) {
    const number = document.nextNumber;
    const node = newNode(document, kind, `n${number}`, { x: number * 300, y: 0 });
    const before = document.nodes.at(-1);
    const port = before?.kind === 'webhook' ? 'sent' : before?.kind === 'condition' ? 'yes' : 'out';
    document = apply(document, {
      type: 'add',
      nodes: [{ ...node, settings: { ...node.settings, ...settings } } as never],
      edges: before ? [{ id: `e${number}`, from: before.id, port, to: node.id }] : [],
    }).document;
  }
  return document;
}

/** A webhook that is ready to start. */
export const webhookStep = (settings: Partial<NodeSettings<'webhook'>> = {}): Step => [
  'webhook',
  { url: 'https://api.example.com/v1/messages', payload: '{"id": "{{ customer.email }}"}', ...settings },
];

/** Stores a scenario with this draft. */
export async function storeScenario(projectId: string, document: Document, name = 'Spring SMS'): Promise<string> {
  return (await prisma().scenario.create({ data: { projectId, name, draft: document as object } })).id;
}

/** Customers with these properties, in this order; gives their ids. */
export async function addCustomers(projectId: string, all: Record<string, unknown>[]): Promise<string[]> {
  const rows = await prisma().customer.createManyAndReturn({
    data: all.map((properties) => ({ projectId, properties: properties as object })),
    select: { id: true },
  });
  return rows.map(({ id }) => String(id));
}
