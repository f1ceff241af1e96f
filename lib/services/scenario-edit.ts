import { z } from 'zod';
import type { Document } from '../core/document.ts';
import { applyAll, Operation, OperationError } from '../core/operations.ts';
import type { Tx } from '../db/index.ts';
import { refuseLockedChanges } from './preset-use.ts';
import { ScenarioId } from './scenario.ts';
import { scenarioProblems } from './scenario-problems.ts';
import {
  documentOf,
  keepVersion,
  lockForChange,
  refuseStale,
  scenarioOf,
  storeDraft,
  type VersionReason,
} from './scenario-row.ts';
import { type Ctx, notFound, read, ServiceError, write } from './verb.ts';

/** Changing the document of a scenario, and the versions that are kept of it. */

const Revision = z.number().int().min(0);
const VersionNumber = z.number().int().min(1);

/** While a document is being edited, its state is kept as a version at most this often. */
const KEEP_EVERY_MS = 10 * 60_000;

/**
 * Applies operations to the draft, all or none.
 * @throws ServiceError "conflict" with details `{ revision, document }` when the revision is not the current one;
 * "invalid" when an operation does not fit the document
 */
export const editScenario = write({
  needs: 'build',
  scope: 'scenarios:write',
  input: z.strictObject({
    id: ScenarioId,
    revision: Revision,
    operations: z.array(Operation).min(1, 'Give at least one operation.').max(500, 'At most 500 operations at once.'),
  }),
  async run({ ctx, input, tx, note }) {
    const scenario = await lockForChange(tx, ctx, input.id);
    refuseStale(scenario, input.revision);
    const before = documentOf(scenario.draft);
    const document = applied(before, input.operations);
    await refuseLockedChanges(tx, ctx, before, document);
    await keepNowAndThen(tx, ctx, scenario, before);
    const revision = await storeDraft(tx, scenario.id, document);
    await note({
      action: 'scenario.edit',
      objectType: 'scenario',
      objectId: scenario.id,
      objectName: scenario.name,
      before: { revision: scenario.revision },
      after: { revision, operations: input.operations.map((operation) => outlineOf(operation, document)) },
    });
    return { revision, problems: await scenarioProblems(tx, ctx.projectId, document) };
  },
});

function applied(document: Document, operations: Operation[]): Document {
  try {
    return applyAll(document, operations).document;
  } catch (error) {
    if (error instanceof OperationError) throw new ServiceError('invalid', error.message);
    throw error;
  }
}

/** What an operation did, for the audit log: which nodes and settings, without the texts. */
function outlineOf(operation: Operation, after: Document): Record<string, unknown> {
  const numberOf = (id: string) => after.nodes.find((node) => node.id === id)?.number ?? id;
  switch (operation.type) {
    case 'add':
      return { type: 'add', nodes: operation.nodes.map(({ id, kind }) => ({ node: numberOf(id), kind })) };
    case 'remove':
      return { type: 'remove', nodes: operation.nodes, edges: operation.edges.length };
    case 'move':
      return { type: 'move', nodes: Object.keys(operation.positions).map(numberOf) };
    case 'rename':
      return { type: 'rename', node: numberOf(operation.node), name: operation.name };
    case 'speed-limit':
      return { type: operation.lifted ? 'lift speed limit' : 'keep speed limit', node: numberOf(operation.node) };
    case 'set':
      return { type: 'set', node: numberOf(operation.node), settings: Object.keys(operation.settings) };
  }
}

/** Keeps the state before an edit when the last version is old, so that the history of a long session has steps. */
async function keepNowAndThen(
  tx: Tx,
  ctx: Ctx,
  scenario: { id: string; createdAt: Date },
  document: Document,
): Promise<void> {
  const latest = await tx.version.findFirst({
    where: { scenarioId: scenario.id },
    orderBy: { number: 'desc' },
    select: { createdAt: true },
  });
  const since = (latest?.createdAt ?? scenario.createdAt).getTime();
  if (document.nodes.length > 0 && Date.now() - since >= KEEP_EVERY_MS)
    await keepVersion(tx, ctx, scenario.id, document, 'edit');
}

export interface VersionRow {
  number: number;
  reason: VersionReason;
  createdAt: string;
  createdBy: string | null;
  /** A run that has not ended goes by it. */
  isLive: boolean;
}

/** The versions that are kept of a scenario, newest first. */
export const listVersions = read({
  needs: 'look',
  scope: 'scenarios:read',
  input: z.strictObject({ id: ScenarioId }),
  async run({ ctx, input, db }): Promise<VersionRow[]> {
    await scenarioOf(db, ctx, input.id);
    const rows = await db.$queryRaw<(Omit<VersionRow, 'createdAt'> & { createdAt: Date })[]>`
      SELECT v.number, v.reason, v.created_at AS "createdAt", u.name AS "createdBy",
             EXISTS (SELECT FROM run r WHERE r.version_id = v.id AND r.ended_at IS NULL) AS "isLive"
        FROM version v LEFT JOIN app_user u ON u.id = v.created_by_id
       WHERE v.scenario_id = ${input.id}::uuid ORDER BY v.number DESC LIMIT 500`;
    return rows.map((row) => ({ ...row, createdAt: row.createdAt.toISOString() }));
  },
});

/** The document of one version. */
export const openVersion = read({
  needs: 'look',
  scope: 'scenarios:read',
  input: z.strictObject({ id: ScenarioId, number: VersionNumber }),
  async run({ ctx, input, db }) {
    const document = await documentOfVersion(db, ctx, input.id, input.number);
    return { document };
  },
});

async function documentOfVersion(
  db: Parameters<typeof scenarioOf>[0],
  ctx: Ctx,
  id: string,
  number: number,
): Promise<Document> {
  await scenarioOf(db, ctx, id);
  const version = await db.version.findUnique({ where: { scenarioId_number: { scenarioId: id, number } } });
  if (!version) throw notFound(`Version ${number} of this scenario`);
  return documentOf(version.document);
}

/**
 * Makes the document of an earlier version the draft again; what was the draft is kept as a version first. Numbers of
 * nodes stay used up, so that a new node never takes the number of one that statistics know.
 */
export const revertScenario = write({
  needs: 'build',
  scope: 'scenarios:write',
  input: z.strictObject({ id: ScenarioId, number: VersionNumber, revision: Revision }),
  async run({ ctx, input, tx, note }) {
    const scenario = await lockForChange(tx, ctx, input.id);
    refuseStale(scenario, input.revision);
    const [before, earlier] = [documentOf(scenario.draft), await documentOfVersion(tx, ctx, scenario.id, input.number)];
    await keepVersion(tx, ctx, scenario.id, before, 'revert');
    const document = { ...earlier, nextNumber: Math.max(before.nextNumber, earlier.nextNumber) };
    const revision = await storeDraft(tx, scenario.id, document);
    await note({
      action: 'scenario.revert',
      objectType: 'scenario',
      objectId: scenario.id,
      objectName: scenario.name,
      before: { revision: scenario.revision },
      after: { revision, version: input.number },
    });
    return { revision, document };
  },
});
