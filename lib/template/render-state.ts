import { limitError } from './errors.ts';
import type { Env } from './filter.ts';
import { Safe } from './values.ts';

/** Variables of one running function: the template itself, a macro, a recursive loop. Blocks inside it share its slots. */
export interface Frame {
  readonly slots: unknown[];
  /** The frame of the function that it is written in. */
  readonly parent: Frame | null;
}

/** A piece of the output and the source it came from. */
export interface RawSpan {
  start: number;
  end: number;
  at: number;
  sourceEnd: number;
}

/** The state of one render. Rendering is synchronous, so closures share it without locks. */
export interface Render {
  context: Record<string, unknown>;
  frame: Frame;
  out: string;
  /** Root only: finished pieces of output, so that a batch never becomes one huge string. */
  chunks: string[] | null;
  /** Characters in `chunks`. */
  chunked: number;
  outputLimit: number;
  /** Where in the source we are; errors take their place from it. */
  at: number;
  /** Macros and recursive loops inside each other. */
  depth: number;
  /** Filled only by templates that were compiled for it. */
  spans: RawSpan[] | null;
  env: Env;
}

export type Evaluate = (r: Render) => unknown;
export type Execute = (r: Render) => void;

export const newFrame = (size: number, parent: Frame | null): Frame => ({ slots: new Array(size), parent });

export const tooLong = (): never => {
  throw limitError('the output is too long');
};

/** Adds text to the output. @throws LimitError when it has become too long */
export function emit(r: Render, text: string): void {
  r.out += text;
  if (r.out.length + r.chunked > r.outputLimit) tooLong();
}

/** Runs `work` and takes its output instead of letting it go. */
export function capture(r: Render, work: Execute, finished: boolean): unknown {
  const { out, chunks, spans } = r;
  r.out = '';
  r.chunks = null;
  r.spans = null;
  try {
    work(r);
    return finished ? new Safe(r.out) : r.out;
  } finally {
    r.out = out;
    r.chunks = chunks;
    r.spans = spans;
  }
}
