import { env } from '../env.ts';
import { createTransport, egressRules, type Transport } from '../transport/index.ts';

let own: Transport | undefined;

/** The vault's way out for logins: the same address rules as for webhooks. */
export function ownTransport(): Transport {
  own ??= createTransport({ rules: egressRules(env()), connections: 2 });
  return own;
}
