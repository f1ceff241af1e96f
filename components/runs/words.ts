import type { OutputOf } from '@/components/call';
import type { Tone } from '@/components/ui/badge';
import { NODE_KINDS } from '@/lib/core/node-kinds';

/** Runs in words: states, outcomes, and what became of somebody at a node. */

export type NodeCounts = OutputOf<'run.open'>['counts'][number];
export type RunState = OutputOf<'run.open'>['run']['state'];
export type RequestRow = OutputOf<'run.requests'>['requests'][number];
export type JourneyStep = OutputOf<'run.journey'>['steps'][number];

export const RUN_STATES: Record<RunState, { words: string; tone: Tone; live: boolean }> = {
  running: { words: 'Running', tone: 'success', live: true },
  paused: { words: 'Paused', tone: 'warning', live: false },
  finishing: { words: 'Finishing', tone: 'warning', live: true },
  stopping: { words: 'Stopping', tone: 'warning', live: true },
  done: { words: 'Done', tone: 'neutral', live: false },
  stopped: { words: 'Stopped', tone: 'neutral', live: false },
};

/** What let the customers of a run in. */
export const RUN_KINDS: Record<OutputOf<'run.open'>['run']['kind'], string> = {
  now: 'Everyone at once',
  event: 'On event',
  date: 'Everyone, on a date',
  repeat: 'Everyone, repeated',
  api: 'Everyone, at a call of an API trigger',
};

type Listed = Pick<OutputOf<'run.list'>['runs'][number], 'kind' | 'entered' | 'endedAt'>;

/** The run to look at first, of runs with the newest first: a firing or a call that lies ahead has nothing to tell yet. */
export function latestOf<Run extends Listed>(runs: readonly Run[]): Run | undefined {
  const hasBegun = ({ kind, entered, endedAt }: Run) =>
    entered > 0 || endedAt !== null || kind === 'now' || kind === 'event';
  return runs.find(hasBegun) ?? runs[0];
}

export const hasEnded = (state: RunState): boolean => state === 'done' || state === 'stopped';

/** The numbers of a node in the order in which they stand, from `entered` on the rest adds up. */
export const GROUPS = [
  { key: 'entered', group: 'entered', label: 'Entered', tone: 'neutral' },
  { key: 'waiting', group: 'waiting', label: 'Waiting', tone: 'info' },
  { key: 'inFlight', group: 'in-flight', label: 'In flight', tone: 'accent' },
  { key: 'delivered', group: 'delivered', label: 'Delivered', tone: 'success' },
  { key: 'rejected', group: 'rejected', label: 'Rejected', tone: 'danger' },
  { key: 'unknown', group: 'unknown', label: 'Unknown', tone: 'warning' },
  { key: 'skipped', group: 'skipped', label: 'Skipped', tone: 'neutral' },
] as const satisfies readonly { key: keyof NodeCounts; group: string; label: string; tone: Tone }[];
export type Group = (typeof GROUPS)[number]['group'];

export const OUTCOMES: Record<RequestRow['outcome'], { words: string; tone: Tone }> = {
  delivered: { words: 'Delivered', tone: 'success' },
  rejected: { words: 'Rejected', tone: 'danger' },
  unknown: { words: 'Unknown', tone: 'warning' },
  retrying: { words: 'Retrying', tone: 'info' },
};

/** "Send SMS got 429 from api.example.com; try 2 of 6 in 12 s": who, from where, what, and what happens next. */
export function failureSentence(nodeName: string, host: string | null, message: string): string {
  const answered = /^answered (\d{3})(.*)$/s.exec(message);
  if (answered) return `${nodeName} got ${answered[1]}${host ? ` from ${host}` : ''}${answered[2]}`;
  return message === '' ? nodeName : `${nodeName}${host ? `, ${host}` : ''}: ${message}`;
}

/** What became of somebody at one node, as a sentence. */
export function stepSentence(step: JourneyStep): string {
  const because = step.reason ? `: ${step.reason}` : '';
  switch (step.outcome) {
    case 'rejected':
      return `${step.nodeName} was rejected${because}.`;
    case 'unknown':
      return `${step.nodeName} may have arrived; nobody can know${because}.`;
    case 'skipped':
      return `${step.nodeName} was skipped${because}.`;
    case 'in-flight':
      return `${step.nodeName} is on its way.`;
    case 'waiting':
      return step.kind === 'wait' ? `Waits at ${step.nodeName}.` : `Waits for ${step.nodeName}${because}.`;
    case 'delivered':
      return passedSentence(step);
  }
}

function passedSentence(step: JourneyStep): string {
  const { nodeName, port } = step;
  if (step.kind === 'on-event') return `Entered because of an event${step.reason ? `: ${step.reason}` : ''}.`;
  if (NODE_KINDS[step.kind].family === 'trigger') return 'Entered when the run started.';
  switch (step.kind) {
    case 'condition':
      return port === 'no' ? `${nodeName}: no, went on by No.` : `${nodeName}: yes, went on by Yes.`;
    case 'wait':
      return `Waited at ${nodeName} and went on.`;
    case 'webhook':
      return `${nodeName} was delivered${step.status ? ` (${step.status})` : ''}.`;
    case 'set-attribute':
      return `${nodeName} was written to the profile.`;
    case 'add-event':
      return `${nodeName} was tracked.`;
    default:
      return `Went on from ${nodeName}.`;
  }
}

const number = (value: number) => Math.round(value).toLocaleString('en');

/** What a webhook's requests were like: "10 requests of 400 to 1,000 customers, 84 ms on average, 2 retries". */
export function requestsSentence(counts: NodeCounts): string | null {
  if (counts.kind !== 'webhook' || counts.requests === 0) return null;
  const { batchMin: min, batchMedian: median, batchMax: max } = counts;
  const batches =
    min === null || max === null
      ? ''
      : min === max
        ? ` of ${number(max)} ${max === 1 ? 'customer' : 'customers'}`
        : ` of ${number(min)} to ${number(max)} customers${median === null ? '' : `, mostly ${number(median)}`}`;
  return [
    `${number(counts.requests)} ${counts.requests === 1 ? 'request' : 'requests'}${batches}`,
    counts.averageMs === null ? '' : `${number(counts.averageMs)} ms on average`,
    counts.retries > 0 ? `${number(counts.retries)} ${counts.retries === 1 ? 'retry' : 'retries'}` : '',
  ]
    .filter(Boolean)
    .join(', ');
}

type Replay = OutputOf<'run.open'>['replays'][number];

/** How fast a replay goes: "at most 10 requests a second". */
export function paceOf(rate: Replay['rate']): string {
  if (!rate) return 'as fast as the policy allows';
  const time = rate.periodSeconds === 60 ? 'minute' : 'second';
  return `at most ${number(rate.count)} ${rate.count === 1 ? 'request' : 'requests'} a ${time}`;
}

/** How long a replay with a rate takes from here on, at least; null for one without. */
export function secondsLeft({ rate, left, requests, customers }: Replay): number | null {
  if (!rate || customers === 0) return null;
  return Math.ceil((((left * requests) / customers) * rate.periodSeconds) / rate.count);
}
