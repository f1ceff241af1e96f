import { CommitUnknown, type Sql } from '../db/index.ts';
import { env } from '../env.ts';
import { log } from '../log.ts';
import { createTransport, egressRules, type Transport } from '../transport/index.ts';
import { type AudienceHooks, letAudienceIn } from './audience.ts';
import { batchSizeOf } from './batches.ts';
import { Breakers, type OpenBreaker } from './breakers.ts';
import { AUDIENCE_DOOR, type Chunk, type OwnChunk, ownChunks, type Profiles, releaseChunks } from './chunks.ts';
import { openKeys } from './credentials.ts';
import { moveOn } from './doors.ts';
import { endIfOver, openRunIds } from './ends.ts';
import { keepHouse } from './housekeeping.ts';
import { deleteJobs, QUEUES, type Queue, superviseJobs, TOUCH_EVERY_MS, takeJobs, touchJobs } from './jobs.ts';
import { type Lane, Lanes } from './lanes.ts';
import { mergeCompanions } from './merge.ts';
import { OpenChunk } from './open-chunk.ts';
import { planOf } from './plan.ts';
import { policyInstead } from './replaced-policies.ts';
import { Paces } from './replay-pace.ts';
import { isFull, Room } from './room.ts';
import { limitOf, once, RunCache, type RunContext } from './runs.ts';
import { Sender } from './send.ts';
import { assertAlive, countWorkers, noteAlive, openSession, type Session, TakenOver } from './session.ts';
import { Settler } from './settle.ts';
import { abandonSlots, releaseSlots } from './slots.ts';
import { anyConnection, inTransaction, query } from './sql.ts';
import { storeBreaker, storedBreakers } from './stored-breakers.ts';
import { takeOverFromDead } from './take-over.ts';
import { WOKEN_AT_ONCE, wakeRemoved } from './wake-removed.ts';

/** One life of a worker: from its session's lock to the loss or the orderly end of it. */

/** Chunks that move on at the same time; each is one transaction. */
const WALKS = 3;
/** Of groups that are not open yet nothing is known, so few chunks are taken at a time. */
const TAKEN_AT_ONCE = 8;
const POLL_MS = 500;
const PEER_CHECK_MS = 1000;
const SUPERVISE_MS = 15_000;
const BREAKERS_MS = 2000;
const LOOK_EVERY_MS = 20;
const HOUSE_MS = 600_000;
/** More connections to one destination than any worker will use at once. */
const CONNECTIONS = 1024;

/** Work that was perhaps taken belongs to this session, and only its end frees it. */
const owesItsSession = (error: unknown): boolean => error instanceof TakenOver || error instanceof CommitUnknown;

export class Engine {
  private readonly runs = new RunCache();
  private readonly paces = new Paces();
  private readonly open = new Map<number, OpenChunk>();
  private readonly walking = new Map<number, Chunk>();
  private readonly timers: NodeJS.Timeout[] = [];
  private onLost: (error: Error) => void;
  private readonly transport: Transport;
  // Made by `begin`, before anything else happens.
  private session!: Session;
  private lanes!: Lanes;
  private room!: Room;
  private settler!: Settler;
  private sender!: Sender;
  private breakers!: Breakers;
  private lookedAt = 0;
  private sweeping = false;
  private lookTimer: NodeJS.Timeout | undefined;
  private ready = false;
  private stopping = false;
  private dead = false;
  /** Whether the queue may have more than the last look at it took; unheard of, it is found by the regular look. */
  private readonly mayHave: Record<Queue, boolean> = { walk: true, send: true };
  private readonly fetching: Record<Queue, Promise<void> | null> = { walk: null, send: null };
  private readonly again: Record<Queue, boolean> = { walk: false, send: false };

  private constructor(onLost: (error: Error) => void) {
    this.onLost = onLost;
    this.transport = createTransport({ rules: egressRules(env()), connections: CONNECTIONS });
  }

  /**
   * @param before number of the session that this process gave up: nothing of it is in flight any more, which the database
   * may not have heard, and which no peer can know
   * @param onLost called once, when an engine that was started can go on no more
   * @throws when the database cannot be reached; nothing of it is left then
   */
  static async start(databaseUrl: string, onLost: (error: Error) => void, before?: number): Promise<Engine> {
    let failed: Error | null = null;
    const engine = new Engine((error) => {
      failed = error;
    });
    try {
      await engine.begin(databaseUrl, before);
      if (failed) throw failed;
    } catch (error) {
      await engine.stop('now');
      throw error;
    }
    engine.onLost = onLost;
    engine.ready = true;
    engine.wake();
    return engine;
  }

  /** Number of its session. */
  get id(): number {
    return this.session.id;
  }

  private async begin(databaseUrl: string, before: number | undefined): Promise<void> {
    this.session = await openSession(databaseUrl, {
      onWake: () => this.wake(),
      onRun: (runId) => this.look(runId),
      onLost: (error) => this.lose(error),
    });
    this.lanes = new Lanes(
      this.session.id,
      (lane) => this.lookForMore(lane),
      (lane) => this.leaveGone(lane),
    );
    this.room = new Room(this.open, this.lanes);
    this.settler = new Settler(this.session.id, this.runs, {
      onWork: (queues) => this.wake(queues),
      onClosed: (chunk) => this.forget(chunk),
      onMaybeEnded: (runId) => this.endIfEmpty(runId),
      onBroken: (error) => this.lose(error),
    });
    this.breakers = new Breakers((breaker, isOpen) => this.share(breaker, isOpen));
    this.sender = new Sender(this.transport, this.settler, this.breakers, (chunk) => this.hold(chunk));
    if (before !== undefined) await abandonSlots(anyConnection, before);
    await takeOverFromDead(this.session.id);
    this.room.workers = await countWorkers();
    this.every(POLL_MS, async () => this.wake());
    this.every(PEER_CHECK_MS, async () => {
      if ((await takeOverFromDead(this.session.id)) > 0) this.wake();
      this.room.workers = await countWorkers();
    });
    this.every(TOUCH_EVERY_MS, () => this.touch());
    this.every(BREAKERS_MS, async () => this.breakers.learn(await storedBreakers()));
    this.every(HOUSE_MS, async () => void (await keepHouse()));
    this.every(SUPERVISE_MS, async () => {
      await superviseJobs();
      await this.sweep();
      for (const runId of await openRunIds(anyConnection)) await endIfOver(runId);
    });
  }

  /** "drain": what is in flight is settled, everything else goes back. "now": nothing is written any more. */
  async stop(mode: 'drain' | 'now'): Promise<void> {
    this.stopping = true;
    for (const timer of this.timers) clearInterval(timer);
    clearTimeout(this.lookTimer);
    if (mode === 'drain' && !this.dead) {
      await Promise.all(Object.values(this.fetching));
      for (const chunk of this.open.values()) chunk.close('drained');
      await this.settled();
      await releaseSlots(this.session.id);
    }
    this.dead = true;
    this.settler?.abandon(new Error('the worker was stopped'));
    this.lanes?.close();
    this.paces.close();
    // Given up means: nothing of it goes on in this process, whatever takes over.
    await this.transport.destroy();
    if (mode === 'now' && this.session)
      await abandonSlots(anyConnection, this.session.id).catch((error: Error) =>
        log.debug({ error: error.message }, 'slots stay taken until their lease ends'),
      );
    await this.session?.close().catch((error: Error) => log.debug({ error: error.message }, 'the session was gone'));
  }

  private async settled(): Promise<void> {
    while ((this.open.size > 0 || this.walking.size > 0) && !this.dead) {
      await this.settler.drained();
      await new Promise((resolve) => setTimeout(resolve, 10));
    }
  }

  private lose(error: Error): void {
    if (this.dead || this.stopping) return;
    this.dead = true;
    this.onLost(error);
  }

  private every(ms: number, work: () => Promise<void>): void {
    let busy = false;
    this.timers.push(
      setInterval(() => {
        if (busy || this.dead) return;
        busy = true;
        work()
          .catch((error: Error) => {
            if (!this.dead) log.warn({ error: error.message }, 'upkeep failed and is tried again');
          })
          .finally(() => {
            busy = false;
          });
      }, ms),
    );
  }

  private wake(queues: Iterable<Queue> = QUEUES): void {
    for (const queue of queues) {
      this.mayHave[queue] = true;
      this.fetch(queue);
    }
  }

  /** Takes what is due, as much as fits; called again while it runs, it looks once more afterwards. */
  private fetch(queue: Queue): void {
    if (!this.ready || this.stopping || this.dead) return;
    if (this.fetching[queue]) {
      this.again[queue] = true;
      return;
    }
    this.again[queue] = false;
    this.fetching[queue] = (queue === 'walk' ? this.fetchWalks() : this.fetchSends())
      .catch((error: Error) => {
        if (owesItsSession(error)) this.lose(error);
        else if (!this.dead) log.warn({ error: error.message, queue }, 'work could not be taken and is tried again');
      })
      .finally(() => {
        this.fetching[queue] = null;
        if (this.again[queue]) this.fetch(queue);
      });
  }

  /** After each request somebody could look for more work: done only when the lane has little left, and not too often. */
  private lookForMore(lane: Lane): void {
    const wait = this.lookedAt + LOOK_EVERY_MS - performance.now();
    if (wait > 0) {
      this.lookTimer ??= setTimeout(() => {
        this.lookTimer = undefined;
        this.lookForMore(lane);
      }, wait);
      return;
    }
    if (!this.mayHave.send || isFull({ left: lane.ahead, slots: lane.slots })) return;
    this.lookedAt = performance.now();
    this.fetch('send');
  }

  private async fetchWalks(): Promise<void> {
    const room = WALKS - this.walking.size;
    if (room <= 0) return;
    const chunks = await this.take('walk', room, []);
    for (const chunk of chunks) {
      this.walking.set(chunk.id, chunk);
      this.walk(chunk).finally(() => {
        this.walking.delete(chunk.id);
        if (this.mayHave.walk) this.fetch('walk');
      });
    }
  }

  private async walk(chunk: Chunk, queue: Queue = 'walk'): Promise<void> {
    const hooks: AudienceHooks = {
      worker: this.session.id,
      runs: this.runs,
      onWork: (queues) => this.wake(queues),
      onMaybeEnded: (runId) => this.endIfEmpty(runId),
      isStopping: () => this.stopping || this.dead,
      hasPeers: () => this.room.workers > 1,
      keep: (chunks, run) => {
        if (!this.stopping) this.room.keep(this.session.id, chunks, run);
      },
      onKept: (own, profiles) => this.openChunk(own, profiles),
    };
    try {
      if (chunk.node === AUDIENCE_DOOR || chunk.size === 0) await letAudienceIn(hooks, chunk);
      else await moveOn(hooks, chunk, queue);
    } catch (error) {
      if (this.dead) return;
      if (owesItsSession(error)) return this.lose(error as Error);
      log.error(
        { error: (error as Error).message, stack: (error as Error).stack, chunk: chunk.id, run: chunk.runId },
        'a step failed',
      );
      await this.putBack(queue, chunk);
    }
  }

  private async putBack(queue: Queue, chunk: Chunk): Promise<void> {
    const dueAt = new Date(Date.now() + 5000);
    await inTransaction((sql) => releaseChunks(sql, queue, [chunk], { held: false, dueAt })).catch((error: Error) =>
      this.lose(error),
    );
  }

  private async fetchSends(): Promise<void> {
    const room = Math.min(this.room.left, TAKEN_AT_ONCE);
    if (room <= 0) return;
    const chunks = await this.take('send', room, this.room.fullGroups());
    await Promise.all(chunks.map((chunk) => this.openChunk(chunk)));
    if (chunks.length > 0) this.again.send = true;
  }

  /** Jobs and their chunks in one transaction, so that a chunk has an owner as soon as its job is taken. */
  private take(queue: Queue, room: number, passOver: readonly string[]): Promise<OwnChunk[]> {
    return inTransaction(async (sql) => {
      await assertAlive(sql, this.session.id);
      this.mayHave[queue] = false;
      const jobs = await takeJobs(sql, queue, room, passOver);
      if (jobs.length > 0 || passOver.length > 0) this.mayHave[queue] = true;
      if (jobs.length === 0) return [];
      const chunks = await ownChunks(
        sql,
        this.session.id,
        jobs.map((job) => job.chunk),
      );
      const owned = new Set(chunks.map((chunk) => chunk.id));
      await deleteJobs(
        sql,
        queue,
        jobs.filter((job) => !owned.has(job.chunk)).map((job) => job.id),
      );
      return queue === 'walk' ? chunks : this.merged(sql, chunks);
    });
  }

  /** Chunks of batched webhooks with others that wait there; each is merged into one other at most. */
  private async merged(sql: Sql, chunks: readonly OwnChunk[]): Promise<OwnChunk[]> {
    const whole: OwnChunk[] = [];
    const free = new Map(chunks.map((chunk) => [chunk.id, chunk]));
    for (const chunk of chunks) {
      if (!free.delete(chunk.id)) continue;
      const run = await this.runs.get(sql, chunk.runId, chunk.versionId ?? chunk.newest);
      whole.push(await mergeCompanions(sql, this.session.id, chunk, batchSizeOf(run.nodes.get(chunk.node)), free));
    }
    return whole;
  }

  private async openChunk(chunk: OwnChunk, profiles: Profiles | null = null): Promise<void> {
    try {
      const newest = await this.runs.get(anyConnection, chunk.runId, chunk.newest);
      if (!newest.nodes.has(chunk.node)) return await this.leaveRemoved(chunk);
      const run = chunk.versionId ? await this.runs.get(anyConnection, chunk.runId, chunk.versionId) : newest;
      const entry = run.nodes.get(chunk.node);
      if (entry?.node.kind !== 'webhook') throw new Error(`node ${chunk.node} is no webhook`);
      const { node } = entry;
      const plan = once(run, `webhook ${node.id}`, () => planOf(node.settings));
      const lane = this.lanes.get(chunk.policyId);
      const opened = new OpenChunk({
        worker: this.session.id,
        chunk,
        run,
        entry,
        plan,
        lane,
        pace: await this.paces.of(chunk.replay, limitOf(run, entry)),
        sender: this.sender,
        settler: this.settler,
        breakers: this.breakers,
        profiles,
      });
      opened.keepsAnswers = newest.nodes.get(chunk.node)!.after.responses;
      this.sender.use(opened, await openKeys(anyConnection, run.projectId, node.settings));
      this.open.set(chunk.id, opened);
      lane.add(opened);
      if (this.stopping) opened.close('drained');
    } catch (error) {
      log.error(
        { error: (error as Error).message, stack: (error as Error).stack, chunk: chunk.id, run: chunk.runId },
        'a webhook could not be opened',
      );
      await this.putBack('send', chunk);
    }
  }

  /** People at a webhook that was deleted send nothing any more. */
  private async leaveRemoved(chunk: Chunk): Promise<void> {
    this.walking.set(chunk.id, chunk);
    await this.walk(chunk, 'send').finally(() => this.walking.delete(chunk.id));
  }

  private forget(chunk: OpenChunk): void {
    this.open.delete(chunk.chunk.id);
    chunk.lane.remove(chunk);
    this.sender.done(chunk);
    this.lookForMore(chunk.lane);
  }

  /** Sees to it that people at nodes that were deleted leave them: those whom the change found there, and who came since. */
  private async sweep(): Promise<void> {
    if (this.sweeping) return;
    this.sweeping = true;
    try {
      for (let woken = WOKEN_AT_ONCE; woken === WOKEN_AT_ONCE && !this.dead; ) {
        woken = await inTransaction((sql) => wakeRemoved(sql));
        if (woken > 0) this.wake();
      }
    } finally {
      this.sweeping = false;
    }
  }

  /** A run was paused, resumed, stopped or changed to another version, or one of its webhooks was stopped or resumed. */
  private look(runId: number): void {
    // Its end may have been looked for before this change was committed.
    this.endIfEmpty(runId);
    this.sweep().catch((error: Error) => log.warn({ error: error.message }, 'deleted nodes are looked at again later'));
    const chunks = [...this.open.values()].filter((chunk) => chunk.runId === runId && !chunk.closing);
    if (chunks.length === 0) return this.wake();
    this.closeBy(runId, chunks).catch((error: Error) =>
      log.warn({ error: error.message }, 'a run could not be looked at'),
    );
  }

  private async closeBy(runId: number, chunks: readonly OpenChunk[]): Promise<void> {
    const rows = await query<{ state: RunContext['kind']; newest: string; stopped: number[] }>(
      `SELECT r.state, r.version_id AS newest, array(SELECT n.node FROM run_node n WHERE n.run_id = r.id AND n.stopped IS NOT NULL) AS stopped
         FROM run r WHERE r.id = $1`,
      [runId],
    );
    const state = rows[0]?.state;
    const run = rows[0] && (await this.runs.get(anyConnection, runId, rows[0].newest));
    for (const chunk of chunks) {
      const entry = run?.nodes.get(chunk.node.number);
      chunk.keepsAnswers = entry?.after.responses ?? false;
      if (state === 'paused' || rows[0]?.stopped.includes(chunk.node.number)) chunk.close('held');
      else if (state !== 'running' && state !== 'finishing') chunk.close('skipped');
      else if (!entry) chunk.close('removed');
    }
  }

  /** Whoever waits for a policy that was deleted goes by what takes its place. */
  private leaveGone(lane: Lane): void {
    const waiting = [...this.open.values()].filter((chunk) => chunk.lane === lane);
    for (const [scenarioId, chunks] of Map.groupBy(waiting, ({ run }) => run.scenarioId))
      policyInstead(anyConnection, scenarioId, lane.policyId!).then(
        (policyId) => {
          for (const chunk of chunks)
            if (this.open.has(chunk.chunk.id) && chunk.lane === lane) chunk.moveTo(this.lanes.get(policyId));
        },
        (error: Error) =>
          log.warn({ error: error.message }, 'a policy is gone, and what takes its place is asked for again'),
      );
  }

  /** A webhook was answered with a stop code: nothing more of it leaves this process, whatever is committed when. */
  private hold(stopped: OpenChunk): void {
    for (const chunk of this.open.values())
      if (chunk.runId === stopped.runId && chunk.node === stopped.node && !chunk.closing) chunk.close('held');
  }

  private share(breaker: OpenBreaker, isOpen: boolean): void {
    log.warn({ ...breaker, isOpen }, isOpen ? 'a breaker opened' : 'a breaker closed');
    storeBreaker(breaker, isOpen).catch((error: Error) =>
      log.warn({ error: error.message }, 'a breaker could not be stored'),
    );
  }

  private endIfEmpty(runId: number): void {
    if (this.dead) return;
    endIfOver(runId).catch((error: Error) => log.warn({ error: error.message }, 'the end of a run could not be noted'));
  }

  private async touch(): Promise<void> {
    const jobsOf = (chunks: Iterable<Chunk>) => [...chunks].flatMap(({ jobId }) => jobId ?? []);
    await touchJobs('walk', jobsOf(this.walking.values()));
    await touchJobs('send', jobsOf([...this.open.values()].map(({ chunk }) => chunk)));
    await noteAlive(this.session.id);
  }
}
