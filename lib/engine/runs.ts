import { createHash } from 'node:crypto';
import { AnyNode } from '../core/document.ts';
import { Program, type ProgramNode } from '../core/program.ts';
import type { Sql } from '../db/index.ts';
import type { Frame } from './contexts.ts';
import type { WebhookLimit } from './slots.ts';

/**
 * What the worker knows of a run as one of its versions says; read once and kept, because a version never changes. Which
 * version a run goes by may change at any time: the chunk's row tells under which people arrived where they stand, and the
 * run's row, read in the transaction in which they leave, by which they go on.
 */
export interface RunContext {
  id: number;
  versionId: string;
  projectId: string;
  scenarioId: string;
  scenarioName: string;
  projectName: string;
  number: number;
  kind: string;
  /** Of webhooks that choose none; null when the project has no default either. */
  defaultPolicyId: string | null;
  /** What the call that began the run gave: the same for everybody, so it is kept here and not with the journeys. */
  calledWith: Record<string, unknown> | null;
  /** Beginning of every idempotency key of the run. */
  keyPrefix: string;
  /**
   * End of the keys of those who arrived under a version that a running scenario changed to. Lines of two versions may lead
   * a journey to one node twice, and each visit is a request of its own.
   */
  keySuffix: string;
  program: Program;
  /** By the number of the node, as rows of the database name it. */
  nodes: ReadonlyMap<number, ProgramNode>;
  /** What handlers compiled for a node: made once per run. */
  compiled: Map<string, unknown>;
}

const KEPT_PROGRAMS = 100;
const KEPT_RUNS = 500;

type RunFacts = Omit<RunContext, 'versionId' | 'keySuffix' | 'program' | 'nodes' | 'compiled'>;
type Version = Pick<RunContext, 'keySuffix' | 'program' | 'nodes'>;

/** Runs and programs in memory, the longest unused goes first. */
export class RunCache {
  private readonly versions = new Map<string, Version>();
  private readonly facts = new Map<number, RunFacts>();
  private readonly runs = new Map<string, RunContext>();

  /** The run of that id as a version of it says. @throws when there is none: chunks go with their run */
  async get(sql: Sql, id: number, versionId: string): Promise<RunContext> {
    const key = `${id} ${versionId}`;
    const known = this.runs.get(key);
    if (known) return known;
    const facts = this.facts.get(id) ?? (await factsOf(sql, id));
    const version = this.versions.get(versionId) ?? (await versionOf(sql, versionId));
    const run: RunContext = { ...facts, versionId, ...version, compiled: new Map() };
    keep(this.facts, id, facts, KEPT_RUNS);
    keep(this.versions, versionId, version, KEPT_PROGRAMS);
    keep(this.runs, key, run, KEPT_RUNS);
    return run;
  }
}

async function factsOf(sql: Sql, id: number): Promise<RunFacts> {
  const { rows } = await sql.query<Omit<RunFacts, 'id' | 'keyPrefix'> & { createdAt: Date }>(
    `SELECT r.project_id AS "projectId", r.scenario_id AS "scenarioId", s.name AS "scenarioName", p.name AS "projectName",
            r.number, r.kind, r.created_at AS "createdAt", r.called_with AS "calledWith",
            (SELECT id FROM policy WHERE project_id = r.project_id AND is_default) AS "defaultPolicyId"
       FROM run r JOIN scenario s ON s.id = r.scenario_id JOIN project p ON p.id = r.project_id WHERE r.id = $1`,
    [id],
  );
  const row = rows[0];
  if (!row) throw new Error(`run ${id} does not exist`);
  const { createdAt, ...facts } = row;
  return { id, ...facts, keyPrefix: keyPrefixOf(facts.scenarioId, id, createdAt) };
}

async function versionOf(sql: Sql, versionId: string): Promise<Version> {
  const { rows } = await sql.query<{ program: unknown; number: number; reason: string }>(
    'SELECT program, number, reason FROM version WHERE id = $1::uuid',
    [versionId],
  );
  const row = rows[0];
  const program = Program.parse(row?.program);
  return { program, nodes: nodesByNumber(program), keySuffix: row?.reason === 'publish' ? `-v${row.number}` : '' };
}

function keep<K, V>(map: Map<K, V>, key: K, value: V, limit: number): void {
  if (map.size >= limit) map.delete(map.keys().next().value as K);
  map.set(key, value);
}

/** The program that a run goes by. */
export async function loadProgram(sql: Sql, runId: number): Promise<Program> {
  const { rows } = await sql.query<{ program: unknown }>(
    'SELECT v.program FROM run r JOIN version v ON v.id = r.version_id WHERE r.id = $1',
    [runId],
  );
  return Program.parse(rows[0]?.program);
}

/** The program of a version. */
export const loadVersion = async (sql: Sql, versionId: string): Promise<Program> =>
  (await versionOf(sql, versionId)).program;

/** The node at which a chunk stands, as it was when its people arrived. @throws at a door */
export async function nodeOfChunk(
  sql: Sql,
  { versionId, runId, node }: { versionId: string | null; runId: number; node: number },
): Promise<AnyNode> {
  const program = versionId ? await loadVersion(sql, versionId) : await loadProgram(sql, runId);
  return nodesByNumber(program).get(node)!.node;
}

/** Every node that people of a run have met, by number: those of the version that it goes by, and those that it has no more. */
export async function loadNodes(sql: Sql, runId: string): Promise<Map<number, AnyNode & { removed: boolean }>> {
  const { rows } = await sql.query<{ program: unknown; removed: unknown[] | null }>(
    `SELECT v.program, (SELECT jsonb_agg(n.removed) FROM run_node n WHERE n.run_id = r.id AND n.removed IS NOT NULL) AS removed
       FROM run r JOIN version v ON v.id = r.version_id WHERE r.id = $1::bigint`,
    [runId],
  );
  const gone = (rows[0]?.removed ?? []).map((node) => ({ ...AnyNode.parse(node), removed: true }));
  const present = Object.values(Program.parse(rows[0]?.program).nodes).map(({ node }) => ({ ...node, removed: false }));
  return new Map([...gone, ...present].map((node) => [node.number, node]));
}

export const nodesByNumber = (program: Program): Map<number, ProgramNode> =>
  new Map(Object.values(program.nodes).map((entry) => [entry.node.number, entry]));

/** Unlike another run's, of this or any other installation, and the same on every worker. */
const keyPrefixOf = (scenarioId: string, runId: number, createdAt: Date): string =>
  createHash('sha256')
    .update(`${scenarioId} ${runId} ${createdAt.toISOString()}`)
    .digest('base64url')
    .slice(0, 16)
    .replace(/[-_]/g, '0');

/** The legacy speed limit of a webhook of the run; null when it has none. */
export const limitOf = (run: RunContext, { node, speedLimit }: ProgramNode): WebhookLimit | null =>
  speedLimit === null ? null : { scenarioId: run.scenarioId, node: node.number, perMinute: speedLimit };

/** What templates of a node see of where they are. */
export function frameOf(run: RunContext, node: AnyNode): Frame {
  return {
    project: { id: run.projectId, name: run.projectName },
    scenario: { id: run.scenarioId, name: run.scenarioName },
    action: { id: node.number, name: node.name },
    trigger: run.calledWith,
  };
}

/** Something made once per run and kept with it: compiled templates, filters. */
export function once<T>(run: RunContext, key: string, make: () => T): T {
  let made = run.compiled.get(key);
  if (made === undefined) {
    made = make();
    run.compiled.set(key, made);
  }
  return made as T;
}
