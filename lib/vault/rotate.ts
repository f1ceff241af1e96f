import type { Sql } from '../db/index.ts';
import { type Place, rewrap, UnreadableSecret } from './envelope.ts';
import type { KeyRing } from './keys.ts';
import { placeOfSecret } from './secret.ts';

/** Where sealed values stand. A new one is one entry here, and the rotation knows it. */
interface Shelf {
  table: string;
  key: string;
  /** Columns that say where a row's seal belongs. */
  columns: string[];
  place(row: Record<string, string | null>): Place;
}

export const SHELVES: readonly Shelf[] = [
  {
    table: 'integration',
    key: 'id',
    columns: ['project_id'],
    place: ({ id, project_id }) => ({ projectId: project_id!, objectId: id!, field: 'credentials' }),
  },
  {
    table: 'secret',
    key: 'id',
    columns: ['project_id', 'origin'],
    place: ({ id, project_id, origin }) => placeOfSecret({ id: id!, projectId: project_id!, origin: origin ?? null }),
  },
  {
    table: 'integration_token',
    key: 'integration_id',
    columns: ['project_id'],
    place: ({ integration_id, project_id }) => ({ projectId: project_id!, objectId: integration_id!, field: 'token' }),
  },
  {
    table: 'user_totp',
    key: 'user_id',
    columns: [],
    place: ({ user_id }) => placeOfTotp(user_id!),
  },
];

/** Where a user's second factor is sealed; it belongs to no project. */
export const placeOfTotp = (userId: string): Place => ({ projectId: '', objectId: userId, field: 'totp' });

export interface Rotation {
  /** Seals looked at, and those of them that are now wrapped by the current key. */
  seen: number;
  wrapped: number;
  /** Seals that neither key opens: table and id of each. */
  unreadable: string[];
}

const BATCH = 100;

/**
 * Wraps every data key anew by the current master key. Each row is one statement of its own, which takes only what is
 * still as it was read: the work may be killed at any moment and begun again, while others read and write.
 * @param onProgress after each batch
 */
export async function rotateSecrets(
  sql: Sql,
  keys: KeyRing,
  onProgress: (rotation: Rotation) => void = () => {},
): Promise<Rotation> {
  const rotation: Rotation = { seen: 0, wrapped: 0, unreadable: [] };
  for (const shelf of SHELVES) {
    let after = '00000000-0000-0000-0000-000000000000';
    for (;;) {
      const rows = await page(sql, shelf, after);
      for (const row of rows) await rotateRow(sql, shelf, row, keys, rotation);
      if (rows.length > 0) onProgress(rotation);
      if (rows.length < BATCH) break;
      after = rows.at(-1)![shelf.key] as string;
    }
  }
  return rotation;
}

type Row = Record<string, string | null> & { sealed: never };

async function page(sql: Sql, { table, key, columns }: Shelf, after: string): Promise<Row[]> {
  const { rows } = await sql.query<Row>(
    `SELECT ${[key, ...columns, 'sealed'].join(', ')} FROM ${table}
      WHERE sealed IS NOT NULL AND ${key} > $1::uuid ORDER BY ${key} LIMIT ${BATCH}`,
    [after],
  );
  return rows;
}

async function rotateRow(sql: Sql, { table, key, place }: Shelf, row: Row, keys: KeyRing, rotation: Rotation) {
  rotation.seen++;
  const sealed = row.sealed as unknown as Uint8Array;
  try {
    const next = rewrap(sealed, place(row), keys);
    if (!next) return;
    await sql.query(`UPDATE ${table} SET sealed = $1 WHERE ${key} = $2::uuid AND sealed = $3`, [
      next,
      row[key],
      sealed,
    ]);
    rotation.wrapped++;
  } catch (error) {
    if (!(error instanceof UnreadableSecret)) throw error;
    rotation.unreadable.push(`${table} ${row[key]}`);
  }
}
