import { Document, MAX_DOCUMENT_BYTES } from '../core/document.ts';
import { isSame } from '../core/same.ts';
import { type Db, Prisma, type Tx } from '../db/index.ts';
import { type Ctx, notFound, ServiceError } from './verb.ts';

/** Reading and writing the row of a scenario; shared by its verbs. */

/** A stored document with the defaults of settings that were added since. */
export function documentOf(stored: unknown): Document {
  return Document.parse(stored);
}

/** A document as Prisma's type of a JSON column. */
export function stored(document: Document): Prisma.InputJsonValue {
  return document as unknown as Prisma.InputJsonValue;
}

/** The scenario of the project. @throws ServiceError "not-found" */
export async function scenarioOf(db: Db | Tx, ctx: Ctx, id: string) {
  const scenario = await db.scenario.findFirst({ where: { id, projectId: ctx.projectId } });
  if (!scenario) throw notFound('The scenario');
  return scenario;
}

/** The scenario of the project, locked until the transaction ends, so that edits and starts come one after another. */
export async function lockScenario(tx: Tx, ctx: Ctx, id: string) {
  await tx.$queryRaw`SELECT id FROM scenario WHERE id = ${id}::uuid AND project_id = ${ctx.projectId}::uuid FOR NO KEY UPDATE`;
  return scenarioOf(tx, ctx, id);
}

/** Like `lockScenario`, for changes: an archived scenario is restored before it is changed. */
export async function lockForChange(tx: Tx, ctx: Ctx, id: string) {
  const scenario = await lockScenario(tx, ctx, id);
  if (scenario.archivedAt)
    throw new ServiceError('conflict', 'This scenario is archived. Restore it before you change it.');
  return scenario;
}

/** @throws ServiceError "conflict" with the current revision and document when somebody else was first */
export function refuseStale(scenario: { revision: number; draft: unknown }, revision: number): void {
  if (scenario.revision === revision) return;
  throw new ServiceError('conflict', 'Somebody else changed this scenario in the meantime.', {
    details: { revision: scenario.revision, document: documentOf(scenario.draft) },
  });
}

/** Makes a document the draft of a scenario. @returns the new revision */
export async function storeDraft(tx: Tx, id: string, document: Document): Promise<number> {
  const bytes = Buffer.byteLength(JSON.stringify(document));
  if (bytes > MAX_DOCUMENT_BYTES)
    throw new ServiceError(
      'invalid',
      `The scenario would be ${bytes.toLocaleString('en')} bytes; the limit is ${MAX_DOCUMENT_BYTES.toLocaleString('en')}.`,
    );
  const { revision } = await tx.scenario.update({
    where: { id },
    data: { draft: stored(document), revision: { increment: 1 }, updatedAt: new Date() },
    select: { revision: true },
  });
  return revision;
}

/** Why a version was kept; shown in the history. */
export type VersionReason = 'edit' | 'start' | 'publish' | 'stop' | 'revert' | 'import';

/**
 * Keeps a document as the next version unless the latest version is the same.
 * @returns the version that holds it
 */
export async function keepVersion(
  tx: Tx,
  ctx: Ctx,
  scenarioId: string,
  document: Document,
  reason: VersionReason,
): Promise<{ id: string; number: number }> {
  const latest = await tx.version.findFirst({ where: { scenarioId }, orderBy: { number: 'desc' } });
  if (latest && isSame(documentOf(latest.document), document)) return latest;
  return addVersion(tx, ctx, scenarioId, { document, reason, number: (latest?.number ?? 0) + 1 });
}

export async function addVersion(
  tx: Tx,
  ctx: Ctx,
  scenarioId: string,
  version: {
    document: Document;
    reason: VersionReason;
    number: number;
    program?: Prisma.InputJsonValue;
    forecast?: Prisma.InputJsonValue | undefined;
  },
): Promise<{ id: string; number: number }> {
  const { document, reason, number, program, forecast } = version;
  return tx.version.create({
    data: {
      scenarioId,
      number,
      document: stored(document),
      program: program ?? Prisma.DbNull,
      forecast: forecast ?? Prisma.DbNull,
      reason,
      createdById: ctx.actor.kind === 'user' ? ctx.actor.id : null,
    },
    select: { id: true, number: true },
  });
}
