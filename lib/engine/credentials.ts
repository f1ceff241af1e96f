import type { WebhookSettings } from '../core/webhook.ts';
import type { Sql } from '../db/index.ts';
import type { Attempt, OutgoingRequest } from '../transport/index.ts';
import {
  type Authorised,
  type Credentials,
  mask,
  openIntegration,
  openSecretHeaders,
  type StoredIntegration,
} from '../vault/index.ts';

/** What a webhook adds to its requests when they leave: secret headers and the integration's credentials. */
export interface Keys {
  /** Null when the webhook has neither, so that nothing needs to be asked for each request. */
  authorise: ((request: OutgoingRequest) => Promise<Authorised>) | null;
  /** After a 401: one new login. True when the request is worth one more try. */
  renew: (() => Promise<boolean>) | null;
  /** Everything that must not be seen in answers and errors. */
  secrets(): readonly string[];
}

/** An integration's row, or undefined when it was deleted. */
export async function integrationRow(sql: Sql, projectId: string, id: string): Promise<StoredIntegration | undefined> {
  const { rows } = await sql.query<StoredIntegration>(
    `SELECT id, project_id AS "projectId", kind, prefix, public, sealed FROM integration
      WHERE id::text = $1 AND project_id = $2::uuid`,
    [id, projectId],
  );
  return rows[0];
}

/** Opens what a webhook needs, once for a chunk. */
export async function openKeys(sql: Sql, projectId: string, settings: WebhookSettings): Promise<Keys> {
  const headers = settings.headers.flatMap(({ name, secretId }) => (secretId === null ? [] : [{ name, secretId }]));
  if (headers.length === 0 && settings.integrationId === null)
    return { authorise: null, renew: null, secrets: () => [] };
  const secretHeaders = await openSecretHeaders(sql, projectId, headers);
  const integration = settings.integrationId === null ? null : await openRow(sql, projectId, settings.integrationId);
  return {
    async authorise(request) {
      const withHeaders = await secretHeaders.authorise(request);
      return withHeaders.ok && integration ? integration.authorise(withHeaders.request) : withHeaders;
    },
    renew: integration?.renew ? () => integration.renew!() : null,
    secrets: () => [...secretHeaders.secrets, ...(integration?.secrets ?? [])],
  };
}

async function openRow(sql: Sql, projectId: string, id: string): Promise<Credentials> {
  const row = await integrationRow(sql, projectId, id);
  if (row) return openIntegration(row);
  return {
    secrets: [],
    authorise: async () => ({
      ok: false,
      reason: 'the integration of this webhook does not exist any more; choose another one in its settings',
      temporary: false,
    }),
  };
}

/**
 * What came back without the secrets that a receiver repeated: done first, so that neither the record, nor a reason, nor a
 * later template ever has them.
 */
export function withoutSecrets(attempt: Attempt, secrets: readonly string[]): Attempt {
  if (secrets.length === 0) return attempt;
  if (attempt.kind === 'failed') return { ...attempt, message: mask(attempt.message, secrets) };
  const headers = Object.fromEntries(
    Object.entries(attempt.headers).map(([name, value]) => [name, mask(value, secrets)]),
  );
  return { ...attempt, headers, body: mask(attempt.body, secrets) };
}
