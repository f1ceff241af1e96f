import type { Sql } from '../db/index.ts';
import { type CampaignEvents, writeCampaignEvents } from './campaign-events.ts';
import { insertChunks, intArray, type NewChunk, spanOf, type Try } from './chunks.ts';
import type { Queue } from './jobs.ts';
import { admit, type IncomingEvent, insertEvents } from './receive-events.ts';

/**
 * Everything that one step changes, gathered in memory and written in one transaction: what became of whom, the live
 * numbers, where people stand now, what their profiles and timelines got.
 */

export type Outcome = 'delivered' | 'rejected' | 'unknown' | 'skipped';

/** Requests behind a ledger entry. */
export interface SentBy {
  /** "each" journey had a request of its own, "all" shared one. */
  sent: 'each' | 'all';
  status: number | null;
  attempts: number;
  /** One number a request. */
  ms: number[];
  windowId: number | null;
  answers: { headers: Record<string, string>; body: string }[];
  /** Which answer each request got; null when all got the first. */
  answerOf: number[] | null;
  tries: Try[] | null;
}

export interface Entry {
  runId: number;
  node: number;
  outcome: Outcome;
  port: string | null;
  reason: string | null;
  journeys: number[];
  customers: number[];
  by: SentBy | null;
}

/** Changes of one node's numbers; each counts journeys unless it says otherwise. */
export interface Counts {
  entered: number;
  delivered: number;
  rejected: number;
  unknown: number;
  skipped: number;
  portA: number;
  portB: number;
  /** Requests, tries after the first, answers and their milliseconds. */
  requests: number;
  retries: number;
  answers: number;
  ms: number;
}

const noCounts = (): Counts => ({
  entered: 0,
  delivered: 0,
  rejected: 0,
  unknown: 0,
  skipped: 0,
  portA: 0,
  portB: 0,
  requests: 0,
  retries: 0,
  answers: 0,
  ms: 0,
});

const ENTRIES_A_STATEMENT = 40;

export class Transition {
  readonly entries: Entry[] = [];
  chunks: NewChunk[] = [];
  /** When the whole profiles of all travellers were read, by `performance.now`; null when they were not, or only in part. */
  readAt: number | null = null;
  private readonly counts = new Map<string, { runId: number; node: number; counts: Counts }>();
  private readonly patches = new Map<number, Record<string, unknown>>();
  private readonly events: { projectId: string; events: IncomingEvent[]; triggers: boolean }[] = [];
  private readonly campaign = new Map<string, CampaignEvents>();

  /** The changes of a node's numbers so far, to add to. */
  count(runId: number, node: number): Counts {
    const key = `${runId}:${node}`;
    let entry = this.counts.get(key);
    if (!entry) {
      entry = { runId, node, counts: noCounts() };
      this.counts.set(key, entry);
    }
    return entry.counts;
  }

  /** Values for a customer's profile; a later one of the same name wins. */
  patch(customer: number, values: Record<string, unknown>): void {
    this.patches.set(customer, { ...this.patches.get(customer), ...values });
  }

  /** Events for customers' timelines; with `triggers` they may let them into on-event runs. */
  track(projectId: string, events: IncomingEvent[], triggers: boolean): void {
    this.events.push({ projectId, events, triggers });
  }

  /** One `campaign` event for each customer; equal properties are gathered. */
  trackCampaign(projectId: string, customers: readonly number[], properties: string): void {
    const key = projectId + properties;
    const known = this.campaign.get(key);
    if (known) known.customers.push(...customers);
    else this.campaign.set(key, { projectId, customers: [...customers], properties });
  }

  /** Where people wait because of it until somebody takes them. */
  get queues(): Set<Queue> {
    return new Set(this.chunks.flatMap(({ queue, owner }) => (owner == null ? [queue] : [])));
  }

  /** Writes it all in the caller's transaction; rows that many compete for come last and in order. @returns ids of the chunks */
  async write(sql: Sql): Promise<number[]> {
    await this.writeProfiles(sql);
    for (const { projectId, events, triggers } of this.events) {
      await insertEvents(sql, projectId, events);
      if (triggers) await admit(sql, projectId, events);
    }
    await writeCampaignEvents(sql, [...this.campaign.values()]);
    const ids = await insertChunks(sql, this.chunks);
    for (let i = 0; i < this.entries.length; i += ENTRIES_A_STATEMENT)
      await writeEntries(sql, this.entries.slice(i, i + ENTRIES_A_STATEMENT));
    await this.writeCounts(sql);
    return ids;
  }

  private async writeProfiles(sql: Sql): Promise<void> {
    if (this.patches.size === 0) return;
    const ids = [...this.patches.keys()].sort((a, b) => a - b);
    await sql.query(
      `UPDATE customer c SET properties = c.properties || t.patch, updated_at = now()
         FROM (SELECT * FROM unnest($1::bigint[], $2::jsonb[]) AS u(id, patch) ORDER BY id) t WHERE c.id = t.id`,
      [intArray(ids), ids.map((id) => JSON.stringify(this.patches.get(id)))],
    );
  }

  private async writeCounts(sql: Sql): Promise<void> {
    const rows = [...this.counts.values()];
    if (rows.length === 0) return;
    const column = (pick: (counts: Counts) => number) => intArray(rows.map(({ counts }) => Math.round(pick(counts))));
    await sql.query(
      `WITH t AS (
         SELECT * FROM unnest($1::bigint[], $2::int[], $3::int[], $4::int[], $5::int[], $6::int[], $7::int[], $8::int[], $9::int[],
                              $10::int[], $11::int[], $12::int[], $13::bigint[])
           AS u(run_id, node, entered, delivered, rejected, unknown, skipped, port_a, port_b, requests, retries, answers, ms)),
       locked AS MATERIALIZED (
         SELECT n.run_id, n.node FROM run_node n JOIN t USING (run_id, node) ORDER BY 1, 2 FOR NO KEY UPDATE OF n)
       UPDATE run_node n SET entered = n.entered + t.entered, delivered = n.delivered + t.delivered,
              rejected = n.rejected + t.rejected, unknown = n.unknown + t.unknown, skipped = n.skipped + t.skipped,
              port_a = n.port_a + t.port_a, port_b = n.port_b + t.port_b, requests = n.requests + t.requests,
              retries = n.retries + t.retries, answers = n.answers + t.answers, ms_total = n.ms_total + t.ms
         FROM t JOIN locked USING (run_id, node) WHERE n.run_id = t.run_id AND n.node = t.node`,
      [
        intArray(rows.map(({ runId }) => runId)),
        intArray(rows.map(({ node }) => node)),
        column((c) => c.entered),
        column((c) => c.delivered),
        column((c) => c.rejected),
        column((c) => c.unknown),
        column((c) => c.skipped),
        column((c) => c.portA),
        column((c) => c.portB),
        column((c) => c.requests),
        column((c) => c.retries),
        column((c) => c.answers),
        column((c) => c.ms),
      ],
    );
  }
}

const ENTRY_COLUMNS =
  'run_id, node, outcome, port, reason, size, journeys, customers, low, high, sent, status, attempts, ms, window_id, answers, answer_of, tries';
const ENTRY_TYPES =
  'bigint, int, text, text, text, int, int[], bigint[], bigint, bigint, text, smallint, smallint, int[], bigint, jsonb, smallint[], jsonb'.split(
    ', ',
  );

async function writeEntries(sql: Sql, entries: readonly Entry[]): Promise<void> {
  const values: unknown[] = [];
  const rows = entries.map((entry) => {
    const { by } = entry;
    const [low, high] = spanOf(entry.customers);
    const row = [
      entry.runId,
      entry.node,
      entry.outcome,
      entry.port,
      entry.reason,
      entry.journeys.length,
      intArray(entry.journeys),
      intArray(entry.customers),
      low,
      high,
      by?.sent ?? null,
      by?.status ?? null,
      by?.attempts ?? null,
      by ? intArray(by.ms.map(Math.round)) : null,
      by?.windowId ?? null,
      by ? JSON.stringify(by.answers) : null,
      by?.answerOf ? intArray(by.answerOf) : null,
      by?.tries ? JSON.stringify(by.tries) : null,
    ];
    const places = row.map((value, i) => {
      values.push(value);
      return `$${values.length}::${ENTRY_TYPES[i]}`;
    });
    return `(${places.join(', ')})`;
  });
  await sql.query(`INSERT INTO ledger_entry (${ENTRY_COLUMNS}) VALUES ${rows.join(', ')}`, values);
}
