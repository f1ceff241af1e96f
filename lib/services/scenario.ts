import { nanoid } from 'nanoid';
import { z } from 'zod';
import { changesBetween } from '../core/changes.ts';
import { type Document, emptyDocument, newNode } from '../core/document.ts';
import type { Kind } from '../core/node-kinds.ts';
import { apply } from '../core/operations.ts';
import { pool } from '../db/index.ts';
import { listRuns, type RunSummary } from '../engine/index.ts';
import { scenarioProblems } from './scenario-problems.ts';
import { documentOf, lockForChange, lockScenario, scenarioOf, stored } from './scenario-row.ts';
import { type Ctx, read, ServiceError, write } from './verb.ts';

/** Scenarios as a list and as things with a name; their documents are changed in scenario-edit.ts, run in scenario-start.ts. */

export const ScenarioId = z.uuid('This is not the id of a scenario.');
const Name = z.string().trim().min(1, 'Give the scenario a name.').max(200, 'Use at most 200 characters.');
const Tags = z
  .array(z.string().trim().min(1).max(60, 'A tag has at most 60 characters.'))
  .max(20, 'At most 20 tags.')
  .transform((tags) => [...new Set(tags)]);
const One = z.strictObject({ id: ScenarioId });

export type ScenarioState = 'draft' | 'active' | 'finishing' | 'inactive';

export interface ScenarioRow {
  id: string;
  name: string;
  status: ScenarioState;
  archived: boolean;
  tags: string[];
  nodes: number;
  kinds: Kind[];
  updatedAt: string;
  createdBy: string | null;
  lastRun: {
    id: string;
    number: number;
    kind: string;
    state: string;
    createdAt: string;
    endedAt: string | null;
    entered: number;
  } | null;
}

const LIMIT = 500;

/** Scenarios, the last changed first, at most 500; `tags` are those of all scenarios that are not archived. */
export const listScenarios = read({
  needs: 'look',
  scope: 'scenarios:read',
  input: z.strictObject({
    status: z.enum(['all', 'draft', 'active', 'finishing', 'inactive', 'archived']).default('all'),
    query: z.string().max(200).default(''),
    tag: z.string().max(60).default(''),
    mine: z.boolean().default(false),
  }),
  async run({ ctx, input, db }): Promise<{ scenarios: ScenarioRow[]; tags: string[] }> {
    const pattern = `%${input.query.trim().replace(/[\\%_]/g, '\\$&')}%`;
    const owner = input.mine ? (ctx.actor.id ?? '') : null;
    const [rows, tags] = await Promise.all([
      db.$queryRaw<(Omit<ScenarioRow, 'updatedAt'> & { updatedAt: Date })[]>`
        SELECT s.id, s.name, s.status::text AS status, s.archived_at IS NOT NULL AS archived, s.tags,
               jsonb_array_length(s.draft->'nodes') AS nodes,
               ARRAY(SELECT DISTINCT kind #>> '{}' FROM jsonb_path_query(s.draft, '$.nodes[*].kind') AS k(kind) ORDER BY 1) AS kinds,
               s.updated_at AS "updatedAt", u.name AS "createdBy",
               (SELECT json_build_object('id', r.id::text, 'number', r.number, 'kind', r.kind, 'state', r.state,
                         'createdAt', to_char(r.created_at AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"'),
                         'endedAt', to_char(r.ended_at AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"'),
                         'entered', r.entered)
                  FROM run r WHERE r.scenario_id = s.id
                 -- A firing that lies ahead is shown only when there was none before.
                 ORDER BY r.entered > 0 OR r.ended_at IS NOT NULL OR r.kind IN ('now', 'event') DESC, r.number DESC LIMIT 1) AS "lastRun"
          FROM scenario s LEFT JOIN app_user u ON u.id = s.created_by_id
         WHERE s.project_id = ${ctx.projectId}::uuid
           AND CASE ${input.status} WHEN 'archived' THEN s.archived_at IS NOT NULL
                 WHEN 'all' THEN s.archived_at IS NULL
                 ELSE s.archived_at IS NULL AND s.status::text = ${input.status} END
           AND (s.name ILIKE ${pattern})
           AND (${input.tag} = '' OR ${input.tag} = ANY(s.tags))
           AND (${owner}::text IS NULL OR s.created_by_id::text = ${owner})
         ORDER BY s.updated_at DESC, s.id LIMIT ${LIMIT}`,
      db.$queryRaw<{ tag: string }[]>`
        SELECT DISTINCT unnest(tags) AS tag FROM scenario
         WHERE project_id = ${ctx.projectId}::uuid AND archived_at IS NULL ORDER BY 1`,
    ]);
    return {
      scenarios: rows.map((row) => ({ ...row, updatedAt: row.updatedAt.toISOString() })),
      tags: tags.map(({ tag }) => tag),
    };
  },
});

/** Makes a scenario: empty, or with a trigger that leads to a webhook. */
export const createScenario = write({
  needs: 'build',
  scope: 'scenarios:write',
  input: z.strictObject({ name: Name, start: z.enum(['empty', 'now', 'event']).default('empty') }),
  async run({ ctx, input, tx, note }) {
    const { id } = await tx.scenario.create({
      data: { ...owned(ctx), name: input.name, draft: stored(firstDocument(input.start)) },
    });
    await note({ action: 'scenario.create', ...named({ id, name: input.name }), after: { start: input.start } });
    return { id };
  },
});

const owned = (ctx: Ctx) => ({
  projectId: ctx.projectId,
  createdById: ctx.actor.kind === 'user' ? ctx.actor.id : null,
});

const named = ({ id, name }: { id: string; name: string }) => ({
  objectType: 'scenario',
  objectId: id,
  objectName: name,
});

function firstDocument(start: 'empty' | 'now' | 'event'): Document {
  const empty = emptyDocument();
  if (start === 'empty') return empty;
  const trigger = newNode(empty, start === 'now' ? 'now' : 'on-event', nanoid(10), { x: 0, y: 0 });
  const webhook = newNode({ ...empty, nextNumber: 2 }, 'webhook', nanoid(10), { x: 300, y: 0 });
  return apply(empty, {
    type: 'add',
    nodes: [trigger, webhook] as never,
    edges: [{ id: nanoid(10), from: trigger.id, port: 'out', to: webhook.id }],
  }).document;
}

export interface OpenScenario extends Omit<ScenarioRow, 'nodes' | 'kinds' | 'createdBy' | 'lastRun'> {
  revision: number;
  document: Document;
  problems: Awaited<ReturnType<typeof scenarioProblems>>;
  /** The latest 20. */
  runs: RunSummary[];
  /** How many versions are kept. */
  versions: number;
  /** What runs now, and whether the draft has changes that are not live. */
  live: { version: number; startedAt: string; differs: boolean } | null;
}

/** A scenario with its draft, what is wrong with it, and its latest runs. */
export const openScenario = read({
  needs: 'look',
  scope: 'scenarios:read',
  input: One,
  async run({ ctx, input, db }): Promise<OpenScenario> {
    const scenario = await scenarioOf(db, ctx, input.id);
    const document = documentOf(scenario.draft);
    const [problems, runs, versions, live] = await Promise.all([
      scenarioProblems(db, ctx.projectId, document),
      listRuns(pool(), { projectId: ctx.projectId, scenarioId: scenario.id, limit: 20 }),
      db.version.count({ where: { scenarioId: scenario.id } }),
      db.run.findFirst({
        where: { scenarioId: scenario.id, endedAt: null },
        orderBy: { number: 'desc' },
        include: { version: true },
      }),
    ]);
    return {
      id: scenario.id,
      name: scenario.name,
      status: scenario.status,
      archived: scenario.archivedAt !== null,
      revision: scenario.revision,
      document,
      tags: scenario.tags,
      updatedAt: scenario.updatedAt.toISOString(),
      problems,
      runs,
      versions,
      live: live && {
        version: live.version.number,
        startedAt: live.createdAt.toISOString(),
        differs: changesBetween(documentOf(live.version.document), document).length > 0,
      },
    };
  },
});

export const renameScenario = write({
  needs: 'build',
  scope: 'scenarios:write',
  input: z.strictObject({ id: ScenarioId, name: Name }),
  async run({ ctx, input, tx, note }) {
    const before = await lockForChange(tx, ctx, input.id);
    await tx.scenario.update({ where: { id: input.id }, data: { name: input.name, updatedAt: new Date() } });
    await note({
      action: 'scenario.rename',
      ...named(input),
      before: { name: before.name },
      after: { name: input.name },
    });
    return {};
  },
});

/** Replaces the tags of a scenario. */
export const tagScenario = write({
  needs: 'build',
  scope: 'scenarios:write',
  input: z.strictObject({ id: ScenarioId, tags: Tags }),
  async run({ ctx, input, tx, note }) {
    const before = await lockForChange(tx, ctx, input.id);
    await tx.scenario.update({ where: { id: input.id }, data: { tags: input.tags } });
    await note({
      action: 'scenario.tag',
      ...named(before),
      before: { tags: before.tags },
      after: { tags: input.tags },
    });
    return {};
  },
});

/** Makes a new draft with the same document and tags. */
export const duplicateScenario = write({
  needs: 'build',
  scope: 'scenarios:write',
  input: One,
  async run({ ctx, input, tx, note }) {
    const source = await scenarioOf(tx, ctx, input.id);
    const name = `${source.name.slice(0, 193)} (copy)`;
    const { id } = await tx.scenario.create({
      data: { ...owned(ctx), name, draft: stored(documentOf(source.draft)), tags: source.tags },
    });
    await note({ action: 'scenario.duplicate', ...named({ id, name }), after: { from: source.id } });
    return { id };
  },
});

/** Puts a scenario out of sight; one that runs is stopped first. */
export const archiveScenario = write({
  needs: 'build',
  scope: 'scenarios:write',
  input: One,
  async run({ ctx, input, tx, note }) {
    const scenario = await lockScenario(tx, ctx, input.id);
    refuseRunning(scenario, 'archive');
    await tx.scenario.update({ where: { id: input.id }, data: { archivedAt: new Date() } });
    await note({ action: 'scenario.archive', ...named(scenario) });
    return {};
  },
});

export const restoreScenario = write({
  needs: 'build',
  scope: 'scenarios:write',
  input: One,
  async run({ ctx, input, tx, note }) {
    const scenario = await lockScenario(tx, ctx, input.id);
    await tx.scenario.update({ where: { id: input.id }, data: { archivedAt: null } });
    await note({ action: 'scenario.restore', ...named(scenario) });
    return {};
  },
});

/** Deletes a scenario with its versions, runs and everything that is known of them; one that runs is stopped first. */
export const deleteScenario = write({
  needs: 'build',
  scope: 'scenarios:write',
  input: One,
  async run({ ctx, input, tx, note }) {
    const scenario = await lockScenario(tx, ctx, input.id);
    refuseRunning(scenario, 'delete');
    const runs = await tx.run.deleteMany({ where: { scenarioId: scenario.id } });
    await tx.scenario.delete({ where: { id: scenario.id } });
    await note({ action: 'scenario.delete', ...named(scenario), before: { runs: runs.count, tags: scenario.tags } });
    return {};
  },
});

function refuseRunning(scenario: { status: ScenarioState }, what: string): void {
  if (scenario.status === 'active' || scenario.status === 'finishing')
    throw new ServiceError('conflict', `This scenario is ${scenario.status}. Stop it, then ${what} it.`);
}
