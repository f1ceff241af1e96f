import { pool } from '../db/index.ts';

/**
 * Requests of the API that name themselves, so that a sender that saw no answer may send again (draft-ietf-httpapi-
 * idempotency-key-header). A key is known for a day. When the process dies in the middle nobody knows what was done: after a
 * minute the request may be sent again, as if for the first time.
 */

const ABANDONED = "interval '1 minute'";
const KEPT = "interval '1 day'";

export type Claim =
  /** Ours to do. */
  | { kind: 'new' }
  /** Done before: the same answer again. */
  | { kind: 'done'; answer: object }
  /** Somebody is at it. */
  | { kind: 'running' }
  /** The key stands for another request. */
  | { kind: 'other' };

/** Takes a key for a request, or tells what became of it. */
export async function claimKey(apiKeyId: string, key: string, fingerprint: Buffer): Promise<Claim> {
  await pool().query(`DELETE FROM idempotency_key WHERE claimed_at < now() - ${KEPT}`);
  const claimed = await pool().query(
    `INSERT INTO idempotency_key AS i (api_key_id, key, fingerprint) VALUES ($1, $2, $3)
     ON CONFLICT (api_key_id, key) DO UPDATE SET claimed_at = now()
        WHERE i.answer IS NULL AND i.fingerprint = excluded.fingerprint AND i.claimed_at < now() - ${ABANDONED}
     RETURNING key`,
    [apiKeyId, key, fingerprint],
  );
  if (claimed.rows[0]) return { kind: 'new' };
  const { rows } = await pool().query<{ same: boolean; answer: object | null }>(
    'SELECT fingerprint = $3 AS same, answer FROM idempotency_key WHERE api_key_id = $1 AND key = $2',
    [apiKeyId, key, fingerprint],
  );
  // Released since: the next try will get it.
  if (!rows[0]) return { kind: 'running' };
  if (!rows[0].same) return { kind: 'other' };
  return rows[0].answer ? { kind: 'done', answer: rows[0].answer } : { kind: 'running' };
}

/** Keeps the answer for whoever sends the same again. */
export async function keepAnswer(apiKeyId: string, key: string, answer: object): Promise<void> {
  await pool().query('UPDATE idempotency_key SET answer = $3 WHERE api_key_id = $1 AND key = $2', [
    apiKeyId,
    key,
    JSON.stringify(answer),
  ]);
}

/** Gives a key back: nothing was done. */
export async function releaseKey(apiKeyId: string, key: string): Promise<void> {
  await pool().query('DELETE FROM idempotency_key WHERE api_key_id = $1 AND key = $2', [apiKeyId, key]);
}
