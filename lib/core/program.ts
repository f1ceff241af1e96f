import { z } from 'zod';
import { AnyNode } from './document.ts';

/** What a node's chunk must carry along because something later reads it. */
export const Carry = z.object({
  /** The triggering event's properties. */
  event: z.boolean(),
  /** Earlier responses, as positions on the path or names; only these are kept. */
  responses: z.boolean(),
});
export type Carry = z.infer<typeof Carry>;

/** One node as the executor walks it. */
export const ProgramNode = z.object({
  node: AnyNode,
  /** Targets by port; a port with several targets forks the journey, one with none ends it. */
  next: z.record(z.string(), z.array(z.string())),
  /** What is still read after this node. */
  after: Carry,
  /** Whether some path into it begins at an on-event trigger. */
  onEvent: z.boolean(),
  /** Requests per minute of a webhook with a legacy speed limit. */
  speedLimit: z.number().int().min(1).nullable().default(null),
});
export type ProgramNode = z.infer<typeof ProgramNode>;

/** The compiled form of a document, stored with its Version; the executor only ever walks Programs. */
export const Program = z.object({
  schema: z.literal(1),
  /** Ids of the triggers, in the order of their numbers. */
  entries: z.array(z.string()),
  nodes: z.record(z.string(), ProgramNode),
  /**
   * Nodes that an earlier version of a running scenario had and this one has not, by number: the id of the node where those
   * who stand there go on, or null when they end.
   */
  moves: z.record(z.string(), z.string().nullable()).default({}),
});
export type Program = z.infer<typeof Program>;
