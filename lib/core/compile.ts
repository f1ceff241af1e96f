import type { AnyNode, Document } from './document.ts';
import { reachableFrom } from './document.ts';
import { NODE_KINDS } from './node-kinds.ts';
import { templatesOf } from './node-templates.ts';
import type { Carry, Program } from './program.ts';
import { speedLimitOf } from './speed-limit.ts';

/** What one template reads of the things that a journey carries. */
export interface TemplateReads {
  event: boolean;
  webhook: boolean;
}

/**
 * Compiles a document without errors (see `problemsOf`) to the program that runs: targets by port, and for each node
 * what must still be carried behind it because a later node reads it.
 * @param readsOf tells what a Jinja source reads; given by the caller because this room does not know the dialect
 */
export function compile(document: Document, readsOf: (source: string) => TemplateReads): Program {
  const reads = new Map(document.nodes.map((node) => [node.id, readsOfNode(node, readsOf)]));
  const behind = new Map(document.nodes.map((node) => [node.id, reachableFrom(document, node.id)]));
  const byEvent = new Set(
    document.nodes.filter((n) => n.kind === 'on-event').flatMap((n) => [n.id, ...behind.get(n.id)!]),
  );
  const nodes: Program['nodes'] = {};
  for (const node of document.nodes) {
    const next: Record<string, string[]> = {};
    for (const port of NODE_KINDS[node.kind].ports)
      next[port] = document.edges.filter((e) => e.from === node.id && e.port === port).map((e) => e.to);
    nodes[node.id] = {
      node,
      next,
      after: union([...behind.get(node.id)!].map((id) => reads.get(id)!)),
      onEvent: byEvent.has(node.id),
      speedLimit: speedLimitOf(document, node.id),
    };
  }
  const entries = document.nodes
    .filter((node) => NODE_KINDS[node.kind].family === 'trigger')
    .sort((a, b) => a.number - b.number);
  return { schema: 1, entries: entries.map((node) => node.id), nodes, moves: {} };
}

const union = (all: TemplateReads[]): Carry => ({
  event: all.some((r) => r.event),
  responses: all.some((r) => r.webhook),
});

function readsOfNode(node: AnyNode, readsOf: (source: string) => TemplateReads): TemplateReads {
  const all = sourcesOf(node).map(readsOf);
  return { event: all.some((r) => r.event), webhook: all.some((r) => r.webhook) };
}

/** Every Jinja source of a node, values of parameters included; expressions are given as `{{ … }}`. */
export function sourcesOf(node: AnyNode): string[] {
  return [
    ...templatesOf(node).map(({ source, isExpression }) =>
      isExpression && !source.includes('{{') ? `{{ ${source} }}` : source,
    ),
    ...(node.kind === 'webhook' ? Object.values(node.settings.parameters) : []),
  ];
}
