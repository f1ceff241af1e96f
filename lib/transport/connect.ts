import dns, { type LookupAddress, type LookupAllOptions } from 'node:dns';
import type { LookupFunction } from 'node:net';
import type tls from 'node:tls';
import { buildConnector } from 'undici';
import type { AddressRules } from './addresses.ts';
import type { Timing } from './types.ts';

export const CONNECT_TIMEOUT_MS = 5000;

/** Thrown inside a connection attempt when an address of a name is out of bounds. */
class BlockedError extends Error {
  readonly code = 'HOOKLINE_BLOCKED';
}

/** How names are resolved: `dns.lookup`, or a stand-in with its shape. */
export type Lookup = (
  hostname: string,
  options: LookupAllOptions,
  callback: (error: NodeJS.ErrnoException | null, addresses: LookupAddress[]) => void,
) => void;

/**
 * A connector whose name look-up checks every address and dials exactly the checked ones, so that a name cannot mean one
 * thing to the check and another to the connection.
 * @param timing filled with the parts of this connection when given
 */
export function guardedConnector(
  rules: AddressRules,
  port: number,
  secureContext: tls.SecureContext | undefined,
  lookup: Lookup = dns.lookup,
  timing?: Timing,
): buildConnector.connector {
  const started = performance.now();
  const base = buildConnector({
    timeout: CONNECT_TIMEOUT_MS,
    keepAlive: true,
    allowH2: false,
    ...(secureContext ? { secureContext } : {}),
    lookup: checkedLookup(rules, port, lookup, timing) as never,
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

function checkedLookup(rules: AddressRules, port: number, lookup: Lookup, timing?: Timing): LookupFunction {
  return (hostname, options, callback) => {
    const started = performance.now();
    lookup(hostname, { ...options, all: true }, (error, addresses) => {
      if (timing) timing.dnsMs = round(performance.now() - started);
      if (error) return callback(error, '', 0);
      // One address out of bounds is enough: which of them is dialled is decided by a race.
      for (const { address } of addresses) {
        const refusal = rules.refuseAddress(address, hostname.toLowerCase(), port);
        if (refusal) return callback(new BlockedError(refusal), '', 0);
      }
      if (addresses.length === 0) return callback(Object.assign(new Error('no address'), { code: 'ENODATA' }), '', 0);
      if (options.all) (callback as unknown as (e: null, all: LookupAddress[]) => void)(null, addresses);
      else callback(null, addresses[0]!.address, addresses[0]!.family);
    });
  };
}

export const round = (ms: number): number => Math.round(ms * 100) / 100;
