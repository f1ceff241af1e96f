/** One request, complete: what stands here is what leaves. */
export interface OutgoingRequest {
  method: 'GET' | 'POST' | 'PUT' | 'PATCH' | 'DELETE';
  /** Absolute, as it is to be sent. */
  url: string;
  headers: [name: string, value: string][];
  body: Uint8Array | Uint8Array[] | string | null;
}

export interface SendLimits {
  /** One deadline around the whole exchange, from the look-up of the name to the last byte of the answer. */
  deadlineMs: number;
  /** Reading stops, and the connection is closed, after this many bytes of the answer's body. */
  maxResponseBytes: number;
  /** How many of them are kept. */
  keepResponseBytes: number;
  maxRequestBytes: number;
}

export const DEFAULT_LIMITS: SendLimits = {
  deadlineMs: 15_000,
  maxResponseBytes: 1_048_576,
  keepResponseBytes: 262_144,
  maxRequestBytes: 16_777_216,
};

/** Milliseconds. The parts are there only when they were asked for and happened on this request. */
export interface Timing {
  totalMs: number;
  dnsMs?: number;
  connectMs?: number;
  tlsMs?: number;
  firstByteMs?: number;
}

export type FailureReason =
  | 'blocked'
  | 'invalid'
  | 'dns'
  | 'connect'
  | 'tls'
  | 'timeout'
  | 'reset'
  | 'too-large'
  | 'protocol'
  | 'aborted';

export type Attempt =
  | {
      kind: 'answered';
      status: number;
      headers: Record<string, string>;
      body: string;
      bodyBytes: number;
      truncated: boolean;
      timing: Timing;
    }
  | {
      kind: 'failed';
      reason: FailureReason;
      /** Whether bytes of the request can have left: "no" is certain. */
      written: 'no' | 'maybe' | 'yes';
      /** For people: which host, what happened. */
      message: string;
      timing: Timing;
    };

export interface EgressRules {
  /** What the operator opened although it is private: CIDRs, hosts, host:port, *:port. */
  allow: readonly string[];
  /** Hookline's own public addresses (host:port), which no webhook may call unless they are opened. */
  own?: readonly string[];
  /** This machine's addresses; read from the system when not given. */
  machine?: readonly string[];
  /** An HTTP(S) proxy that all requests go through. */
  proxy?: string;
  /** Further certificate authorities, PEM. */
  extraCa?: string;
}
