import { afterEach } from 'vitest';
import {
  createTransport,
  DEFAULT_LIMITS,
  type EgressRules,
  type OutgoingRequest,
  type SendLimits,
  type SendOptions,
  type Transport,
} from '../../../lib/transport/index.ts';

type Lookup = NonNullable<Parameters<typeof createTransport>[0]['lookup']>;

const open: Transport[] = [];
afterEach(async () => {
  await Promise.all(open.splice(0).map((transport) => transport.close()));
});

/** A way out for one test; loopback ranges stay closed unless opened. */
export function wayOut(rules: Partial<EgressRules> = {}, more: { connections?: number; lookup?: Lookup } = {}) {
  const transport = createTransport({ rules: { allow: [], ...rules }, connections: 4, ...more });
  open.push(transport);
  return {
    send(request: Partial<OutgoingRequest>, limits: Partial<SendLimits> = {}, options: SendOptions = {}) {
      const whole: OutgoingRequest = { method: 'GET', url: 'http://127.0.0.1/', headers: [], body: null, ...request };
      return transport.send(whole, { ...DEFAULT_LIMITS, deadlineMs: 5000, ...limits }, options);
    },
    close: () => transport.close(),
  };
}

/** A resolver with these answers, one after the other; the last one stays. Counts how often it was asked. */
export function resolver(...answers: string[][]) {
  let asked = 0;
  const lookup: Lookup = (_hostname, _options, callback) => {
    const addresses = answers[Math.min(asked++, answers.length - 1)]!;
    callback(
      null,
      addresses.map((address) => ({ address, family: address.includes(':') ? 6 : 4 })),
    );
  };
  return { lookup, asked: () => asked };
}
