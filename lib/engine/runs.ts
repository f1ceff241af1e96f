import { createHash } from 'node:crypto';
import type { AnyNode } from '../core/document.ts';
import { Program, type ProgramNode } from '../core/program.ts';
import type { Sql } from '../db/index.ts';
import type { Frame } from './contexts.ts';

/** What the worker knows of a run; read once and kept, because a version never changes. */
export interface RunContext {
  id: number;
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
  program: Program;
  /** By the number of the node, as rows of the database name it. */
  nodes: ReadonlyMap<number, ProgramNode>;
  /** What handlers compiled for a node: made once per run. */
  compiled: Map<string, unknown>;
}

const KEPT_PROGRAMS = 100;
const KEPT_RUNS = 500;

/** Runs and programs in memory, the longest unused goes first. */
export class RunCache {
  private readonly programs = new Map<string, { program: Program; nodes: Map<number, ProgramNode> }>();
  private readonly runs = new Map<number, RunContext>();

  /** The run of that id. @throws when there is none: chunks go with their run */
  async get(sql: Sql, id: number): Promise<RunContext> {
    const known = this.runs.get(id);
    if (known) return known;
    const { rows } = await sql.query<{
      projectId: string;
      scenarioId: string;
      scenarioName: string;
      projectName: string;
      versionId: string;
      number: number;
      kind: string;
      createdAt: Date;
      calledWith: Record<string, unknown> | null;
      defaultPolicyId: string | null;
    }>(
      `SELECT r.project_id AS "projectId", r.scenario_id AS "scenarioId", s.name AS "scenarioName", p.name AS "projectName",
              r.version_id AS "versionId", r.number, r.kind, r.created_at AS "createdAt", r.called_with AS "calledWith",
              (SELECT id FROM policy WHERE project_id = r.project_id AND is_default) AS "defaultPolicyId"
         FROM run r JOIN scenario s ON s.id = r.scenario_id JOIN project p ON p.id = r.project_id WHERE r.id = $1`,
      [id],
    );
    const row = rows[0];
    if (!row) throw new Error(`run ${id} does not exist`);
    const { program, nodes } = await this.programOf(sql, row.versionId);
    const keyPrefix = keyPrefixOf(row.scenarioId, id, row.createdAt);
    const run: RunContext = { id, ...row, keyPrefix, program, nodes, compiled: new Map() };
    keep(this.runs, id, run, KEPT_RUNS);
    return run;
  }

  private async programOf(sql: Sql, versionId: string) {
    const known = this.programs.get(versionId);
    if (known) return known;
    const { rows } = await sql.query<{ program: unknown }>('SELECT program FROM version WHERE id = $1::uuid', [
      versionId,
    ]);
    const program = Program.parse(rows[0]?.program);
    const entry = { program, nodes: nodesByNumber(program) };
    keep(this.programs, versionId, entry, KEPT_PROGRAMS);
    return entry;
  }
}

function keep<K, V>(map: Map<K, V>, key: K, value: V, limit: number): void {
  if (map.size >= limit) map.delete(map.keys().next().value as K);
  map.set(key, value);
}

/** The program that a run walks. */
export async function loadProgram(sql: Sql, runId: number): Promise<Program> {
  const { rows } = await sql.query<{ program: unknown }>(
    'SELECT v.program FROM run r JOIN version v ON v.id = r.version_id WHERE r.id = $1',
    [runId],
  );
  return Program.parse(rows[0]?.program);
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
