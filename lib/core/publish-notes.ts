import type { NodeChange } from './changes.ts';
import type { AnyNode } from './document.ts';
import { describeRepeat, NODE_KINDS } from './node-kinds.ts';
import type { Program } from './program.ts';

/** What a change of a running scenario means beyond the nodes themselves: who comes in from then on, what templates find. */

interface Facts {
  before: Program;
  after: Program;
  /** Customers of a Now trigger's audience who have not entered yet. */
  toCome: number;
  /** Whether anybody may still come in; not while the scenario is finishing. */
  isOpen: boolean;
}

/** Sentences for whoever is about to publish, in the order of the nodes' numbers. */
export function publishNotes(changes: readonly NodeChange[], facts: Facts): string[] {
  const notes = changes.flatMap((change) => {
    const node = (change.change === 'removed' ? facts.before : facts.after).nodes[change.id]?.node;
    return node && NODE_KINDS[node.kind].family === 'trigger' ? (noteOfTrigger(change, node, facts) ?? []) : [];
  });
  return [...notes, ...notesOfCarry(facts)];
}

const labelOf = ({ name, number }: { name: string; number: number }): string => `${name} (#${number})`;

function noteOfTrigger(change: NodeChange, node: AnyNode, { toCome, isOpen }: Facts): string | null {
  const label = labelOf(change);
  const isGone = change.change === 'removed';
  const isPlanned =
    change.change === 'added' || (change.change === 'changed' && change.settings.some((s) => s !== 'name'));
  if (!isGone && !isPlanned) return null;
  if (!isGone && !isOpen) return `${label} lets nobody in, because the scenario is finishing.`;
  switch (node.kind) {
    case 'now':
      if (!isGone) return `${label} lets nobody in until the scenario is stopped and started again.`;
      return toCome > 0
        ? `${label} is deleted: ${toCome.toLocaleString('en')} customers who have not entered yet do not enter, unless another Now trigger lets them in.`
        : null;
    case 'on-event':
      if (isGone) return `${label} is deleted: events let nobody in by it any more.`;
      return `${label} lets customers in at each ${node.settings.event || 'event'} from now on.`;
    case 'repeat':
      if (isGone) return `${label} is deleted: its next firing is called off.`;
      return `${label} fires ${describeRepeat(node.settings)}, counted from now on.`;
    case 'on-date':
      if (isGone) return `${label} is deleted: its date is called off.`;
      return `${label} fires on ${NODE_KINDS['on-date'].summary(node.settings)}, if that is still ahead.`;
    case 'api-trigger':
      if (isGone) return `${label} is deleted: calls let nobody in by it any more.`;
      return `${label} lets everybody in at the next call.`;
    default:
      return null;
  }
}

/** Answers and events that nobody read before were not kept. */
function notesOfCarry({ before, after }: Facts): string[] {
  const passed = (reads: 'responses' | 'event', kind: AnyNode['kind']) =>
    Object.values(after.nodes)
      .filter(({ node, after: carry }) => {
        const old = before.nodes[node.id];
        return node.kind === kind && old?.node.kind === kind && carry[reads] && !old.after[reads];
      })
      .map(({ node }) => node)
      .sort((a, b) => a.number - b.number);
  return [
    ...passed('responses', 'webhook').map(
      (node) =>
        `Answers of ${labelOf(node)} are kept from now on. Whoever has passed it already has none: a template that reads them finds nothing.`,
    ),
    ...passed('event', 'on-event').map(
      (node) =>
        `The event of ${labelOf(node)} is kept from now on. Whoever has entered already has none: a template that reads it finds nothing.`,
    ),
  ];
}
