import type { Document, Node } from '../core/document.ts';
import { hostOf } from '../core/node-kinds.ts';
import type { WebhookSettings } from '../core/webhook.ts';
import { type Db, pool } from '../db/index.ts';
import { runCounts } from '../engine/index.ts';
import { documentOf } from './scenario-row.ts';

/**
 * Mean answer times by node id: of the same webhook in its scenario's last three runs, or else of another one that sent
 * to the same host, batched alike, in the project's last five.
 */
export async function answerTimes(
  db: Db,
  projectId: string,
  scenarioId: string,
  document: Document,
): Promise<Map<string, number>> {
  const averages = new Map<string, number>();
  const webhooks = document.nodes.filter((node) => node.kind === 'webhook');
  const own = await db.run.findMany({ where: { scenarioId }, orderBy: { number: 'desc' }, take: 3, ...RUN_OF });
  for (const run of own) await learn(run, (was) => webhooks.filter(({ number }) => number === was.number), averages);
  if (webhooks.every(({ id }) => averages.has(id))) return averages;
  const others = await db.run.findMany({
    where: { projectId, scenarioId: { not: scenarioId }, endedAt: { not: null } },
    orderBy: { id: 'desc' },
    take: 5,
    ...RUN_OF,
  });
  for (const run of others)
    await learn(run, (was) => webhooks.filter((node) => isAlike(node.settings, was.settings)), averages);
  return averages;
}

const RUN_OF = { select: { id: true, version: { select: { document: true } } } } as const;

/** Takes the answer times of a run over for webhooks that have none yet. */
async function learn(
  run: { id: bigint; version: { document: unknown } },
  standsFor: (was: Node<'webhook'>) => Node<'webhook'>[],
  averages: Map<string, number>,
): Promise<void> {
  const counts = await runCounts(pool(), String(run.id));
  for (const was of documentOf(run.version.document).nodes) {
    const average = counts.find(({ number }) => number === was.number)?.averageMs ?? null;
    if (was.kind !== 'webhook' || average === null) continue;
    for (const { id } of standsFor(was)) if (!averages.has(id)) averages.set(id, average);
  }
}

const isAlike = (a: WebhookSettings, b: WebhookSettings): boolean =>
  a.batch === b.batch && hostOf(a.url) !== '' && hostOf(a.url) === hostOf(b.url);
