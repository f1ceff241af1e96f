import { limitError } from './errors.ts';

/** What one render may use up. */
export interface Limits {
  /** Loop steps, calls, filters, and the size of what they make. */
  steps: number;
  /** Characters of output. */
  output: number;
  /** Milliseconds. */
  timeMs: number;
  /** Characters and list items made on the way, all told; 64 million when left out. */
  allocation?: number;
}

/** Sizes that hold whatever the limits of a render are. */
export const SOURCE_LIMIT = 262_144;
export const RANGE_LIMIT = 100_000;
export const WIDTH_LIMIT = 100_000;
export const MACRO_DEPTH = 180;
/** Nesting of values that are printed, compared or turned into JSON. */
export const VALUE_DEPTH = 60;
/** Nesting of a template's own syntax. */
export const SYNTAX_DEPTH = 100;
/** Bits of the largest integer. */
export const INTEGER_BITS = 20_000;
const ALLOCATION = 64_000_000;
const CHECK_EVERY = 4096;

// Rendering is synchronous, so one meter serves whichever render is under way. A typed array, because a fraction in an
// ordinary variable would be allocated anew by every charge.
const meter = new Float64Array(4);
const FUEL = 0;
const NEXT_CHECK = 1;
const MEMORY = 2;
/** Milliseconds that are allowed, negative, until the first check sets the clock; then the end. */
const DEADLINE = 3;

/** Begins the accounting of one render. */
export function begin(limits: Limits): void {
  meter[FUEL] = limits.steps;
  meter[MEMORY] = limits.allocation ?? ALLOCATION;
  // The clock is read only when a render turns out to be a long one.
  meter[DEADLINE] = -limits.timeMs;
  meter[NEXT_CHECK] = limits.steps - CHECK_EVERY;
}

/** Uses up steps. @throws TemplateError (LimitError) when they, or the time, are gone */
export function charge(steps: number): void {
  meter[FUEL]! -= steps;
  if (meter[FUEL]! < meter[NEXT_CHECK]!) check();
}

/** Announces that a text of so many characters is about to be made. */
export function chargeText(characters: number): void {
  meter[MEMORY]! -= characters;
  meter[FUEL]! -= 1 + characters / 16;
  if (meter[FUEL]! < meter[NEXT_CHECK]! || meter[MEMORY]! < 0) check();
}

/** Announces that a list of so many items is about to be made or gone through. */
export function chargeItems(items: number): void {
  meter[MEMORY]! -= items * 8;
  meter[FUEL]! -= 1 + items;
  if (meter[FUEL]! < meter[NEXT_CHECK]! || meter[MEMORY]! < 0) check();
}

function check(): void {
  if (meter[FUEL]! < 0) throw limitError('the template does too much: its budget of steps is used up');
  if (meter[MEMORY]! < 0) throw limitError('the template makes too much: its budget of memory is used up');
  const now = performance.now();
  if (meter[DEADLINE]! <= 0) meter[DEADLINE] = now - meter[DEADLINE]!;
  else if (now > meter[DEADLINE]!) throw limitError('the template takes too long');
  meter[NEXT_CHECK] = meter[FUEL]! - CHECK_EVERY;
}
