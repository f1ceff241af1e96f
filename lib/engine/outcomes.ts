import type { Sql } from '../db/index.ts';
import type { Traveller } from './contexts.ts';
import type { OpenChunk } from './open-chunk.ts';
import type { RunContext } from './runs.ts';
import type { Fate, Sent, Settlement } from './settlement.ts';
import type { Entry, Transition } from './transition.ts';
import { waitAgain } from './wait-again.ts';
import { countDeparture, leaveNode } from './walk.ts';

/** What many outcomes mean: ledger entries, numbers, `campaign` events, and the next steps of their journeys. */

/** By which version of its run people of a chunk go on. */
type Newest = (chunk: OpenChunk) => Promise<RunContext>;

/** Ledger, numbers, events, and where everybody goes from here. @returns chunks whose webhook stops */
export async function settleAll(
  sql: Sql,
  settlements: readonly Settlement[],
  into: Transition,
  newest: Newest,
): Promise<Set<OpenChunk>> {
  const stopped = new Set<OpenChunk>();
  const groups = new Map<string, Settlement[]>();
  const requests = new Set<Sent>();
  for (const settlement of settlements) {
    countRequest(settlement, requests, into);
    const key = groupKey(settlement);
    const group = groups.get(key);
    if (group) group.push(settlement);
    else groups.set(key, [settlement]);
  }
  for (const group of groups.values()) {
    const { fate, chunk } = group[0]!;
    if (fate.kind === 'final') {
      await settleFinal(sql, group, fate, into, newest);
      if (fate.stops) {
        await stopWebhook(sql, chunk, fate.reason ?? '');
        stopped.add(chunk);
      }
    } else into.chunks.push(...waitAgain(group, fate));
  }
  return stopped;
}

/** Settlements of one key have the same consequences and become one ledger entry, or one chunk. */
function groupKey({ chunk, window, fate, sent }: Settlement): string {
  // The suffix tells the versions of a run apart: people of two of them may have been asked for different things.
  const node = `${chunk.runId} ${chunk.node.number}${chunk.run.keySuffix} ${sent?.mode ?? '-'}`;
  if (fate.kind === 'retry') return `${node} retry ${window.attempt} ${window.batch ? window.id : ''}`;
  if (fate.kind === 'split') return `${node} split ${window.id}`;
  if (fate.kind === 'return') return `${node} return ${fate.held} ${window.batch ? window.id : window.attempt}`;
  const own =
    sent && (sent.mode === 'all' || sent.tries)
      ? ` ${window.id} ${sent.tries ? sent.ms : ''} ${window.travellers[0]!.journey}`
      : '';
  return `${node} ${fate.outcome} ${fate.port} ${fate.reason} ${fate.status} ${sent?.status}${own}`;
}

function countRequest({ chunk, window, sent }: Settlement, seen: Set<Sent>, into: Transition): void {
  if (!sent || seen.has(sent)) return;
  seen.add(sent);
  const counts = into.count(chunk.runId, chunk.node.number);
  counts.requests++;
  if (window.attempt > 1) counts.retries++;
  if (sent.status !== null) {
    counts.answers++;
    counts.ms += sent.ms;
  }
}

async function settleFinal(
  sql: Sql,
  group: readonly Settlement[],
  fate: Fate & { kind: 'final' },
  into: Transition,
  newest: Newest,
): Promise<void> {
  const { chunk } = group[0]!;
  const travellers: Traveller[] = [];
  for (const { window, positions, fate: own } of group)
    meet(window.travellers, positions, own.kind === 'final' ? own.view : null, travellers);
  countDeparture(into, chunk.runId, chunk.node, fate.outcome, fate.port, travellers.length);
  into.entries.push(entryOf(group, fate, travellers));
  trackCampaign(group, fate, into);
  if (fate.port && !chunk.chunk.stays) {
    const at = { sql, run: await newest(chunk), travellers, into, now: Date.now() };
    await leaveNode(at, chunk.node.number, travellers, fate.port);
  }
}

/** Travellers with a response more; those who have met the same before have met the same now, as one list. */
function meet(
  all: readonly Traveller[],
  positions: readonly number[],
  view: (Fate & { kind: 'final' })['view'],
  into: Traveller[],
): void {
  let before: Traveller['responses'] | null = null;
  let now: Traveller['responses'] = [];
  for (const position of positions) {
    const traveller = all[position]!;
    if (!view) {
      into.push(traveller);
      continue;
    }
    if (traveller.responses !== before) {
      before = traveller.responses;
      now = [...before, view];
    }
    into.push({ ...traveller, responses: now });
  }
}

function entryOf(
  group: readonly Settlement[],
  fate: Fate & { kind: 'final' },
  travellers: readonly Traveller[],
): Entry {
  const { chunk, sent, window } = group[0]!;
  return {
    runId: chunk.runId,
    node: chunk.node.number,
    outcome: fate.outcome,
    port: fate.port,
    reason: fate.reason,
    journeys: travellers.map((t) => t.journey),
    customers: travellers.map((t) => t.customer),
    by: sent && {
      sent: sent.mode,
      status: sent.status,
      attempts: sent.attempt,
      ms: sent.mode === 'all' ? [sent.ms] : group.map((settlement) => settlement.sent!.ms),
      windowId: sent.mode === 'all' || group.length === 1 ? window.id : null,
      ...answersOf(sent.mode === 'all' ? [sent] : group.map((settlement) => settlement.sent!)),
      tries: sent.tries,
    },
  };
}

/** Different answers once each. */
function answersOf(all: readonly Sent[]): {
  answers: { headers: Record<string, string>; body: string }[];
  answerOf: number[] | null;
} {
  const places = new Map<string, number>();
  const answers: { headers: Record<string, string>; body: string }[] = [];
  const answerOf = all.map(({ answer }) => {
    if (!answer) return -1;
    let place = places.get(answer.body);
    if (place === undefined) {
      place = answers.length;
      places.set(answer.body, place);
      answers.push(answer);
    }
    return place;
  });
  return { answers, answerOf: answers.length <= 1 && !answerOf.includes(-1) ? null : answerOf };
}

/** `campaign` events: ordinary events in the customers' timelines (Bloomreach docs: system events). */
function trackCampaign(group: readonly Settlement[], fate: Fate & { kind: 'final' }, into: Transition): void {
  const { chunk, host } = group[0]!;
  const base = {
    campaign_id: chunk.run.scenarioId,
    campaign_name: chunk.run.scenarioName,
    action_id: chunk.node.number,
    action_type: 'webhook',
    action_name: chunk.node.name,
    status: fate.status,
    run: chunk.run.number,
    ...(fate.reason ? { message: fate.reason } : {}),
    ...(host ? { recipient: host } : {}),
    ...(chunk.chunk.policyId ? { campaign_policy: chunk.chunk.policyId } : {}),
    sent_timestamp: Math.floor(Date.now() / 1000),
  };
  for (const { window, positions, tracked } of group) {
    const customers = positions.map((position) => window.travellers[position]!.customer);
    if (!tracked) into.trackCampaign(chunk.run.projectId, customers, JSON.stringify(base));
    else
      for (const [i, customer] of customers.entries())
        into.trackCampaign(chunk.run.projectId, [customer], JSON.stringify({ ...base, ...tracked[i] }));
  }
}

async function stopWebhook(sql: Sql, chunk: OpenChunk, reason: string): Promise<void> {
  await sql.query(
    'UPDATE run_node SET stopped = $3, stopped_at = now() WHERE run_id = $1 AND node = $2 AND stopped IS NULL',
    [chunk.runId, chunk.node.number, reason],
  );
}
