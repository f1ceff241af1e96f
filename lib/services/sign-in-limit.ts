import { isIPv6 } from 'node:net';
import { RateLimiterMemory, type RateLimiterRes } from 'rate-limiter-flexible';
import { ServiceError } from './verb.ts';

// Failures are counted in this process: n web processes allow n times as much, which is still far too little for guessing.
const HOUR = 3600;
const FREE = 5;

/** Failures of one account from one network: after five, each further one doubles the wait, up to an hour. */
const pairFailures = new RateLimiterMemory({ keyPrefix: 'pair', points: Number.MAX_SAFE_INTEGER, duration: 24 * HOUR });
const pairWaits = new RateLimiterMemory({ keyPrefix: 'wait', points: 1, duration: HOUR });
/**
 * Failures of one account from anywhere within an hour: after fifteen, each further one doubles the wait for everybody, up
 * to a quarter of an hour. Longer would let strangers lock the owner out.
 */
const accountFailures = new RateLimiterMemory({
  keyPrefix: 'account',
  points: Number.MAX_SAFE_INTEGER,
  duration: HOUR,
});
const accountWaits = new RateLimiterMemory({ keyPrefix: 'account-wait', points: 1, duration: HOUR });
const FREE_ANYWHERE = 15;
const LONGEST_FOR_ALL = 900;
/** Failures of one network for any account. */
const networkFailures = new RateLimiterMemory({ keyPrefix: 'network', points: 100, duration: HOUR });

/** The network that an address belongs to: the address itself, or the /64 of IPv6. */
export function networkOf(address: string | null): string {
  if (!address) return 'unknown';
  const plain = address.replace(/^::ffff:(?=\d+\.)/i, '');
  if (!isIPv6(plain)) return plain;
  const [head = '', tail = ''] = plain.split('::');
  const left = head ? head.split(':') : [];
  const right = tail ? tail.split(':') : [];
  const missing = plain.includes('::') ? Math.max(0, 8 - left.length - right.length) : 0;
  return [...left, ...Array(missing).fill('0'), ...right]
    .slice(0, 4)
    .map((group) => Number.parseInt(group, 16).toString(16))
    .join(':');
}

/**
 * Refuses an attempt that comes too soon after failures. The account need not exist: strangers are held up alike.
 * @throws ServiceError "limited" with the time to wait
 */
export async function admitSignIn(account: string, address: string | null): Promise<void> {
  const network = networkOf(address);
  const [wait, ofAccount, ofNetwork] = await Promise.all([
    pairWaits.get(`${account} ${network}`),
    accountWaits.get(account),
    networkFailures.get(network),
  ]);
  const seconds = Math.max(
    wait && wait.consumedPoints > 1 ? secondsOf(wait) : 0,
    ofAccount && ofAccount.consumedPoints > 1 ? secondsOf(ofAccount) : 0,
    ofNetwork && ofNetwork.consumedPoints >= 100 ? secondsOf(ofNetwork) : 0,
  );
  if (seconds <= 0) return;
  const told = seconds < 90 ? `${seconds} seconds` : `${Math.ceil(seconds / 60)} minutes`;
  throw new ServiceError('limited', `Too many attempts. Try again in ${told}.`, { details: { seconds } });
}

/** Counts a failed attempt. */
export async function countFailure(account: string, address: string | null): Promise<void> {
  const network = networkOf(address);
  const pair = `${account} ${network}`;
  const { consumedPoints } = await pairFailures.penalty(pair);
  const [ofAccount] = await Promise.all([accountFailures.penalty(account), networkFailures.penalty(network)]);
  const anywhere = ofAccount.consumedPoints - FREE_ANYWHERE;
  if (anywhere >= 0) await accountWaits.block(account, Math.min(LONGEST_FOR_ALL, 10 * 2 ** anywhere));
  if (consumedPoints >= FREE) await pairWaits.block(pair, Math.min(HOUR, 30 * 2 ** (consumedPoints - FREE)));
}

/** Forgets the failures of an account from a network after a success. */
export async function forgetFailures(account: string, address: string | null): Promise<void> {
  const pair = `${account} ${networkOf(address)}`;
  await Promise.all([pairFailures.delete(pair), pairWaits.delete(pair)]);
}

const secondsOf = (state: RateLimiterRes) => Math.ceil(state.msBeforeNext / 1000);
