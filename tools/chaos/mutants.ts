// Broken engines: each breaks one promise in one line of lib/engine, and the harness must say which. They live here only; the
// line is replaced while the module is loaded (mutate.ts), so nothing in lib/ knows of them.
import type { ChaosOptions, Planned } from './harness.ts';

export interface Mutant {
  name: string;
  /** What must be reported as broken. */
  invariant: string;
  /** What it does, for people. */
  about: string;
  /** A file of lib/engine, a text that stands in it exactly once, and what stands there instead. */
  file: string;
  from: string;
  to: string;
  plan?: readonly Planned[];
  options?: Partial<ChaosOptions>;
}

const KILL: readonly Planned[] = [{ kind: 'SIGKILL', atRequests: 120 }];
/** It would not come to an end, or not soon: what there is so long after the last fault says enough. */
const enough = (enoughMs: number): Partial<ChaosOptions> => ({ enoughMs });

export const MUTANTS: readonly Mutant[] = [
  {
    name: 'last-one-left-out',
    invariant: 'I1',
    about: 'the audience ends one before its end',
    file: 'customers.ts',
    from: 'AND id > $2 AND id <= $3 ORDER BY id',
    to: 'AND id > $2 AND id < $3 ORDER BY id',
  },
  {
    name: 'settled-is-settled-again',
    invariant: 'I2',
    about: 'whoever takes over sends what has its outcome, too',
    file: 'take-over.ts',
    from: 'if (settled.has(position)) return;',
    to: '',
    plan: [60, 160, 260].map((atRequests) => ({ kind: 'SIGKILL', atRequests })),
    // Long enough that windows are settled in parts.
    options: { latencyMs: 150, ...enough(6000) },
  },
  {
    name: 'no-fence',
    invariant: 'I2',
    about: 'outcomes are written for a chunk that another worker took over',
    file: 'chunks.ts',
    from: 'AND c.owner = $2 ORDER BY c.id FOR UPDATE OF c',
    to: 'AND $2::int IS NOT NULL ORDER BY c.id FOR UPDATE OF c',
    plan: [80, 300, 520].map((atRequests) => ({ kind: 'partition', atRequests })),
    options: { customers: 800, workers: 2, ...enough(8000) },
  },
  {
    name: 'acknowledged-before-accepted',
    invariant: 'I3',
    about: 'what should be tried again counts as delivered',
    file: 'send.ts',
    from: "return { kind: 'retry', at: now + verdict.delayMs, why: verdict.text };",
    to: "return { kind: 'final', outcome: 'delivered', port: 'sent', reason: null, status: 'sent', view, stops: false };",
    options: { trouble: 'fixed' },
  },
  {
    name: 'key-of-each-try',
    invariant: 'I4',
    about: 'every try has a key of its own',
    file: 'send.ts',
    from: "['idempotency-key', request.key]",
    to: "['idempotency-key', request.key + Date.now()]",
  },
  {
    name: 'rendered-anew',
    invariant: 'I5',
    about: 'what is sent again is rendered again',
    file: 'make-requests.ts',
    from: 'return this.chunk.windows ? this.again(travellers, from) : this.first(travellers);',
    to: 'return this.first(travellers);',
    plan: KILL,
  },
  {
    name: 'commits-rarely',
    invariant: 'I6',
    about: 'outcomes are committed every four seconds, so that a crash leaves much in doubt',
    file: 'settle.ts',
    from: 'const FLUSH_AFTER_MS = 40;',
    to: 'const FLUSH_AFTER_MS = 4000;',
    plan: KILL,
    options: enough(1000),
  },
  {
    name: 'sent-twice',
    invariant: 'I7',
    about: 'a request is started twice',
    file: 'lanes.ts',
    from: 'item.start().finally(() => {',
    to: 'item.start(); item.start().finally(() => {',
    options: enough(6000),
  },
  {
    name: 'retried-at-once',
    invariant: 'I8',
    about: 'a retry does not wait',
    file: 'send.ts',
    from: 'at: now + verdict.delayMs',
    to: 'at: now',
    options: { trouble: 'fixed' },
  },
  {
    name: 'beyond-the-grant',
    invariant: 'I9',
    about: 'two requests more than there are slots',
    file: 'lanes.ts',
    from: 'while (this.busy < Math.min(this.granted, this.cap)) {',
    to: 'while (this.busy < Math.min(this.granted, this.cap) + 2) {',
  },
  {
    name: 'stop-code-ignored',
    invariant: 'I10',
    about: 'a stop code rejects one and stops nothing',
    file: 'send.ts',
    from: "stops: verdict.kind === 'stop',",
    to: 'stops: false,',
  },
  {
    name: 'goes-on-while-retrying',
    invariant: 'I11',
    about: 'whoever is to be tried again goes on already',
    file: 'outcomes.ts',
    from: '} else into.chunks.push(...waitAgain(group, fate));',
    to: `} else {
      into.chunks.push(...waitAgain(group, fate));
      const answer = { name: chunk.node.name, data: { id: 1 }, isText: false, statusCode: 200, success: true };
      const travellers = group.flatMap(({ window, positions }) => positions.map((p) => ({ ...window.travellers[p], responses: [answer] })));
      const at = { sql, run: await newest(chunk), travellers, into, now: Date.now() };
      await leaveNode(at, chunk.node.number, travellers, 'sent');
    }`,
    options: { trouble: 'fixed' },
  },
  {
    name: 'batch-loses-a-member',
    invariant: 'I12',
    about: 'the last customer falls out of a batch that is sent again',
    file: 'make-requests.ts',
    from: 'requests: [{ ...request, members: travellers.map((_, i) => i) }],',
    to: `requests: [{ ...request, body: Buffer.from(String(request.body).replace(/,{[^{]*}]$/, ']')), members: travellers.map((_, i) => i) }],`,
    options: { trouble: 'fixed' },
  },
  {
    name: 'numbers-overwritten',
    invariant: 'I13',
    about: 'a live number is set where it should grow',
    file: 'transition.ts',
    from: 'delivered = n.delivered + t.delivered',
    to: 'delivered = t.delivered',
  },
  {
    name: 'dead-only-when-silent',
    invariant: 'I14',
    about: 'a lost lock is believed after five minutes of silence only',
    file: 'take-over.ts',
    from: 'WHERE w.id <> $2 AND NOT EXISTS (',
    to: "WHERE w.id <> $2 AND w.seen_at < now() - interval '5 minutes' AND NOT EXISTS (",
    plan: KILL,
    options: enough(1000),
  },
  {
    name: 'answers-unmasked',
    invariant: 'I15',
    about: 'a secret that the receiver repeats is stored',
    file: 'credentials.ts',
    from: 'if (secrets.length === 0) return attempt;',
    to: 'return attempt;',
  },
  {
    name: 'stops-without-settling',
    invariant: 'I16',
    about: 'a worker that is asked to stop leaves at once',
    file: 'engine.ts',
    from: 'await this.settled();',
    to: '',
    plan: [{ kind: 'SIGTERM', atRequests: 120 }],
  },
  {
    name: 'replay-keeps-the-old',
    invariant: 'I17',
    about: 'outcomes are not taken back before requests are sent again',
    file: 'replay.ts',
    from: 'DELETE FROM ledger_entry WHERE',
    to: 'UPDATE ledger_entry SET port = port WHERE',
  },
  {
    name: 'everything-remembered',
    invariant: 'I18',
    about: 'each window leaves something behind in memory',
    file: 'open-chunk.ts',
    from: 'this.openWindows++;',
    to: 'this.openWindows++; (globalThis.kept ??= []).push(Buffer.alloc(32e6, 1));',
  },
];

/** The mutant of that name. @throws when there is none, with the names that there are */
export function mutantOf(name: string): Mutant {
  const found = MUTANTS.find((mutant) => mutant.name === name);
  if (found) return found;
  throw new Error(`There is no mutant ${name}; there are ${MUTANTS.map((mutant) => mutant.name).join(', ')}.`);
}

/** The source with the mutation. @throws when the text does not stand in it exactly once: the engine has changed, and so must the mutant */
export function mutated({ name, file, from, to }: Mutant, source: string): string {
  const count = source.split(from).length - 1;
  if (count !== 1) throw new Error(`Mutant ${name}: its text stands ${count} times in lib/engine/${file}: ${from}`);
  return source.replace(from, () => to);
}
