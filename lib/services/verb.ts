import type { z } from 'zod';
import { type Db, Prisma, prisma, type Tx } from '../db/index.ts';

/**
 * The shape of everything that may be asked for: `verb(ctx, input)` = permit → parse → transaction → audit.
 * Answers are plain JSON (ids of customers and runs as strings, times as ISO 8601), so that a page, a route and a test get the same.
 */

export type Role = 'admin' | 'developer' | 'marketer' | 'viewer';

/** What a verb needs: a viewer looks, a marketer builds, a developer also develops, an admin also administers. */
export type Capability = 'look' | 'build' | 'develop' | 'administer';

const MAY: Record<Role, readonly Capability[]> = {
  viewer: ['look'],
  marketer: ['look', 'build'],
  developer: ['look', 'build', 'develop'],
  admin: ['look', 'build', 'develop', 'administer'],
};

/** Whether a role has a capability; screens use it to leave out what would be refused. */
export function may(role: Role, capability: Capability): boolean {
  return MAY[role].includes(capability);
}

export type Actor =
  | { kind: 'user'; id: string; name: string; sessionId?: string }
  | { kind: 'key'; id: string; name: string; scopes: readonly string[] }
  | { kind: 'system'; id: null; name: string };

/** Who asks, for which project, from where. Made by lib/next (a browser), the API routes (a key) and tools (the system). */
export interface Ctx {
  projectId: string;
  actor: Actor;
  /** The actor's role in the project; null for somebody who is not a member: every verb then answers "not found". */
  role: Role | null;
  requestId: string;
  address: string | null;
}

export type ErrorCode = 'invalid' | 'forbidden' | 'not-found' | 'conflict' | 'limited' | 'signed-out';

/** A refusal that the asker can understand: the message says what, where and what to do. */
export class ServiceError extends Error {
  readonly code: ErrorCode;
  /** Faults by field path (dotted), for forms. */
  readonly fields: { path: string; message: string }[];
  /** What the asker needs to go on, e.g. the current revision after a conflict. */
  readonly details: unknown;
  constructor(
    code: ErrorCode,
    message: string,
    more: { fields?: { path: string; message: string }[]; details?: unknown } = {},
  ) {
    super(message);
    this.code = code;
    this.fields = more.fields ?? [];
    this.details = more.details;
  }
}

/** "This X does not exist": also what a foreign project's objects look like. */
export function notFound(what: string): ServiceError {
  return new ServiceError('not-found', `${what} does not exist, or it is in another project.`);
}

export interface AuditNote {
  action: string;
  objectType: string;
  objectId?: string;
  objectName?: string;
  before?: unknown;
  after?: unknown;
}

/** Writes one entry of the audit log; in a transaction, together with what it tells of. */
export async function audit(db: Db | Tx, ctx: Ctx, note: AuditNote): Promise<void> {
  await db.auditEntry.create({
    data: {
      projectId: ctx.projectId,
      actorKind: ctx.actor.kind,
      actorId: ctx.actor.id,
      actorName: ctx.actor.name,
      action: note.action,
      objectType: note.objectType,
      objectId: note.objectId ?? null,
      objectName: note.objectName ?? null,
      before: note.before === undefined ? Prisma.DbNull : (note.before as Prisma.InputJsonValue),
      after: note.after === undefined ? Prisma.DbNull : (note.after as Prisma.InputJsonValue),
      requestId: ctx.requestId,
      address: ctx.address,
    },
  });
}

interface Spec<Input extends z.ZodType> {
  /** The capability a member needs. */
  needs: Capability;
  /** The scope that an API key needs; without one, keys are refused. */
  scope?: string;
  input: Input;
}

export interface Verb<Input extends z.ZodType = z.ZodType, Output = unknown> {
  (ctx: Ctx, input: z.input<Input>): Promise<Output>;
  readonly spec: Spec<Input>;
  /** "read" changes nothing; "write" is one transaction with its audit entry; "act" reaches outside and audits itself. */
  readonly kind: 'read' | 'write' | 'act';
}

/** A verb that changes nothing. */
export function read<Input extends z.ZodType, Output>(
  spec: Spec<Input> & { run(the: { ctx: Ctx; input: z.output<Input>; db: Db }): Promise<Output> },
): Verb<Input, Output> {
  return make('read', spec, (ctx, input) => spec.run({ ctx, input, db: prisma() }));
}

/** A verb that changes things in one transaction; it must call `note` once for each change that the audit log tells of. */
export function write<Input extends z.ZodType, Output>(
  spec: Spec<Input> & {
    run(the: { ctx: Ctx; input: z.output<Input>; tx: Tx; note: (entry: AuditNote) => Promise<void> }): Promise<Output>;
  },
): Verb<Input, Output> {
  return make('write', spec, (ctx, input) =>
    prisma().$transaction((tx) => spec.run({ ctx, input, tx, note: (entry) => audit(tx, ctx, entry) }), {
      timeout: 30_000,
      maxWait: 10_000,
    }),
  );
}

/** A verb that reaches outside (a test request, a file) and therefore opens and audits its own transactions. */
export function act<Input extends z.ZodType, Output>(
  spec: Spec<Input> & {
    run(the: { ctx: Ctx; input: z.output<Input>; db: Db; note: (entry: AuditNote) => Promise<void> }): Promise<Output>;
  },
): Verb<Input, Output> {
  return make('act', spec, (ctx, input) =>
    spec.run({ ctx, input, db: prisma(), note: (entry) => audit(prisma(), ctx, entry) }),
  );
}

function make<Input extends z.ZodType, Output>(
  kind: Verb['kind'],
  spec: Spec<Input>,
  run: (ctx: Ctx, input: z.output<Input>) => Promise<Output>,
): Verb<Input, Output> {
  const ask = async (ctx: Ctx, input: z.input<Input>): Promise<Output> => {
    permit(ctx, spec);
    const parsed = spec.input.safeParse(input);
    if (!parsed.success) throw invalid(parsed.error);
    return run(ctx, parsed.data);
  };
  return Object.assign(ask, { spec, kind });
}

/** @throws ServiceError "not-found" to a stranger (who must not learn what exists), "forbidden" to a member of too small a role */
function permit(ctx: Ctx, spec: Spec<z.ZodType>): void {
  if (ctx.actor.kind === 'system') return;
  if (ctx.actor.kind === 'key') {
    if (spec.scope && ctx.actor.scopes.includes(spec.scope)) return;
    throw new ServiceError(
      'forbidden',
      spec.scope ? `This API key lacks the scope ${spec.scope}.` : 'This cannot be done with an API key.',
    );
  }
  if (ctx.role === null) throw notFound('The project');
  if (!may(ctx.role, spec.needs))
    throw new ServiceError('forbidden', `Your role in this project (${ctx.role}) does not allow this.`);
}

function invalid(error: z.ZodError): ServiceError {
  const fields = error.issues.map((issue) => ({ path: issue.path.join('.'), message: issue.message }));
  const first = fields[0]!;
  return new ServiceError('invalid', first.path ? `${first.path}: ${first.message}` : first.message, { fields });
}
