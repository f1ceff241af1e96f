import type { AnyNode } from '../core/document.ts';
import { NODE_KINDS } from '../core/node-kinds.ts';
import type { Sql } from '../db/index.ts';
import { loadNodes } from './runs.ts';
import type { NodeCounts, PolicyLoad, PolicyQueue, ReplayProgress, RunProgress } from './views.ts';

/** Numbers of runs and policies for screens; each is one statement's snapshot, so that it adds up. */

export { journeyOf, journeysOfCustomer, peopleAt } from './reads-people.ts';
export { listRequests, requestDetail } from './reads-requests.ts';

interface CountRow {
  node: number;
  entered: number;
  waiting: number;
  inFlight: number;
  delivered: number;
  rejected: number;
  unknown: number;
  skipped: number;
  portA: number;
  portB: number;
  requests: number;
  retries: number;
  averageMs: number | null;
  stopped: string | null;
  stoppedAt: Date | null;
}

/** Numbers of every node of a run, deleted ones included, in the order of their numbers; one snapshot. */
export async function runCounts(sql: Sql, runId: string): Promise<NodeCounts[]> {
  const nodes = [...(await loadNodes(sql, runId)).values()];
  const { rows } = await sql.query<CountRow>(
    `WITH standing AS (
       SELECT node, sum(size - claimed) AS waiting FROM chunk WHERE run_id = $1::bigint GROUP BY node),
     flying AS (
       SELECT c.node, sum(w.size - w.done) AS n FROM chunk c JOIN request_window w ON w.chunk_id = c.id AND w.open
        WHERE c.run_id = $1::bigint GROUP BY c.node)
     SELECT n.node, n.entered::float8, coalesce(standing.waiting, 0)::float8 AS waiting, coalesce(flying.n, 0)::float8 AS "inFlight",
            n.delivered::float8, n.rejected::float8, n.unknown::float8, n.skipped::float8, n.port_a::float8 AS "portA",
            n.port_b::float8 AS "portB", n.requests::float8, n.retries::float8,
            (n.ms_total / nullif(n.answers, 0))::float8 AS "averageMs", n.stopped, n.stopped_at AS "stoppedAt"
       FROM run_node n LEFT JOIN standing USING (node) LEFT JOIN flying USING (node) WHERE n.run_id = $1::bigint`,
    [runId],
  );
  const batches = await batchSizes(sql, runId, nodes);
  const byNumber = new Map(rows.map((row) => [row.node, row]));
  return nodes
    .sort((a, b) => a.number - b.number)
    .map((node) => countsOf(node, byNumber.get(node.number), batches.get(node.number)));
}

const NO_COUNTS: Omit<CountRow, 'node'> = {
  entered: 0,
  waiting: 0,
  inFlight: 0,
  delivered: 0,
  rejected: 0,
  unknown: 0,
  skipped: 0,
  portA: 0,
  portB: 0,
  requests: 0,
  retries: 0,
  averageMs: null,
  stopped: null,
  stoppedAt: null,
};

function countsOf(
  node: AnyNode & { removed: boolean },
  row: Omit<CountRow, 'node'> = NO_COUNTS,
  batch?: BatchSizes,
): NodeCounts {
  const { portA, portB, stopped, stoppedAt, averageMs, ...counts } = { ...NO_COUNTS, ...row };
  const [first, second] = NODE_KINDS[node.kind].ports;
  return {
    ...counts,
    node: node.id,
    number: node.number,
    name: node.name,
    kind: node.kind,
    removed: node.removed,
    ports: { ...(first ? { [first]: portA } : {}), ...(second ? { [second]: portB } : {}) },
    averageMs,
    batchMin: batch?.min ?? null,
    batchMedian: batch?.median ?? null,
    batchMax: batch?.max ?? null,
    stopped: stopped === null ? null : { reason: stopped, at: stoppedAt!.toISOString() },
  };
}

interface BatchSizes {
  node: number;
  min: number;
  median: number;
  max: number;
}

/** Sizes of the latest batches of each batched webhook. */
async function batchSizes(sql: Sql, runId: string, nodes: readonly AnyNode[]): Promise<Map<number, BatchSizes>> {
  const batched = nodes.filter((node) => node.kind === 'webhook' && node.settings.batch).map((node) => node.number);
  if (batched.length === 0) return new Map();
  const { rows } = await sql.query<BatchSizes>(
    `SELECT node, min(size)::int, max(size)::int, percentile_disc(0.5) WITHIN GROUP (ORDER BY size)::int AS median
       FROM (SELECT n AS node, w.size FROM unnest($2::int[]) AS n CROSS JOIN LATERAL (
               SELECT size FROM ledger_entry WHERE run_id = $1::bigint AND node = n AND sent = 'all' ORDER BY id DESC LIMIT 1000) w) t
      GROUP BY node`,
    [runId, `{${batched.join(',')}}`],
  );
  return new Map(rows.map((row) => [row.node, row]));
}

/** The run as a whole. @throws when there is no such run */
export async function runProgress(sql: Sql, runId: string): Promise<RunProgress> {
  const { rows } = await sql.query<{
    state: RunProgress['state'];
    kind: string;
    entered: number;
    cursor: number;
    upperBound: number;
    expanded: boolean;
    projectId: string;
    going: number;
    delivered: number;
    rejected: number;
    unknown: number;
    asOf: Date;
  }>(
    `SELECT r.state::text, r.kind, r.entered::float8, r.cursor::float8, r.upper_bound::float8 AS "upperBound", r.expanded,
            r.project_id::text AS "projectId", now() AS "asOf",
            coalesce((SELECT sum(size) FROM chunk c WHERE c.run_id = r.id AND c.node > 0), 0)::float8 AS going,
            coalesce(n.delivered, 0)::float8 AS delivered, coalesce(n.rejected, 0)::float8 AS rejected, coalesce(n.unknown, 0)::float8 AS unknown
       FROM run r LEFT JOIN LATERAL (
         SELECT sum(delivered) AS delivered, sum(rejected) AS rejected, sum(unknown) AS unknown FROM run_node
          WHERE run_id = r.id AND requests > 0) n ON true
      WHERE r.id = $1::bigint`,
    [runId],
  );
  const run = rows[0];
  if (!run) throw new Error(`run ${runId} does not exist`);
  const expected =
    run.kind === 'event' ? null : run.expanded ? run.entered : run.entered + (await stillToCome(sql, runId, run));
  const perSecond = await outcomesPerSecond(sql, runId);
  const left = expected === null ? run.going : Math.max(0, expected - run.entered) + run.going;
  return {
    state: run.state,
    entered: run.entered,
    expected,
    going: run.going,
    delivered: run.delivered,
    rejected: run.rejected,
    unknown: run.unknown,
    perSecond,
    etaSeconds: perSecond > 0 && left > 0 ? Math.ceil(left / perSecond) : null,
    policies: await policyLoads(sql, runId),
    replays: await replaysUnderWay(sql, runId),
    asOf: new Date(run.asOf).toISOString(),
  };
}

async function replaysUnderWay(sql: Sql, runId: string): Promise<ReplayProgress[]> {
  const { rows } = await sql.query<
    Omit<ReplayProgress, 'rate' | 'at'> & { rate: number | null; periodSeconds: number; at: Date }
  >(
    `SELECT p.id::text, p.node AS "nodeNumber", p.as_new AS "asNew", p.requests, p.customers, c.left::float8, p.rate,
            p.period_seconds AS "periodSeconds", p.at
       FROM replay p JOIN (
         SELECT c.replay_id, sum(c.size - c.claimed + coalesce(w.open, 0)) AS left FROM chunk c
           LEFT JOIN LATERAL (SELECT sum(size - done) AS open FROM request_window WHERE chunk_id = c.id AND open) w ON true
          WHERE c.run_id = $1::bigint AND c.replay_id IS NOT NULL GROUP BY c.replay_id) c ON c.replay_id = p.id
      WHERE p.run_id = $1::bigint ORDER BY p.id`,
    [runId],
  );
  return rows.map(({ rate, periodSeconds, at, ...replay }) => ({
    ...replay,
    rate: rate === null ? null : { count: rate, periodSeconds },
    at: new Date(at).toISOString(),
  }));
}

const KEPT_COUNTS = 200;
/** How many were still to come when a run was looked at last, by run and upper bound. */
const stillThere = new Map<string, { cursor: number; n: number }>();

/** Counted whole once; from then on only those who came in since are, because a page looks every second. */
async function stillToCome(
  sql: Sql,
  runId: string,
  run: { projectId: string; cursor: number; upperBound: number },
): Promise<number> {
  const key = `${runId} ${run.upperBound}`;
  const before = stillThere.get(key);
  const known = before && before.cursor <= run.cursor ? before : null;
  const { rows } = await sql.query<{ n: number }>(
    'SELECT count(*)::float8 AS n FROM customer WHERE project_id = $1::uuid AND id > $2::bigint AND id <= $3::bigint',
    known ? [run.projectId, known.cursor, run.cursor] : [run.projectId, run.cursor, run.upperBound],
  );
  const n = known ? Math.max(0, known.n - rows[0]!.n) : rows[0]!.n;
  stillThere.delete(key);
  if (stillThere.size >= KEPT_COUNTS) stillThere.delete(stillThere.keys().next().value!);
  stillThere.set(key, { cursor: run.cursor, n });
  return n;
}

const RATE_SECONDS = 10;

async function outcomesPerSecond(sql: Sql, runId: string): Promise<number> {
  const { rows } = await sql.query<{ n: number; seconds: number | null }>(
    `SELECT coalesce(sum(size), 0)::float8 AS n, extract(epoch FROM now() - min(at))::float8 AS seconds FROM (
       SELECT size, at FROM ledger_entry WHERE run_id = $1::bigint AND sent IS NOT NULL ORDER BY id DESC LIMIT 3000) t
      WHERE at > now() - make_interval(secs => ${RATE_SECONDS})`,
    [runId],
  );
  const { n, seconds } = rows[0]!;
  return n === 0 ? 0 : Math.round((n / Math.max(1, seconds ?? 1)) * 10) / 10;
}

const LOAD = `
  SELECT p.id::text, p.name, p.concurrency AS limit, p.rate, p.rate_period_seconds AS "ratePeriod", p.burst,
         coalesce(s.busy, 0)::int AS "inFlight", round(coalesce(s.per_second, 0)::numeric, 1)::float8 AS "perSecond",
         greatest(0, coalesce(s.wanted, 0) - coalesce(s.busy, 0))::int AS waiting
    FROM policy p LEFT JOIN LATERAL (
      SELECT sum(busy) AS busy, sum(wanted) AS wanted, sum(per_second) AS per_second FROM policy_slot
       WHERE policy_id = p.id AND seen_at > now() - interval '5 seconds') s ON true`;

interface LoadRow extends PolicyLoad {
  rate: number | null;
  ratePeriod: number | null;
  burst: number;
}

const loadOf = ({ id, name, inFlight, limit, waiting, perSecond }: LoadRow): PolicyLoad => ({
  id,
  name,
  inFlight,
  limit,
  waiting,
  perSecond,
});

/** The policies that the run's people wait for. */
async function policyLoads(sql: Sql, runId: string): Promise<PolicyLoad[]> {
  const { rows } = await sql.query<LoadRow>(
    `${LOAD} WHERE p.id IN (SELECT DISTINCT policy_id FROM chunk WHERE run_id = $1::bigint AND policy_id IS NOT NULL) ORDER BY p.name`,
    [runId],
  );
  return rows.map(loadOf);
}

/** Who waits at a policy of the project; null when it has none of that id. */
export async function policyQueue(sql: Sql, projectId: string, policyId: string): Promise<PolicyQueue | null> {
  const { rows } = await sql.query<LoadRow>(`${LOAD} WHERE p.id = $1::uuid AND p.project_id = $2::uuid`, [
    policyId,
    projectId,
  ]);
  const row = rows[0];
  if (!row) return null;
  const { rows: campaigns } = await sql.query<PolicyQueue['campaigns'][number] & { batch: boolean }>(
    `SELECT r.id::text AS "runId", r.number AS "runNumber", s.id::text AS "scenarioId", s.name AS "scenarioName",
            s.weight, bool_or(c.on_event) AS "onEvent", sum(c.size - c.claimed)::float8 AS customers,
            sum(CASE WHEN n.settings->>'batch' = 'true'
                     THEN ceil((c.size - c.claimed)::numeric / greatest(1, (n.settings->>'batchSize')::int)) ELSE c.size - c.claimed END)::float8 AS waiting,
            coalesce(sum(w.n), 0)::float8 AS "inFlight"
       FROM chunk c JOIN run r ON r.id = c.run_id JOIN scenario s ON s.id = r.scenario_id JOIN version v ON v.id = coalesce(c.version_id, r.version_id)
       LEFT JOIN LATERAL (
         SELECT e.value->'node'->'settings' AS settings FROM jsonb_each(v.program->'nodes') e
          WHERE (e.value->'node'->>'number')::int = c.node) n ON true
       LEFT JOIN LATERAL (
         SELECT sum(CASE WHEN w.batch THEN 1 ELSE w.size - w.done END) AS n FROM request_window w WHERE w.chunk_id = c.id AND w.open) w ON true
      WHERE c.policy_id = $1::uuid GROUP BY r.id, r.number, s.id, s.name ORDER BY bool_or(c.on_event) DESC, r.id`,
    [policyId],
  );
  const waiting = campaigns.reduce((sum, campaign) => sum + campaign.waiting, 0);
  return {
    ...loadOf(row),
    waiting,
    rate: row.rate === null ? null : { count: row.rate, periodSeconds: row.ratePeriod ?? 1, burst: row.burst },
    etaSeconds: row.perSecond > 0 && waiting > 0 ? Math.ceil(waiting / row.perSecond) : null,
    campaigns: campaigns.map(({ batch: _batch, ...campaign }) => campaign),
  };
}
