import { departures, type PolicyRate, sayMs, sayRate, stepOf } from '@/lib/core/rate';

const STEPS = 8;
/** More of a burst are told and not drawn. */
const MOST_DRAWN = 6;
const WIDTH = 360;
const LEFT = 14;
const RIGHT = 14;
const BASE = 62;
const GAP = 9;

/** When requests leave under a rate, from the first one after a pause on: drawn, and said in a sentence. */
export function RateDrawing(rate: PolicyRate) {
  const isWhole = [rate.requests, rate.burst].every((value) => Number.isInteger(value) && value >= 1);
  if (!isWhole || rate.requests > 1_000_000 || rate.burst > 1000) return null;
  const step = stepOf(rate);
  const end = STEPS * step;
  const x = (at: number) => LEFT + (at / end) * (WIDTH - LEFT - RIGHT);
  const together = Math.min(rate.burst, MOST_DRAWN);
  const alone = departures({ ...rate, burst: 1 }, STEPS).slice(1);
  return (
    <figure className="rounded-md border border-line bg-sunken p-3">
      <svg viewBox={`0 0 ${WIDTH} 84`} className="block w-full" aria-hidden>
        <line x1={LEFT} y1={BASE} x2={WIDTH - RIGHT} y2={BASE} className="stroke-line" />
        {Array.from({ length: together }, (_, i) => (
          // biome-ignore lint/suspicious/noArrayIndexKey: a dot is nothing but its place
          <circle key={i} cx={x(0)} cy={BASE - i * GAP} r="3.5" className="fill-accent" />
        ))}
        {rate.burst > MOST_DRAWN ? (
          <text x={x(0) + 10} y={BASE - (together - 1) * GAP + 4} className="fill-muted text-[11px]">
            {rate.burst} together
          </text>
        ) : null}
        {alone.map((at) => (
          <circle key={at} cx={x(at)} cy={BASE} r="3.5" className="fill-accent" />
        ))}
        <text x={LEFT - 4} y="80" className="fill-muted text-[11px]">
          after a pause
        </text>
        <text x={WIDTH - RIGHT + 4} y="80" textAnchor="end" className="fill-muted text-[11px]">
          {sayMs(end)}
        </text>
      </svg>
      <figcaption className="mt-2 text-muted text-sm">{sayRate(rate)}</figcaption>
    </figure>
  );
}
