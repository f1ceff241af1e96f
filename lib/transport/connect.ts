import dns from 'node:dns';
import type { LookupFunction } from 'node:net';
import { buildConnector } from 'undici';
import type { AddressRules } from './addresses.ts';
import type { Timing } from './types.ts';

/** Thrown inside a connection attempt when every address of a name is out of bounds. */
export class BlockedError extends Error {
  readonly code = 'HOOKLINE_BLOCKED';
}

/**
 * A connector whose name look-up checks every address and dials exactly the checked one, so that a name cannot mean one
 * thing to the check and another to the connection.
 * @param timing filled with the parts of this connection when given
 */
export function guardedConnector(
  rules: AddressRules,
  port: number,
  extraCa: string | undefined,
  timing?: Timing,
): buildConnector.connector {
  const started = performance.now();
  const base = buildConnector({
    timeout: 10_000,
    keepAlive: true,
    ...(extraCa ? { ca: extraCa } : {}),
    lookup: lookup(rules, port, timing) as never,
  });
  if (!timing) return base;
  return (options, callback) => {
    const socket = (
      base as (o: typeof options, c: typeof callback) => { once?: (event: string, listener: () => void) => void }
    )(options, (...result) => {
      const now = performance.now() - started;
      const before = (timing.dnsMs ?? 0) + (timing.connectMs ?? 0);
      if (timing.connectMs === undefined) timing.connectMs = round(now - (timing.dnsMs ?? 0));
      else if (options.protocol === 'https:') timing.tlsMs = round(now - before);
      (callback as (...all: unknown[]) => void)(...result);
    });
    socket?.once?.('connect', () => {
      timing.connectMs = round(performance.now() - started - (timing.dnsMs ?? 0));
    });
  };
}

function lookup(rules: AddressRules, port: number, timing?: Timing): LookupFunction {
  return (hostname, options, callback) => {
    const started = performance.now();
    dns.lookup(hostname, { ...options, all: true }, (error, addresses) => {
      if (timing) timing.dnsMs = round(performance.now() - started);
      if (error) return callback(error, '', 0);
      const fine = addresses.filter(
        ({ address }) => rules.refuseAddress(address, hostname.toLowerCase(), port) === null,
      );
      if (fine.length < addresses.length || fine.length === 0)
        return callback(
          new BlockedError(
            `${hostname} resolves to an address that webhooks may not reach; an operator can open it with EGRESS_ALLOW`,
          ),
          '',
          0,
        );
      if (options.all) (callback as unknown as (e: null, all: typeof fine) => void)(null, fine);
      else callback(null, fine[0]!.address, fine[0]!.family);
    });
  };
}

export const round = (ms: number): number => Math.round(ms * 100) / 100;
