import type { Node } from '../core/document.ts';
import type { Kind } from '../core/node-kinds.ts';
import type { ProgramNode } from '../core/program.ts';
import type { Sql } from '../db/index.ts';
import type { Traveller } from './contexts.ts';
import type { RunContext } from './runs.ts';
import type { Outcome, Transition } from './transition.ts';

/** What a node's handler is given, and what it says. */

/** Some of a group, leaving a node together. */
export interface Departure {
  travellers: Traveller[];
  outcome: Outcome;
  /** Null ends the journey here. */
  port: string | null;
  reason?: string;
}

/** A group at a node, with what its handler needs. */
export interface Step<K extends Kind = Kind> {
  sql: Sql;
  run: RunContext;
  entry: ProgramNode;
  node: Node<K>;
  travellers: Traveller[];
  into: Transition;
  /** Unix milliseconds. */
  now: number;
}

export interface Handler<K extends Kind> {
  /** Whether it needs customers' properties; those whose customer is gone never get to it. */
  reads(node: Node<K>): boolean;
  /** What becomes of a group that arrives; who is in no departure rests at the node (the handler wrote their chunk). */
  arrive(step: Step<K>): Promise<Departure[]> | Departure[];
}

/** Everybody goes on by the kind's only port. */
export const passAll = ({ travellers }: Pick<Step, 'travellers'>, port = 'out'): Departure[] => [
  { travellers, outcome: 'delivered', port },
];
