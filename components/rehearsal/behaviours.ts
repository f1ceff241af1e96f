import type { OutputOf } from '@/components/call';

export type Behaviour = OutputOf<'rehearsal.open'>['behaviour'];

const HEALTHY: Behaviour = {
  latencyMs: 0,
  jitterMs: 0,
  errorRate: 0,
  errorStatus: 500,
  ratePerSecond: null,
  retryAfterSeconds: 1,
  itemFailureRate: 0,
  successFalseRate: 0,
  resetRate: 0,
  silenceRate: 0,
  dripMs: 0,
};

/** What third parties are like, for one click. */
export const PRESETS: { name: string; about: string; behaviour: Behaviour }[] = [
  {
    name: 'Healthy',
    about: 'Answers after about 50 ms.',
    behaviour: { ...HEALTHY, latencyMs: 40, jitterMs: 20 },
  },
  {
    name: 'Slow',
    about: 'Answers after one to three seconds.',
    behaviour: { ...HEALTHY, latencyMs: 1000, jitterMs: 2000 },
  },
  {
    name: 'Flaky',
    about: 'One request in five is answered 503; some connections are cut.',
    behaviour: { ...HEALTHY, latencyMs: 80, jitterMs: 120, errorRate: 0.2, errorStatus: 503, resetRate: 0.02 },
  },
  {
    name: 'Rate limited',
    about: 'More than ten requests a second are answered 429.',
    behaviour: { ...HEALTHY, latencyMs: 40, jitterMs: 20, ratePerSecond: 10, retryAfterSeconds: 5 },
  },
  {
    name: 'Partial failures',
    about: 'One customer in ten of a batch fails; one request in fifty says success: false.',
    behaviour: { ...HEALTHY, latencyMs: 80, jitterMs: 40, itemFailureRate: 0.1, successFalseRate: 0.02 },
  },
];

/** The preset that a behaviour is, if it is one. */
export const presetOf = (behaviour: Behaviour): string | null =>
  PRESETS.find((preset) => isSame(preset.behaviour, behaviour))?.name ?? null;

export const isSame = (a: Behaviour, b: Behaviour): boolean =>
  (Object.keys(a) as (keyof Behaviour)[]).every((key) => a[key] === b[key]);

const percent = (rate: number) => `${Number((rate * 100).toFixed(2))} %`;

/** A behaviour in words: "Answers after 40 to 60 ms. 20 % are answered 503." */
export function describeBehaviour(b: Behaviour): string {
  const [from, to] = [b.latencyMs, b.latencyMs + b.jitterMs];
  const parts = [
    to === 0 ? 'Answers at once.' : from === to ? `Answers after ${from} ms.` : `Answers after ${from} to ${to} ms.`,
    b.ratePerSecond === null
      ? ''
      : `More than ${b.ratePerSecond} a second are answered 429, try again in ${b.retryAfterSeconds} s.`,
    b.errorRate > 0 ? `${percent(b.errorRate)} are answered ${b.errorStatus}.` : '',
    b.successFalseRate > 0 ? `${percent(b.successFalseRate)} say success: false.` : '',
    b.itemFailureRate > 0 ? `${percent(b.itemFailureRate)} of the customers of a batch fail.` : '',
    b.resetRate > 0 ? `${percent(b.resetRate)} of the connections are cut after reading.` : '',
    b.silenceRate > 0 ? `${percent(b.silenceRate)} are never answered.` : '',
    b.dripMs > 0 ? `Answers drip, ${b.dripMs} ms a byte.` : '',
  ];
  return parts.filter(Boolean).join(' ');
}
