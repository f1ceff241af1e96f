import type { Preview, TestResult } from '@/lib/services/webhook';

/** What the verbs `webhook.*` answer, by the names that the editor uses. */

export type { Preview, TestResult };
/** A rendered request; secrets are masked. */
export type Prepared = Extract<Preview, { ok: true }>['request'];
export type PreparedCustomer = Prepared['customers'][number];
export type PrepareFault = Extract<Preview, { ok: false }>['faults'][number];
export type Sent = Extract<TestResult, { ok: true }>;
type Answer = Sent['answer'];
export type Timing = Answer['timing'];

export type Subject =
  | { kind: 'none' }
  | { kind: 'customer'; id: string }
  | { kind: 'custom'; customer: Record<string, unknown> };
