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

// Rendering is synchronous, so one counter serves whichever render is under way.
let fuel = 0;
let nextCheck = 0;
let deadline = 0;
let memory = 0;

/** Begins the accounting of one render. */
export function begin(limits: Limits): void {
  fuel = limits.steps;
  memory = limits.allocation ?? ALLOCATION;
  // The clock is read only when a render turns out to be a long one.
  deadline = -limits.timeMs;
  nextCheck = fuel - CHECK_EVERY;
}

/** Uses up steps. @throws TemplateError (LimitError) when they, or the time, are gone */
export function charge(steps: number): void {
  fuel -= steps;
  if (fuel < nextCheck) check();
}

/** Announces that a text of so many characters is about to be made. */
export function chargeText(characters: number): void {
  memory -= characters;
  fuel -= 1 + characters / 16;
  if (fuel < nextCheck || memory < 0) check();
}

/** Announces that a list of so many items is about to be made or gone through. */
export function chargeItems(items: number): void {
  memory -= items * 8;
  fuel -= 1 + items;
  if (fuel < nextCheck || memory < 0) check();
}

function check(): void {
  if (fuel < 0) throw limitError('the template does too much: its budget of steps is used up');
  if (memory < 0) throw limitError('the template makes too much: its budget of memory is used up');
  const now = performance.now();
  if (deadline < 0) deadline = now - deadline;
  else if (now > deadline) throw limitError('the template takes too long');
  nextCheck = fuel - CHECK_EVERY;
}

/** Steps used since `begin` of a render with these limits; for benchmarks and the editor. */
export const used = (limits: Limits): number => limits.steps - fuel;
