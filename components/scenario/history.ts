import type { Operation } from '@/lib/core/operations';
import { replacesKey } from './compact';

/** One step of undo: what takes it back, and what does it again. */
export interface Step {
  undo: Operation[];
  redo: Operation[];
  /** Milliseconds; steps close in time that replace each other become one. */
  at: number;
}

export interface History {
  past: readonly Step[];
  future: readonly Step[];
}

export const NO_HISTORY: History = { past: [], future: [] };

/** Typing and moving within this time is one step. */
const TOGETHER_MS = 1000;
const MOST_STEPS = 200;

/** The history after an edit. What had been undone can no longer be done again. */
export function record(history: History, step: Step): History {
  const last = history.past.at(-1);
  if (last && history.future.length === 0 && step.at - last.at < TOGETHER_MS && isSameEdit(last, step)) {
    const merged = { undo: last.undo, redo: step.redo, at: step.at };
    return { past: [...history.past.slice(0, -1), merged], future: [] };
  }
  return { past: [...history.past, step].slice(-MOST_STEPS), future: [] };
}

/** Takes the last step from the past, or the last undone one from the future. */
export function take(
  history: History,
  direction: 'undo' | 'redo',
): { operations: Operation[]; step: Step; rest: History } | null {
  const from = direction === 'undo' ? history.past : history.future;
  const step = from.at(-1);
  if (!step) return null;
  const rest =
    direction === 'undo'
      ? { past: history.past.slice(0, -1), future: history.future }
      : { past: history.past, future: history.future.slice(0, -1) };
  return { operations: direction === 'undo' ? step.undo : step.redo, step, rest };
}

/** Puts a step that was undone (or done again) on the other side. `inverses` takes back what has just been applied. */
export function put(history: History, direction: 'undo' | 'redo', step: Step, inverses: Operation[]): History {
  return direction === 'undo'
    ? { past: history.past, future: [...history.future, { ...step, redo: inverses }] }
    : { past: [...history.past, { ...step, undo: inverses }], future: history.future };
}

function isSameEdit(a: Step, b: Step): boolean {
  const [one, two] = [a.redo[0], b.redo[0]];
  if (a.redo.length !== 1 || b.redo.length !== 1 || !one || !two) return false;
  const key = replacesKey(one);
  return key !== null && key === replacesKey(two);
}
