import type { Sql } from '../db/index.ts';
import { type OutgoingRequest, refuseHeaderName, refuseHeaderValue } from '../transport/index.ts';
import { type Credentials, refused, withHeaders } from './credentials.ts';
import { open, seal, UnreadableSecret } from './envelope.ts';

/** Secret headers of webhooks: their values stand in the table `secret`, and the document knows only their ids. */
export interface StoredSecret {
  id: string;
  projectId: string;
  /** The one origin that the value may go to; with null it goes nowhere. */
  origin: string | null;
  sealed: Uint8Array;
}

const placeOf = ({ id, projectId, origin }: Omit<StoredSecret, 'sealed'>) => ({
  projectId,
  objectId: id,
  field: `value for ${origin ?? 'any origin'}`,
});

export function sealSecret(place: Omit<StoredSecret, 'sealed'>, value: string): Uint8Array<ArrayBuffer> {
  return seal(value, placeOf(place));
}

/** @throws UnreadableSecret */
export function openSecret(secret: StoredSecret): string {
  return open(secret.sealed, placeOf(secret));
}

/** Where the value of this secret is sealed, for tools that seal anew. */
export const placeOfSecret = placeOf;

/**
 * Opens the secret headers of a webhook, once for a chunk. A secret that does not exist (in this project), cannot be read,
 * or is bound to another origin or to none refuses the request with the reason.
 * @param headers name of the header and id of its secret
 */
export async function openSecretHeaders(
  sql: Sql,
  projectId: string,
  headers: readonly { name: string; secretId: string }[],
): Promise<Credentials> {
  if (headers.length === 0) return { secrets: [], authorise: async (request) => ({ ok: true, request }) };
  const { rows } = await sql.query<StoredSecret>(
    `SELECT id, project_id AS "projectId", origin, sealed FROM secret
      WHERE project_id = $1::uuid AND id::text = ANY($2::text[])`,
    [projectId, headers.map(({ secretId }) => secretId)],
  );
  const found = new Map(rows.map((row) => [row.id, row]));
  const values: { name: string; value: string; origin: string }[] = [];
  for (const { name, secretId } of headers) {
    const row = found.get(secretId);
    if (!row) return refusing(`the value of the secret header ${name} is not stored; enter it again`);
    if (row.origin === null)
      return refusing(
        `the secret header ${name} was stored without a host and goes nowhere; write the host into the URL and enter it again`,
      );
    const value = readable(row);
    if (value === null) return refusing(`the value of the secret header ${name} cannot be read; enter it again`);
    const fault = refuseHeaderName(name) ?? refuseHeaderValue(name, value);
    if (fault) return refusing(fault);
    values.push({ name, value, origin: row.origin });
  }
  const added = values.map(({ name, value }): [string, string] => [name, value]);
  return {
    secrets: values.flatMap(({ value }) => [value, value.replace(/^[A-Za-z-]+ +/, '')]),
    async authorise(request) {
      const stray = values.find(({ origin }) => origin !== originOf(request));
      if (!stray) return { ok: true, request: withHeaders(request, added) };
      return refused(
        `the secret header ${stray.name} was stored for ${stray.origin} and goes nowhere else; enter it again`,
      );
    },
  };
}

const refusing = (reason: string): Credentials => ({ secrets: [], authorise: async () => refused(reason) });

function readable(row: StoredSecret): string | null {
  try {
    return openSecret(row);
  } catch (error) {
    if (error instanceof UnreadableSecret) return null;
    throw error;
  }
}

const originOf = ({ url }: OutgoingRequest) => (URL.canParse(url) ? new URL(url).origin : null);
