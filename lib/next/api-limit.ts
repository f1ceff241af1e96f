import { RateLimiterMemory, RateLimiterRes } from 'rate-limiter-flexible';
import { networkOf } from '../services/sign-in-limit.ts';

// Counted in this process: n web processes behind one address allow n times as much.
const MINUTE = 60;

/** Requests a minute of one network, whatever key it shows (Bloomreach docs: rate limits of the tracking API). */
export const PER_NETWORK = 6000;
/** Requests a minute of one key that start or stop something. */
export const PER_KEY_RUN = 60;

const networks = new RateLimiterMemory({ keyPrefix: 'network', points: PER_NETWORK, duration: MINUTE });
const runs = new RateLimiterMemory({ keyPrefix: 'run', points: PER_KEY_RUN, duration: MINUTE });

/** Counts a request of a network; seconds to wait when it was one too many, else null. */
export function countNetwork(address: string | null): Promise<number | null> {
  return consume(networks, networkOf(address));
}

/** Counts a request of a key that starts or stops something. */
export function countRun(keyId: string): Promise<number | null> {
  return consume(runs, keyId);
}

async function consume(limiter: RateLimiterMemory, key: string): Promise<number | null> {
  try {
    await limiter.consume(key);
    return null;
  } catch (refused) {
    if (!(refused instanceof RateLimiterRes)) throw refused;
    return Math.max(1, Math.ceil(refused.msBeforeNext / 1000));
  }
}
