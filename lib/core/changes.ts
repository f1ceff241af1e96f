import type { AnyNode, Document, Edge } from './document.ts';
import type { Kind } from './node-kinds.ts';
import type { Program } from './program.ts';
import { isSame } from './same.ts';
import { speedLimitOf } from './speed-limit.ts';

/** What one document says differently from another, and where people go whose node is not in it. */

/** A line from an output of a node to another node. */
export interface Wire {
  port: string;
  to: string;
}

/** A node that is new, is different, is gone, or whose outputs lead elsewhere. */
export interface NodeChange {
  id: string;
  number: number;
  /** As the later document says; the earlier one when the node is gone. */
  name: string;
  kind: Kind;
  change: 'added' | 'changed' | 'rewired' | 'removed';
  /** Names of the settings that differ, `name` when it was renamed; of changed nodes only. */
  settings: string[];
  /** Lines out of it that are new and that are gone; those of a node that is itself new or gone are not told. */
  linked: Wire[];
  unlinked: Wire[];
}

/**
 * The nodes that a document has otherwise than an earlier one, in the order of their numbers; where they stand on the canvas
 * does not count. A node that was removed and whose id another kind has since is told twice, as removed and as added.
 */
export function changesBetween(before: Document, after: Document): NodeChange[] {
  const earlier = new Map(before.nodes.map((node) => [node.id, node]));
  const changes: NodeChange[] = [];
  for (const node of after.nodes) {
    const old = earlier.get(node.id);
    if (!old || !isOneNode(old, node)) {
      changes.push(whole(node, 'added'));
      continue;
    }
    earlier.delete(node.id);
    const settings = [
      ...settingsThatDiffer(old, node),
      ...(speedLimitOf(before, node.id) === speedLimitOf(after, node.id) ? [] : ['speedLimit']),
    ];
    const linked = wiresNotIn(before.edges, after.edges, node.id);
    const unlinked = wiresNotIn(after.edges, before.edges, node.id);
    if (settings.length > 0 || linked.length > 0 || unlinked.length > 0)
      changes.push({ ...whole(node, settings.length > 0 ? 'changed' : 'rewired'), settings, linked, unlinked });
  }
  for (const node of earlier.values()) changes.push(removalOf(node));
  return changes.sort((a, b) => a.number - b.number);
}

/** The change of a node that is gone. */
export const removalOf = (node: AnyNode): NodeChange => whole(node, 'removed');

/** Whether two documents' nodes of one id are the same step: its number and kind never change. */
const isOneNode = (a: AnyNode, b: AnyNode): boolean => a.kind === b.kind && a.number === b.number;

const whole = ({ id, number, name, kind }: AnyNode, change: NodeChange['change']): NodeChange => ({
  id,
  number,
  name,
  kind,
  change,
  settings: [],
  linked: [],
  unlinked: [],
});

function settingsThatDiffer(old: AnyNode, node: AnyNode): string[] {
  const [before, after] = [old.settings, node.settings] as Record<string, unknown>[];
  const names = new Set([...Object.keys(before!), ...Object.keys(after!)]);
  return [
    ...(old.name === node.name ? [] : ['name']),
    ...[...names].filter((name) => !isSame(before![name], after![name])),
  ];
}

function wiresNotIn(others: readonly Edge[], edges: readonly Edge[], from: string): Wire[] {
  return edges
    .filter(
      (edge) => edge.from === from && !others.some((o) => o.from === from && o.port === edge.port && o.to === edge.to),
    )
    .map(({ port, to }) => ({ port, to }));
}

/**
 * Where people go on who stand at nodes that a program does not have, by the number of the node: a node of the program, or
 * null when they end there.
 * @param earlier programs that people may still be in, with what was decided for nodes that those did not have
 * @param answers by the id of a node that is gone: the id of a node of the program, or "end"; without an answer they end
 */
export function movesTo(
  program: Pick<Program, 'nodes'>,
  earlier: readonly Program[],
  answers: Readonly<Record<string, string>>,
): Program['moves'] {
  const numbers = new Set(Object.values(program.nodes).map(({ node }) => node.number));
  const answered = (id: string): string | null => {
    if (Object.hasOwn(program.nodes, id)) return id;
    const answer = Object.hasOwn(answers, id) ? answers[id]! : 'end';
    return Object.hasOwn(program.nodes, answer) ? answer : null;
  };
  const moves: Program['moves'] = {};
  for (const { moves: before, nodes } of earlier) {
    for (const [number, target] of Object.entries(before))
      if (!numbers.has(Number(number))) moves[number] = target === null ? null : answered(target);
    for (const { node } of Object.values(nodes)) if (!numbers.has(node.number)) moves[node.number] = answered(node.id);
  }
  return moves;
}
