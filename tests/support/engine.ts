import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll } from 'vitest';
import { movesTo } from '../../lib/core/changes.ts';
import { compile } from '../../lib/core/compile.ts';
import { type Document, emptyDocument, newNode } from '../../lib/core/document.ts';
import type { Kind, NodeSettings } from '../../lib/core/node-kinds.ts';
import { apply, applyAll, type Operation } from '../../lib/core/operations.ts';
import { pool, prisma, sqlOf } from '../../lib/db/index.ts';
import {
  lockOpenRuns,
  type NodeCounts,
  programsOf,
  publishVersion,
  runCounts,
  type StartedRun,
  startRuns,
} from '../../lib/engine/index.ts';
import { type Behaviour, type Rehearsal, startRehearsal, type Totals } from '../../lib/rehearsal/index.ts';
import { compileTemplate } from '../../lib/template/index.ts';

/** What tests of the executor share: documents, customers, a third party with books, runs and their ends. */

export interface Target {
  /** Base URL of a target of that name. */
  url(name: string): string;
  books(name: string): Promise<Totals>;
  /** The last 200, newest first; `at` is when they were read. */
  requests(
    name: string,
  ): Promise<{ at: string; headers: Record<string, string>; body: string; path: string; method: string }[]>;
  behave(name: string, behaviour: Partial<Behaviour>): Promise<void>;
}

/** A rehearsal target for the tests of this file; webhooks may reach it. */
export function withTarget(): Target {
  let rehearsal: Rehearsal;
  let base = '';
  beforeAll(async () => {
    rehearsal = await startRehearsal({ port: 0 });
    base = rehearsal.url;
    allow(base);
  });
  afterAll(() => rehearsal.close());
  const get = async <T>(path: string) => (await (await fetch(`${base}${path}`)).json()) as T;
  return {
    url: (name) => `${base}/t/${name}`,
    books: (name) => get(`/_books/${name}`),
    requests: (name) => get(`/_requests/${name}?limit=200`),
    async behave(name, behaviour) {
      await fetch(`${base}/_behaviour/${name}`, { method: 'PUT', body: JSON.stringify(behaviour) });
    },
  };
}

/** Lets webhooks reach a receiver of the test; before anything reads the environment. */
export function allow(url: string): void {
  process.env.EGRESS_ALLOW = [process.env.EGRESS_ALLOW, new URL(url).host].filter(Boolean).join(',');
}

/** Draws documents, an empty one or a given one further: each node follows the one named, by the port named. */
export function draw(from: Document = emptyDocument()) {
  let document = from;
  return {
    add<K extends Kind>(
      kind: K,
      settings: Partial<NodeSettings<K>> = {},
      after?: [id: string, port: string],
      name?: string,
    ): string {
      const id = `n${document.nextNumber}`;
      const node = newNode(document, kind, id, { x: document.nextNumber * 300, y: 0 });
      const edges = after ? [{ id: `e${document.nextNumber}`, from: after[0], port: after[1], to: id }] : [];
      document = apply(document, {
        type: 'add',
        nodes: [{ ...node, name: name ?? node.name, settings: { ...node.settings, ...settings } } as never],
        edges,
      }).document;
      return id;
    },
    edit(...operations: Operation[]): void {
      document = applyAll(document, operations).document;
    },
    document: () => document,
  };
}

/** A project with so many customers, whose properties are `number`, `email` and what `more` adds. */
export async function projectWithCustomers(
  count: number,
  more: (i: number) => Record<string, unknown> = () => ({}),
): Promise<{ projectId: string; customers: number[] }> {
  const project = await prisma().project.create({ data: { name: `Engine ${randomUUID().slice(0, 8)}` } });
  const customers: number[] = [];
  for (let from = 0; from < count; from += 5000) {
    const properties = Array.from({ length: Math.min(5000, count - from) }, (_, i) =>
      JSON.stringify({ number: from + i, email: `c${from + i}@example.com`, ...more(from + i) }),
    );
    const { rows } = await pool().query<{ id: number }>(
      'INSERT INTO customer (project_id, properties) SELECT $1::uuid, unnest($2::jsonb[]) RETURNING id',
      [project.id, properties],
    );
    customers.push(...rows.map((row) => row.id));
  }
  return { projectId: project.id, customers };
}

/** Stores a document as an active scenario and starts its runs. */
export async function start(
  projectId: string,
  document: Document,
  name = 'Test',
): Promise<StartedRun & { scenarioId: string }> {
  const program = compile(document, readsOf);
  return prisma().$transaction(async (tx) => {
    const scenario = await tx.scenario.create({
      data: { projectId, name, draft: document as object, status: 'active' },
    });
    const version = await tx.version.create({
      data: {
        scenarioId: scenario.id,
        number: 1,
        document: document as object,
        program: program as object,
        reason: 'start',
      },
    });
    const [run] = await startRuns(sqlOf(tx), {
      projectId,
      scenarioId: scenario.id,
      versionId: version.id,
      program,
      startedById: null,
    });
    return { ...run!, scenarioId: scenario.id };
  });
}

function readsOf(source: string) {
  const { reads } = compileTemplate(source, { name: 'x', escape: 'raw' });
  return { event: reads.has('event'), webhook: reads.has('webhook') };
}

/**
 * Changes the running scenario to a document.
 * @param moves by the id of a deleted node: the node where its people go on, or "end"
 * @param crash thrown when everything is written and nothing is committed
 * @returns the runs that new triggers began
 */
export async function publish(
  { scenarioId }: { scenarioId: string },
  document: Document,
  moves: Record<string, string> = {},
  crash?: Error,
): Promise<StartedRun[]> {
  return prisma().$transaction(async (tx) => {
    const sql = sqlOf(tx);
    const { projectId } = await tx.scenario.findUniqueOrThrow({ where: { id: scenarioId } });
    const programs = await programsOf(sql, await lockOpenRuns(sql, scenarioId));
    const compiled = compile(document, readsOf);
    const program = { ...compiled, moves: movesTo(compiled, [...programs.values()], moves) };
    const number = (await tx.version.count({ where: { scenarioId } })) + 1;
    const version = await tx.version.create({
      data: { scenarioId, number, document: document as object, program: program as object, reason: 'publish' },
    });
    const began = await publishVersion(sql, {
      projectId,
      scenarioId,
      versionId: version.id,
      program,
      startedById: null,
    });
    if (crash) throw crash;
    return began;
  });
}

/** Throughput policy of a project. */
export async function policy(projectId: string, concurrency: number, more: object = {}): Promise<string> {
  const made = await prisma().policy.create({ data: { projectId, name: `P ${randomUUID()}`, concurrency, ...more } });
  return made.id;
}

/** Waits for something to be true. @throws when it is not within the time, saying what was seen last */
export async function until<T>(
  what: string,
  look: () => Promise<T | false | null | undefined>,
  ms = 30_000,
): Promise<T> {
  const end = Date.now() + ms;
  for (;;) {
    const seen = await look();
    if (seen) return seen;
    if (Date.now() > end) throw new Error(`not within ${ms} ms: ${what}`);
    await new Promise((resolve) => setTimeout(resolve, 25));
  }
}

/** Waits until a run is over; gives its numbers by node number. */
export async function ended(runId: string, ms = 60_000): Promise<Map<number, NodeCounts>> {
  await until(
    `run ${runId} is over`,
    async () => {
      const { rows } = await pool().query<{ state: string }>('SELECT state FROM run WHERE id = $1', [runId]);
      return rows[0]!.state === 'done' || rows[0]!.state === 'stopped';
    },
    ms,
  );
  return countsOf(runId);
}

export async function countsOf(runId: string): Promise<Map<number, NodeCounts>> {
  return new Map((await runCounts(pool(), runId)).map((counts) => [counts.number, counts]));
}

/** entered = waiting + in flight + delivered + rejected + unknown + skipped, at every node. */
export function addsUp(counts: Iterable<NodeCounts>): boolean {
  return [...counts].every(
    (n) => n.entered === n.waiting + n.inFlight + n.delivered + n.rejected + n.unknown + n.skipped,
  );
}
