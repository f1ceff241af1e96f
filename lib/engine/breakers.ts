/**
 * Circuit breakers beyond one webhook of one run: an integration whose credentials are refused, a destination that is ill.
 * While one is open nothing is claimed for it and no try is used up; then one request after the other may probe.
 */

export interface BreakerKey {
  projectId: string;
  kind: 'integration' | 'destination';
  /** Id of the integration, or origin of the destination. */
  key: string;
}

/** What a request told about whom it went to. */
export type Sign = 'well' | 'ill' | 'refused';

export interface OpenBreaker extends BreakerKey {
  reason: string;
  /** Unix milliseconds. */
  probeAt: number;
  trips: number;
}

/** So many refusals in a row, with no success between, mean the credentials and not one customer. */
const REFUSALS_IN_A_ROW = 3;
/** A destination is ill when this share of at least so many results within the window were failures worth a retry. */
const ILL_SHARE = 0.7;
const LEAST_RESULTS = 20;
const SECONDS = 60;
const FIRST_PAUSE_MS = 30_000;
const LONGEST_PAUSE_MS = 600_000;
/** A probe that never ends does not block the next one for longer. */
const PROBE_MS = 65_000;

/** Results of the last minute, by the second. */
class Lately {
  private readonly all = new Array<number>(SECONDS).fill(0);
  private readonly ill = new Array<number>(SECONDS).fill(0);
  private second = 0;
  total = 0;
  totalIll = 0;

  add(isIll: boolean, now: number): void {
    const second = Math.floor(now / 1000);
    for (let past = Math.max(this.second + 1, second - SECONDS + 1); past <= second; past++) {
      const slot = past % SECONDS;
      this.total -= this.all[slot]!;
      this.totalIll -= this.ill[slot]!;
      this.all[slot] = 0;
      this.ill[slot] = 0;
    }
    this.second = Math.max(this.second, second);
    const slot = second % SECONDS;
    this.all[slot]!++;
    this.total++;
    if (isIll) {
      this.ill[slot]!++;
      this.totalIll++;
    }
  }
}

interface State {
  key: BreakerKey;
  lately: Lately;
  refusals: number;
  trips: number;
  /** Null while it is closed. */
  probeAt: number | null;
  probing: number | null;
  reason: string;
}

/** The breakers that one worker knows of; `changed` hears of those that open and close here. */
export class Breakers {
  private readonly states = new Map<string, State>();
  private readonly changed: (breaker: OpenBreaker, isOpen: boolean) => void;
  /** False most of the time, and then nothing else needs to be asked. */
  someOpen = false;

  constructor(changed: (breaker: OpenBreaker, isOpen: boolean) => void) {
    this.changed = changed;
  }

  /** Whether a request may go there now; the first one after a pause is the probe, and the others wait for its result. */
  mayPass(keys: readonly BreakerKey[], now: number): boolean {
    const open = keys.flatMap((key) => this.states.get(nameOf(key)) ?? []).filter(({ probeAt }) => probeAt !== null);
    if (open.length === 0) return true;
    if (open.some(({ probeAt, probing }) => probeAt! > now || (probing !== null && now - probing < PROBE_MS)))
      return false;
    for (const state of open) state.probing = now;
    return true;
  }

  /** Whether anything would be turned away; takes no probe. */
  isOpen(keys: readonly BreakerKey[], now: number): boolean {
    return keys.some((key) => {
      const state = this.states.get(nameOf(key));
      return (
        state?.probeAt != null && (state.probeAt > now || (state.probing !== null && now - state.probing < PROBE_MS))
      );
    });
  }

  /** Learns from a result. */
  note(key: BreakerKey, sign: Sign, now: number): void {
    const state = this.stateOf(key);
    // It left before the breaker opened: what was in flight then is no probe, and does not make the pause longer.
    if (state.probeAt !== null && state.probing === null) return;
    state.probing = null;
    if (key.kind === 'integration') {
      if (sign === 'ill') return;
      state.refusals = sign === 'refused' ? state.refusals + 1 : 0;
      if (sign === 'well') this.close(state);
      else if (state.probeAt !== null || state.refusals >= REFUSALS_IN_A_ROW)
        this.open(state, now, 'the credentials of the integration were refused');
      return;
    }
    if (state.probeAt !== null) {
      if (sign === 'ill') this.open(state, now, state.reason);
      else this.close(state);
      return;
    }
    state.lately.add(sign === 'ill', now);
    const { total, totalIll } = state.lately;
    if (sign === 'ill' && total >= LEAST_RESULTS && totalIll / total >= ILL_SHARE)
      this.open(state, now, `${totalIll} of the last ${total} requests to ${key.key} failed`);
  }

  /** Takes over what other workers found; what they closed is closed here. */
  learn(open: readonly OpenBreaker[]): void {
    const names = new Set(open.map(nameOf));
    for (const { reason, probeAt, trips, ...key } of open) {
      const state = this.stateOf(key);
      if (state.probeAt === null || state.trips < trips) Object.assign(state, { reason, probeAt, trips });
    }
    this.count();
    for (const [name, state] of this.states) if (state.probeAt !== null && !names.has(name)) this.reset(state);
  }

  private open(state: State, now: number, reason: string): void {
    state.trips++;
    state.reason = reason;
    state.probeAt = now + Math.min(LONGEST_PAUSE_MS, FIRST_PAUSE_MS * 2 ** (state.trips - 1));
    this.count();
    this.changed({ ...state.key, reason, probeAt: state.probeAt, trips: state.trips }, true);
  }

  private close(state: State): void {
    if (state.probeAt === null) return;
    const { key, reason, probeAt, trips } = state;
    this.reset(state);
    this.changed({ ...key, reason, probeAt, trips }, false);
  }

  private reset(state: State): void {
    Object.assign(state, { probeAt: null, probing: null, trips: 0, refusals: 0, lately: new Lately() });
    this.count();
  }

  private count(): void {
    this.someOpen = [...this.states.values()].some(({ probeAt }) => probeAt !== null);
  }

  private stateOf(key: BreakerKey): State {
    const name = nameOf(key);
    let state = this.states.get(name);
    if (!state) {
      const { projectId, kind } = key;
      state = {
        key: { projectId, kind, key: key.key },
        lately: new Lately(),
        refusals: 0,
        trips: 0,
        probeAt: null,
        probing: null,
        reason: '',
      };
      this.states.set(name, state);
    }
    return state;
  }
}

const nameOf = ({ projectId, kind, key }: BreakerKey): string => `${projectId} ${kind} ${key}`;
