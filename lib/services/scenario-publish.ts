import { z } from 'zod';
import { changesBetween, movesTo, type NodeChange, removalOf } from '../core/changes.ts';
import { compile } from '../core/compile.ts';
import { type Document, MAX_NODES } from '../core/document.ts';
import { type Kind, NODE_KINDS } from '../core/node-kinds.ts';
import { errorsFirst, type Problem } from '../core/problems.ts';
import { Program } from '../core/program.ts';
import { publishNotes } from '../core/publish-notes.ts';
import { type Db, type Prisma, pool, sqlOf, type Tx } from '../db/index.ts';
import {
  audienceToCome,
  type Inside,
  lockOpenRuns,
  peopleInside,
  publishVersion,
  type StartedRun,
  stoppedInside,
} from '../engine/index.ts';
import { privateNote } from './private-hosts.ts';
import { deletedFrom, nextOf, refuseUnanswered } from './publish-moves.ts';
import { ScenarioId } from './scenario.ts';
import { scenarioProblems } from './scenario-problems.ts';
import { addVersion, documentOf, lockForChange, refuseStale, scenarioOf } from './scenario-row.ts';
import { nextVersion, originsOf, refuseErrors, templateReads } from './scenario-start.ts';
import { type Ctx, read, ServiceError, write } from './verb.ts';
import { refuseUnchecked } from './webhook-check.ts';

/** Publishing: a running scenario takes the changes of its draft, and nobody who is inside is lost. */

const NodeId = z.string().min(1).max(40);

/** A change with the people whom it meets. */
export interface PublishChange extends NodeChange, Inside {
  /** Deleted nodes: where those who leave it by its first line would have arrived, if that node is still there. */
  next: string | null;
  /** Changed webhooks: why it is stopped, with people who wait for Resume. */
  stopped: string | null;
}

export interface PublishPreview {
  /** Of the draft; `scenario.publish` wants it back, so that what is published is what was shown. */
  revision: number;
  /** Number of the version that runs, for the same reason. */
  version: number;
  changes: PublishChange[];
  /** Where people of deleted nodes may go on: the nodes of the draft that let nobody in. */
  targets: { id: string; number: number; name: string; kind: Kind }[];
  /** What else it means, in sentences. */
  notes: string[];
  /** Errors among them block it. */
  problems: Problem[];
}

/**
 * What publishing the draft would change of what runs, and for whom.
 * @throws ServiceError "conflict" when nothing runs
 */
export const previewPublish = read({
  needs: 'look',
  scope: 'scenarios:read',
  input: z.strictObject({ id: ScenarioId }),
  async run({ ctx, input, db }): Promise<PublishPreview> {
    const scenario = await scenarioOf(db, ctx, input.id);
    const live = await liveOf(db, scenario.id);
    const document = documentOf(scenario.draft);
    const [inside, stopped, problems, toCome] = await Promise.all([
      peopleInside(pool(), scenario.id),
      stoppedInside(pool(), scenario.id),
      blockersOf(db, ctx, scenario.id, live.document, document),
      audienceToCome(pool(), scenario.id),
    ]);
    const changes = changesBetween(live.document, document);
    const isBlocked = problems.some(({ severity }) => severity === 'error');
    return {
      revision: scenario.revision,
      version: live.number,
      changes: [...changes, ...leftBehind(live, document, changes, inside)].map((change) => ({
        ...change,
        ...(inside.get(change.number) ?? NOBODY),
        next: change.change === 'removed' ? nextOf(live.document, document, change.id) : null,
        stopped: (change.change === 'changed' && stopped.get(change.number)) || null,
      })),
      targets: document.nodes
        .filter(({ kind }) => NODE_KINDS[kind].family !== 'trigger')
        .sort((a, b) => a.number - b.number)
        .map(({ id, number, name, kind }) => ({ id, number, name, kind })),
      notes: isBlocked
        ? []
        : publishNotes(changes, {
            before: live.program,
            after: compile(document, templateReads),
            toCome,
            isOpen: live.isOpen,
          }),
      problems,
    };
  },
});

const NOBODY: Inside = { waiting: 0, inFlight: 0 };

/** Runs that go by an earlier version (replays) may have people at nodes that what runs has not either. */
function leftBehind(
  live: Live,
  document: Document,
  changes: readonly NodeChange[],
  inside: ReadonlyMap<number, Inside>,
): NodeChange[] {
  const told = new Set(changes.flatMap(({ id, change }) => (change === 'removed' ? [id] : [])));
  return deletedFrom(live.programs, document)
    .filter(({ id, number }) => inside.has(number) && !told.has(id))
    .map(removalOf);
}

interface Live {
  number: number;
  document: Document;
  program: Program;
  /** Those by which all open runs go, that one included. */
  programs: Program[];
  /** Somebody may still come in. */
  isOpen: boolean;
  forecast: Prisma.JsonValue;
}

/** The version that the newest run goes by. @throws ServiceError "conflict" when nothing runs */
async function liveOf(db: Db | Tx, scenarioId: string): Promise<Live> {
  const runs = await db.run.findMany({
    where: { scenarioId, endedAt: null },
    orderBy: { number: 'desc' },
    select: { state: true, version: true },
  });
  const version = runs.find(({ state }) => state !== 'stopping')?.version;
  if (!version)
    throw new ServiceError('conflict', 'This scenario is not running. Start it; that takes the draft as it is.');
  const programs = new Map(runs.map((run) => [run.version.id, Program.parse(run.version.program)]));
  return {
    number: version.number,
    document: documentOf(version.document),
    program: programs.get(version.id)!,
    programs: [...programs.values()],
    isOpen: runs.some(({ state }) => state === 'running' || state === 'paused'),
    forecast: version.forecast,
  };
}

/** What is wrong with the draft, and with putting it in the place of what runs, errors first. */
async function blockersOf(
  db: Db | Tx,
  ctx: Ctx,
  scenarioId: string,
  live: Document,
  document: Document,
): Promise<Problem[]> {
  const problems = [
    ...(await scenarioProblems(db, ctx.projectId, document)),
    ...(await takenNumbers(db, scenarioId, live, document)),
  ];
  try {
    await refuseUnchecked(db, ctx, scenarioId, document);
  } catch (error) {
    if (!(error instanceof ServiceError)) throw error;
    problems.push({ severity: 'error', field: '', message: error.message });
  }
  return errorsFirst(problems);
}

/** Numbers tell nodes apart in everything that is known of a run, so no node may have that of another one. */
async function takenNumbers(db: Db | Tx, scenarioId: string, live: Document, document: Document): Promise<Problem[]> {
  const deleted = await db.$queryRaw<{ id: string; number: number; kind: string }[]>`
    SELECT DISTINCT n.removed ->> 'id' AS id, n.node AS number, n.removed ->> 'kind' AS kind
      FROM run r JOIN run_node n ON n.run_id = r.id
     WHERE r.scenario_id = ${scenarioId}::uuid AND r.ended_at IS NULL AND n.removed IS NOT NULL`;
  const known = [...live.nodes, ...deleted];
  return document.nodes.flatMap((node): Problem[] => {
    const other = known.find(({ number }) => number === node.number);
    if (!other || (other.id === node.id && other.kind === node.kind)) return [];
    const message = `${node.name} has the number #${node.number} of a node that was deleted. Duplicate it, and delete this one.`;
    return [{ severity: 'error', field: '', nodeId: node.id, message }];
  });
}

/**
 * Changes the running scenario to its draft: kept as a version, all open runs change to it in one transaction. Those inside
 * a changed node finish it as it was; those at a deleted node move, or end as skipped.
 * @throws ServiceError "conflict" when nothing runs, nothing differs, or draft or version are not those that were shown;
 * "invalid" with details `{ problems }` for errors, and with `{ asked }` when nobody said what becomes of people
 */
export const publishScenario = write({
  needs: 'build',
  scope: 'scenarios:run',
  input: z.strictObject({
    id: ScenarioId,
    revision: z.number().int().min(0),
    version: z.number().int().min(1),
    /** By the id of a deleted node: the node of the draft where its people go on, or "end". */
    moves: z.record(NodeId, NodeId).default({}),
    /** Ids of stopped webhooks: who waits there for Resume and was not asked for yet takes the new version. */
    renew: z.array(NodeId).max(MAX_NODES).default([]),
  }),
  async run({ ctx, input, tx, note }): Promise<{ version: number; runs: StartedRun[] }> {
    const scenario = await lockForChange(tx, ctx, input.id);
    refuseStale(scenario, input.revision);
    const sql = sqlOf(tx);
    await lockOpenRuns(sql, scenario.id);
    const live = await liveOf(tx, scenario.id);
    if (live.number !== input.version)
      throw new ServiceError('conflict', `Version ${live.number} runs by now. Look at the changes again.`);
    const document = documentOf(scenario.draft);
    const changes = changesBetween(live.document, document);
    if (changes.length === 0)
      throw new ServiceError('conflict', 'The draft is what runs: there is nothing to publish.');
    refuseErrors(await blockersOf(tx, ctx, scenario.id, live.document, document), 'cannot be published');
    const inside = await peopleInside(sql, scenario.id);
    refuseUnanswered(live.programs, document, inside, input.moves);
    const compiled = compile(document, templateReads);
    const program: Program = { ...compiled, moves: movesTo(compiled, live.programs, input.moves) };
    const version = await addVersion(tx, ctx, scenario.id, {
      document,
      reason: 'publish',
      number: await nextVersion(tx, scenario.id),
      program: program as unknown as Prisma.InputJsonValue,
      forecast: live.forecast ?? undefined,
    });
    await tx.scenario.update({ where: { id: scenario.id }, data: { updatedAt: new Date() } });
    const renewed = document.nodes.filter((node) => node.kind === 'webhook' && input.renew.includes(node.id));
    const runs = await publishVersion(
      sql,
      {
        projectId: ctx.projectId,
        scenarioId: scenario.id,
        versionId: version.id,
        program,
        startedById: ctx.actor.kind === 'user' ? ctx.actor.id : null,
      },
      renewed.map((node) => node.number),
    );
    await note({
      action: 'scenario.publish',
      objectType: 'scenario',
      objectId: scenario.id,
      objectName: scenario.name,
      before: { version: live.number },
      after: {
        version: version.number,
        revision: scenario.revision,
        changes: changes.map(({ number, change }) => ({ node: number, change, ...(inside.get(number) ?? {}) })),
        ...(Object.keys(input.moves).length > 0 ? { moves: input.moves } : {}),
        ...(renewed.length > 0 ? { renewed: renewed.map((node) => node.number) } : {}),
        ...(runs.length > 0 ? { runs: runs.map(({ id, kind }) => ({ id, kind })) } : {}),
        ...(await privateNote(originsOf(document))),
      },
    });
    return { version: version.number, runs };
  },
});
