import { type AnyNode, type Document, MAX_DOCUMENT_BYTES, reachableFrom } from './document.ts';
import { type Fault, NODE_KINDS } from './node-kinds.ts';

/** A fault of the document: errors keep it from being started, warnings do not. */
export interface Problem extends Fault {
  /** The node to focus; absent when the fault is of the whole scenario. */
  nodeId?: string;
  /** The place inside the template that `field` names, from 1. */
  line?: number;
  column?: number;
}

/**
 * What is wrong with a document by itself, errors first, in the order of node numbers. Faults inside templates and of
 * things the document only names (policies, integrations) are found by those who know them and added to this list.
 */
export function problemsOf(document: Document): Problem[] {
  const problems: Problem[] = [];
  const triggers = document.nodes.filter((node) => NODE_KINDS[node.kind].family === 'trigger');
  const actions = document.nodes.filter((node) => NODE_KINDS[node.kind].family === 'action');
  if (triggers.length === 0)
    problems.push({ severity: 'error', field: '', message: 'Add a trigger: nobody can enter yet.' });
  if (actions.length === 0)
    problems.push({
      severity: 'error',
      field: '',
      message: 'Add an action, such as a webhook: nothing would happen yet.',
    });
  const bytes = new TextEncoder().encode(JSON.stringify(document)).length;
  if (bytes > MAX_DOCUMENT_BYTES)
    problems.push({
      severity: 'error',
      field: '',
      message: `The scenario is ${bytes} bytes, the limit is ${MAX_DOCUMENT_BYTES}.`,
    });

  const reached = new Set(triggers.flatMap((trigger) => [...reachableFrom(document, trigger.id)]));
  for (const node of [...document.nodes].sort((a, b) => a.number - b.number)) {
    problems.push(...faultsOf(node).map((fault) => ({ ...fault, nodeId: node.id })));
    if (NODE_KINDS[node.kind].family === 'trigger') {
      if (!document.edges.some((edge) => edge.from === node.id))
        problems.push({ severity: 'warning', field: '', nodeId: node.id, message: 'Nothing follows this trigger.' });
    } else if (!reached.has(node.id)) {
      problems.push({
        severity: 'warning',
        field: '',
        nodeId: node.id,
        message: 'No trigger leads here, so no customer will come.',
      });
    }
  }
  return errorsFirst(problems);
}

/** The same problems, errors before warnings, otherwise in their order. */
export function errorsFirst(problems: Problem[]): Problem[] {
  return problems.toSorted((a, b) => Number(a.severity === 'warning') - Number(b.severity === 'warning'));
}

function faultsOf(node: AnyNode): Fault[] {
  const kind = NODE_KINDS[node.kind];
  const parsed = kind.settings.safeParse(node.settings);
  if (!parsed.success)
    return parsed.error.issues.map((issue) => ({
      severity: 'error',
      field: issue.path.join('.'),
      message: `${issue.path.join('.')}: ${issue.message}`,
    }));
  return kind.faults(parsed.data as never);
}
