import { createHash } from 'node:crypto';
import tls from 'node:tls';
import { type buildConnector, Client, type Dispatcher, Pool } from 'undici';
import type { AddressRules } from './addresses.ts';
import type { Destination } from './check.ts';
import { guardedConnector, type Lookup } from './connect.ts';
import { tunnelConnector } from './tunnel.ts';
import type { EgressRules, Timing } from './types.ts';

/** PEM. */
export interface Certificate {
  cert: string;
  key: string;
}

/** Destinations whose connections are kept; the longest unused goes first. */
const MAX_POOLS = 200;

// One deadline of ours covers everything, so undici's own are off. HTTP/1.1 only: a connection then carries one request at
// a time, which is what "at most n at once" counts.
const SETTINGS = { headersTimeout: 0, bodyTimeout: 0, allowH2: false } as const;

/** Connections by destination and client certificate. */
export class Pools {
  readonly #kept = new Map<string, Pool>();
  readonly #rules: EgressRules;
  readonly #addresses: AddressRules;
  readonly #connections: number;
  readonly #lookup: Lookup | undefined;
  readonly #contexts = new Map<string, tls.SecureContext>();

  constructor(rules: EgressRules, addresses: AddressRules, connections: number, lookup?: Lookup) {
    this.#rules = rules;
    this.#addresses = addresses;
    this.#connections = connections;
    this.#lookup = lookup;
  }

  /** The pool for a destination; kept for the next request. */
  for(destination: Destination, certificate?: Certificate): Dispatcher {
    const name = `${destination.origin} ${fingerprint(certificate)}`;
    let pool = this.#kept.get(name);
    if (pool) this.#kept.delete(name);
    else
      pool = new Pool(destination.origin, {
        ...SETTINGS,
        connections: this.#connections,
        pipelining: 1,
        keepAliveTimeout: 30_000,
        connect: this.#connector(destination, certificate),
      });
    this.#kept.set(name, pool);
    if (this.#kept.size > MAX_POOLS) {
      const [oldest, unused] = this.#kept.entries().next().value!;
      this.#kept.delete(oldest);
      void unused.close();
    }
    return pool;
  }

  /** A connection of its own that tells how long its parts took. */
  single(destination: Destination, certificate: Certificate | undefined, timing: Timing): Client {
    return new Client(destination.origin, {
      ...SETTINGS,
      connect: this.#connector(destination, certificate, timing),
    });
  }

  async close(): Promise<void> {
    const pools = [...this.#kept.values()];
    this.#kept.clear();
    await Promise.all(pools.map((pool) => pool.close()));
  }

  async destroy(): Promise<void> {
    const pools = [...this.#kept.values()];
    this.#kept.clear();
    await Promise.all(pools.map((pool) => pool.destroy()));
  }

  #connector({ port }: Destination, certificate?: Certificate, timing?: Timing): buildConnector.connector {
    const secure = this.#secureContext(certificate);
    const { proxy } = this.#rules;
    return proxy
      ? tunnelConnector(new URL(proxy), secure)
      : guardedConnector(this.#addresses, port, secure, this.#lookup, timing);
  }

  /** Built once: the system's certificate authorities, the operator's beside them, and the client's own certificate. */
  #secureContext(certificate?: Certificate): tls.SecureContext | undefined {
    const { extraCa } = this.#rules;
    if (!extraCa && !certificate) return undefined;
    const name = fingerprint(certificate);
    let context = this.#contexts.get(name);
    if (!context) {
      context = tls.createSecureContext({
        ...(extraCa ? { ca: [...tls.getCACertificates('default'), extraCa] } : {}),
        ...(certificate ?? {}),
      });
      if (this.#contexts.size >= MAX_POOLS) this.#contexts.clear();
      this.#contexts.set(name, context);
    }
    return context;
  }
}

function fingerprint(certificate: Certificate | undefined): string {
  if (!certificate) return '';
  return createHash('sha256').update(certificate.cert).update('\0').update(certificate.key).digest('base64');
}
