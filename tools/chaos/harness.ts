// Faults on purpose: campaigns under way while workers are killed, stopped, paused and cut off, and the database crashes. What
// must hold is judged by invariants.ts.
import { setTimeout as sleep } from 'node:timers/promises';
import { inTransaction, pool } from '../../lib/db/index.ts';
import { replay, resumeWebhook } from '../../lib/engine/index.ts';
import { booksOf, outcomesAt, whereTheSecretStands } from './books.ts';
import type { Evidence, Fault, FaultKind } from './evidence.ts';
import { type Hit, inflict } from './faults.ts';
import { violations } from './invariants.ts';
import { type Proxy, startProxy } from './proxy.ts';
import { type Receiver, randomFrom, startReceiver, type Trouble } from './receiver.ts';
import { type ChaosReport, summarise } from './report.ts';
import { type Begun, beginCampaign, beginStopped, type Sizes, STOP_LIMIT } from './scenario.ts';
import { retried, Workers } from './workers.ts';

/** A fault to come: so long after the one before, or once so many requests have been received. */
export interface Planned {
  kind: FaultKind;
  afterMs?: number;
  atRequests?: number;
}

export interface ChaosOptions extends Sizes {
  plan: readonly Planned[];
  workers: number;
  /** Makes a run of faults repeatable, as far as the clock allows. */
  seed: number;
  latencyMs: number;
  trouble: Trouble;
  /** Without an end by then, it fails and says what stands where. */
  limitMs?: number;
  /** So long after the last fault what there is gets judged, also when a campaign has not ended. */
  enoughMs?: number;
  recoverWithinMs?: number;
  /** Further arguments of Node for the workers. */
  nodeArgs?: readonly string[];
  say?: (text: string) => void;
}

/** In no template, name or address; hidden wherever it may come from. */
const CANARY = 'canary-9d41c7e05b2f8a63';
const LIMIT_WORKER_MB = 512;
const STAYS_STOPPED_MS = 2500;

/**
 * Runs the campaigns under faults on the database of DATABASE_URL, and judges them.
 * @throws when a worker ends by itself, or a campaign does not end within `limitMs` (default 30 minutes)
 */
export async function chaos(options: ChaosOptions): Promise<ChaosReport> {
  const { latencyMs, trouble, nodeArgs = [] } = options;
  const receiver = await startReceiver({ random: randomFrom(options.seed + 1), latencyMs, trouble, canary: CANARY });
  const proxy = await startProxy(process.env.DATABASE_URL!);
  const workers = new Workers({ databaseUrl: proxy.url, url: receiver.url, canary: CANARY, nodeArgs });
  const memory = watchMemory(workers);
  try {
    for (let place = 0; place < options.workers; place++) await workers.start(place);
    const started = performance.now();
    const play = new Play(options, { receiver, workers, proxy });
    await play.begin();
    await Promise.race([workers.broken, play.untilTheEnd()]);
    const evidence = await play.evidence(memory.peak());
    return summarise({ seconds: (performance.now() - started) / 1000, evidence, violations: violations(evidence) });
  } finally {
    memory.stop();
    await workers.stop();
    proxy.close();
    receiver.close();
  }
}

/** One performance: the campaigns, what is done to them, and what is seen. */
class Play {
  private readonly options: ChaosOptions;
  private readonly receiver: Receiver;
  private readonly workers: Workers;
  private readonly proxy: Proxy;
  private readonly latest: number;
  private campaign!: Begun;
  private stopped!: Begun;
  private isOver = false;
  /** When everything had been inflicted. */
  private inflictedAt = Number.POSITIVE_INFINITY;
  private readonly hits: Hit[] = [];
  private readonly stops: Evidence['stops'] = [];
  private readonly replays: Evidence['replays'] = [];

  constructor(
    options: ChaosOptions,
    { receiver, workers, proxy }: { receiver: Receiver; workers: Workers; proxy: Proxy },
  ) {
    this.options = options;
    this.receiver = receiver;
    this.workers = workers;
    this.proxy = proxy;
    this.latest = performance.now() + (options.limitMs ?? 1_800_000);
  }

  async begin(): Promise<void> {
    this.campaign = await beginCampaign(this.receiver.url, CANARY, this.options);
    this.stopped = await beginStopped(this.receiver.url, this.options);
  }

  async untilTheEnd(): Promise<void> {
    await Promise.all([
      this.inflictAll(),
      this.resumeTheStopped(),
      Promise.all([this.ended(this.campaign), this.ended(this.stopped)]).then(() => {
        this.isOver = true;
      }),
    ]);
    if (!this.isEnough) await this.sendAgain();
  }

  private async inflictAll(): Promise<void> {
    const random = randomFrom(this.options.seed);
    if (this.options.plan.length === 0) this.inflictedAt = performance.now();
    for (const [i, { kind, afterMs = 0, atRequests = 0 }] of this.options.plan.entries()) {
      await sleep(afterMs);
      while (this.receiver.received.length < atRequests && !this.isOver) await sleep(10);
      if (this.isOver) return;
      this.options.say?.(
        `${kind} (${i + 1} of ${this.options.plan.length}), ${this.receiver.received.length} requests`,
      );
      const place = Math.floor(random() * this.options.workers);
      const { receiver, workers, proxy } = this;
      this.hits.push(await inflict(kind, { receiver, workers, proxy, place, runId: this.campaign.runId }));
    }
    this.inflictedAt = performance.now();
  }

  /** Waits until the receiver's stop code has stopped its webhook, leaves it so for a while, and resumes it. */
  private async resumeTheStopped(): Promise<void> {
    const { runId, webhooks } = this.stopped;
    const answered = () =>
      this.receiver.received.filter(({ path, status }) => path === 'stop' && status === 410).at(-1)?.end;
    const note = (at: number) => this.stops.push({ path: 'stop', at, until: performance.now() });
    while (!this.isOver && performance.now() < this.latest) {
      const { rows } = await retried(() =>
        pool().query('SELECT node FROM run_node WHERE run_id = $1 AND stopped IS NOT NULL', [runId]),
      );
      if (rows.length > 0) {
        await sleep(STAYS_STOPPED_MS);
        this.receiver.mend();
        note(answered()!);
        await retried(() => inTransaction((sql) => resumeWebhook(sql, runId, webhooks[0]!)));
        return;
      }
      await sleep(50);
    }
    // It was answered with a stop code, and nothing stopped.
    const at = answered();
    if (at !== undefined) note(at);
  }

  private async ended({ runId }: Begun): Promise<void> {
    while (performance.now() < this.latest) {
      const { rows } = await retried(() =>
        pool().query<{ state: string }>('SELECT state FROM run WHERE id = $1', [runId]),
      );
      if (rows[0]!.state === 'done' || this.isEnough) return;
      await sleep(100);
    }
    const { rows } = await retried(() =>
      pool().query(
        `SELECT node, state, owner, deaths, claimed, count(*)::int AS chunks, sum(size)::int AS customers, min(due_at) AS due
           FROM chunk WHERE run_id = $1 GROUP BY node, state, owner, deaths, claimed`,
        [runId],
      ),
    );
    throw new Error(`a run did not end in time; what stands: ${JSON.stringify(rows)}`);
  }

  private get isEnough(): boolean {
    const { enoughMs } = this.options;
    return enoughMs !== undefined && performance.now() > this.inflictedAt + enoughMs;
  }

  /** What was refused for good is sent again by hand, and accepted this time. */
  private async sendAgain(): Promise<void> {
    const { runId, webhooks } = this.campaign;
    const nodeNumber = webhooks[0]!;
    const seen = async () => ({
      outcomes: await outcomesAt(runId, nodeNumber),
      requests: this.receiver.received.filter(({ path }) => path === 'single').length,
    });
    const before = await seen();
    const { requests: asked } = await retried(() =>
      inTransaction((sql) => replay(sql, { runId, nodeNumber, outcome: 'rejected', as: 'same' })),
    );
    await this.ended(this.campaign);
    const after = await seen();
    this.replays.push({
      asked,
      outcomes: [before.outcomes, after.outcomes],
      requests: [before.requests, after.requests],
    });
  }

  async evidence(peakWorkerMb: number): Promise<Evidence> {
    const { concurrency, recoverWithinMs = 5000 } = this.options;
    const runs = [await booksOf(this.campaign), await booksOf(this.stopped)];
    const leaks = await whereTheSecretStands(CANARY, [this.campaign.runId, this.stopped.runId]);
    const faults: Fault[] = this.hits.map(({ fault }) => fault);
    return {
      runs,
      received: this.receiver.received,
      faults,
      limits: [
        { paths: ['single', 'batch'], most: concurrency },
        { paths: ['stop'], most: STOP_LIMIT },
      ],
      mostTries: 6,
      // Four times the concurrency may be claimed or in flight. The rest is answered while one transaction commits, which on
      // a machine with a slow disk takes longer than a request; and both policies have their own.
      mostInHand: 10 * (concurrency + STOP_LIMIT),
      stops: this.stops,
      ends: this.hits.flatMap(({ end }) => end ?? []),
      leaks: [...leaks, ...(this.workers.leaks ? ['what a worker wrote'] : [])],
      secretPaths: ['single', 'batch'],
      replays: this.replays,
      recoverWithinMs,
      peakWorkerMb,
      limitWorkerMb: LIMIT_WORKER_MB,
    };
  }
}

function watchMemory(workers: Workers) {
  let peak = 0;
  const timer = setInterval(async () => {
    const { memoryOf } = await import('../../bench/processes.ts');
    for (const { process: child } of workers.children) peak = Math.max(peak, memoryOf(child.pid!));
  }, 250);
  return { peak: () => peak, stop: () => clearInterval(timer) };
}
