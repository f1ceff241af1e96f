import { createHash } from 'node:crypto';
import { setImmediate as breathe } from 'node:timers/promises';
import { type Document, type Node, reachableFrom, webhooksBefore } from '../core/document.ts';
import type { EarlierResponse } from '../core/response-view.ts';
import { type Db, type Prisma, pool, prisma } from '../db/index.ts';
import { AudienceCheck, type CheckedPerson, PlanFault } from '../engine/index.ts';
import { log } from '../log.ts';
import { triggerExamples } from './api-trigger-use.ts';
import { audiencePage, audienceSize, audienceWalkNow, comesAtOnce } from './audience.ts';
import { sampleResponse } from './webhook-context.ts';
import { triggerOf } from './webhook-subject.ts';

/**
 * Checks the audience of a webhook in this process: page by page, with pauses in which the process serves everybody
 * else. What was found is stored when it has ended; a check whose process dies is seen as interrupted.
 */

const PAGE = 1000;
/** Rendered between two pauses. */
const SLICE = 200;
/** Events that stand for an audience where only events bring customers. */
const MOST_EVENTS = 10_000;
const TELL_EVERY_MS = 300;
/** Without a sign of life for so long nobody works on it any more. */
export const INTERRUPTED_AFTER_MS = 15_000;

/**
 * The same for two documents in which the same customers come to a node and are rendered the same: the node and all that
 * leads to it count, positions, names and the rest of the canvas do not.
 */
export function fingerprintOf(document: Document, nodeId: string): string {
  const nodes = document.nodes.filter(({ id }) => id === nodeId || reachableFrom(document, id).has(nodeId));
  const ids = new Set(nodes.map(({ id }) => id));
  const parts = [
    nodes.map(({ id, kind, settings }) => [id, kind, settings] as const).sort(([a], [b]) => (a < b ? -1 : 1)),
    document.edges
      .filter(({ from, to }) => ids.has(from) && ids.has(to))
      .map(({ from, port, to }) => [from, port, to].join(' '))
      .sort(),
  ];
  return createHash('sha256').update(JSON.stringify(parts)).digest('base64url').slice(0, 22);
}

export interface CheckJob {
  id: string;
  projectId: string;
  scenario: { id: string; name: string };
  document: Document;
  node: Node<'webhook'>;
}

/** Works a check to its end. Never rejects: what goes wrong is told in the check itself. */
export async function runCheck(job: CheckJob): Promise<void> {
  try {
    await work(job);
  } catch (error) {
    const message =
      error instanceof PlanFault
        ? `${error.template}: ${error.message}`
        : 'The check was interrupted by a fault on our side. Start it again.';
    if (!(error instanceof PlanFault)) log.error({ err: error, check: job.id }, 'a check of an audience failed');
    await end(job.id, { state: 'failed', message });
  }
}

async function work(job: CheckJob): Promise<void> {
  const check = await audienceCheck(job);
  const progress = new Progress(job.id);
  for await (const { people, seen } of audienceOf(job, progress)) {
    for (let from = 0; from < people.length; from += SLICE) {
      check.add(people.slice(from, from + SLICE));
      await breathe();
    }
    if (!(await progress.tell(seen))) return;
  }
  await end(job.id, { state: 'done', result: check.report() as unknown as Prisma.InputJsonValue });
}

async function audienceCheck({ projectId, scenario, document, node }: CheckJob): Promise<AudienceCheck> {
  const { integrationId } = node.settings;
  const [project, integration, responses, trigger] = await Promise.all([
    prisma().project.findUniqueOrThrow({ where: { id: projectId }, select: { name: true } }),
    integrationId === null ? null : prisma().integration.findFirst({ where: { id: integrationId, projectId } }),
    earlierResponses(prisma(), scenario.id, document, node.id),
    triggerExamples(prisma(), projectId, document, node.id),
  ]);
  return new AudienceCheck({
    frame: {
      project: { id: projectId, name: project.name },
      scenario,
      action: { id: node.number, name: node.name },
      trigger,
    },
    settings: node.settings,
    onEvent: !comesAtOnce(document, node.id),
    // Where Responsys sends is known only after its login.
    prefix: integration && integration.kind !== 'responsys' ? integration.prefix : null,
    responses,
    now: Date.now(),
  });
}

/** What stands for the responses of the webhooks before: their latest delivered ones, or empty ones. */
async function earlierResponses(
  db: Db,
  scenarioId: string,
  document: Document,
  nodeId: string,
): Promise<EarlierResponse[]> {
  return Promise.all(
    webhooksBefore(document, nodeId).map(
      async (webhook) =>
        (await sampleResponse(db, scenarioId, webhook)) ?? {
          name: webhook.name,
          data: undefined,
          isText: false,
          statusCode: 200,
          success: true,
        },
    ),
  );
}

interface Page {
  people: CheckedPerson[];
  /** How much of the audience has been looked at. */
  seen: number;
}

async function* audienceOf(job: CheckJob, progress: Progress): AsyncGenerator<Page> {
  const { document, node, projectId } = job;
  if (!comesAtOnce(document, node.id)) return yield* eventsOf(job, progress);
  const walk = audienceWalkNow(document);
  await progress.begin(await audienceSize(pool(), projectId));
  let [after, seen] = [0, 0];
  let next = audiencePage(pool(), projectId, after, PAGE);
  for (;;) {
    const page = await next;
    if (page.length === 0) return;
    after = page.at(-1)!.id;
    seen += page.length;
    // The next page is on its way while this one is rendered.
    next = audiencePage(pool(), projectId, after, PAGE);
    yield { people: [...((await walk(page)).get(node.id) ?? [])], seen };
  }
}

/** The latest events of the trigger's type with their customers. */
async function* eventsOf({ document, node, projectId }: CheckJob, progress: Progress): AsyncGenerator<Page> {
  const type = triggerOf(document, node.id);
  if (type === null) return;
  const { rows } = await pool().query<{ id: number }>(
    'SELECT id FROM event WHERE project_id = $1 AND type = $2 ORDER BY at DESC LIMIT $3',
    [projectId, type, MOST_EVENTS],
  );
  await progress.begin(rows.length);
  for (let from = 0; from < rows.length; from += PAGE) {
    const ids = rows.slice(from, from + PAGE).map(({ id }) => id);
    const { rows: people } = await pool().query<CheckedPerson>(
      `SELECT c.id, c.properties, e.properties AS event FROM event e JOIN customer c ON c.id = e.customer_id
        WHERE e.id = ANY($1::bigint[])`,
      [ids],
    );
    yield { people, seen: from + ids.length };
  }
}

/** Tells how far a check is, now and then, and learns whether it was cancelled. */
class Progress {
  readonly #id: string;
  #toldAt = 0;

  constructor(id: string) {
    this.#id = id;
  }

  async begin(total: number): Promise<void> {
    await pool().query('UPDATE audience_check SET total = $2 WHERE id = $1', [this.#id, total]);
  }

  /** False when nobody wants the result any more. */
  async tell(done: number): Promise<boolean> {
    if (performance.now() - this.#toldAt < TELL_EVERY_MS) return true;
    this.#toldAt = performance.now();
    const { rows } = await pool().query(
      "UPDATE audience_check SET done = $2, seen_at = now() WHERE id = $1 AND state = 'running' RETURNING id",
      [this.#id, done],
    );
    return rows.length > 0;
  }
}

/** Ends a check that is still wanted; then all of it has been looked at. */
async function end(
  id: string,
  outcome: { state: 'done'; result: Prisma.InputJsonValue } | { state: 'failed'; message: string },
): Promise<void> {
  await pool().query(
    `UPDATE audience_check SET state = $2, result = $3, message = $4, ended_at = now(), seen_at = now(),
            done = CASE WHEN $2 = 'done' THEN total ELSE done END
      WHERE id = $1 AND state = 'running'`,
    [
      id,
      outcome.state,
      outcome.state === 'done' ? JSON.stringify(outcome.result) : null,
      outcome.state === 'failed' ? outcome.message : null,
    ],
  );
}
