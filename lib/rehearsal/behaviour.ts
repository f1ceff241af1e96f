import { z } from 'zod';

/** How a target answers; each named target has its own. */
export const Behaviour = z.object({
  /** Milliseconds before the answer, plus up to `jitterMs` more. */
  latencyMs: z.number().int().min(0).max(120_000).default(0),
  jitterMs: z.number().int().min(0).max(60_000).default(0),
  /** Share of requests (0 to 1) that are answered with `errorStatus`. */
  errorRate: z.number().min(0).max(1).default(0),
  errorStatus: z.number().int().min(300).max(599).default(500),
  /** More requests a second than this are answered 429 with Retry-After; null is no limit. */
  ratePerSecond: z.number().positive().max(100_000).nullable().default(null),
  retryAfterSeconds: z.number().int().min(0).max(3600).default(1),
  /** Share of customers inside a batch that are answered as failed. */
  itemFailureRate: z.number().min(0).max(1).default(0),
  /** Share of requests answered 200 with `success: false`. */
  successFalseRate: z.number().min(0).max(1).default(0),
  /** Share of requests whose connection is cut after they were read and counted. */
  resetRate: z.number().min(0).max(1).default(0),
  /** Share of requests that are read, counted and never answered. */
  silenceRate: z.number().min(0).max(1).default(0),
  /** The answer's body goes out one byte at a time, this many milliseconds apart; 0 is at once. */
  dripMs: z.number().int().min(0).max(10_000).default(0),
});
export type Behaviour = z.infer<typeof Behaviour>;
