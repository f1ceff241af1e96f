import { TemplateError } from './errors.ts';

/** What one render may use up. */
export interface Limits {
  /** Loop steps, calls, filters, and the size of what they make. */
  steps: number;
  /** Characters of output. */
  output: number;
  /** Milliseconds. */
  timeMs: number;
}

/** Sizes that hold whatever the limits of a render are. */
export const SOURCE_LIMIT = 262_144;
export const RANGE_LIMIT = 100_000;
export const MACRO_DEPTH = 150;

// Rendering is synchronous, so one counter serves whichever render is under way.
let fuel = 0;
let nextCheck = 0;
let deadline = 0;
const CHECK_EVERY = 4096;

/** Begins the accounting of one render. */
export function begin(limits: Limits): void {
  fuel = limits.steps;
  nextCheck = fuel - CHECK_EVERY;
  deadline = performance.now() + limits.timeMs;
}

/** Uses up steps. @throws TemplateError (LimitError) when they, or the time, are gone */
export function charge(steps: number): void {
  fuel -= steps;
  if (fuel < nextCheck) check();
}

function check(): void {
  if (fuel < 0) throw new TemplateError('LimitError', 'the template does too much: its budget of steps is used up');
  if (performance.now() > deadline) throw new TemplateError('LimitError', 'the template takes too long');
  nextCheck = fuel - CHECK_EVERY;
}
