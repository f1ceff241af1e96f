import { randomUUID } from 'node:crypto';
import { z } from 'zod';
import { type Db, pool, type Sql, sqlOf } from '../db/index.ts';
import { log } from '../log.ts';
import { RowId } from './customer.ts';
import { runDeletion } from './customer-erase-job.ts';
import { STEP_NAMES } from './customer-erase-steps.ts';
import { findCustomers } from './customer-search.ts';
import { type AuditNote, act, audit, type Ctx, notFound, read, ServiceError } from './verb.ts';

/**
 * Deleting customers for good. Profiles and identifiers go in the transaction of the request, so that from then on nobody
 * finds them, no audience has them and nothing is sent to them; what else names them goes in the background.
 */

/** At most so many customers in one deletion: their profiles go at once. */
export const MOST_DELETED = 20_000;
/** Nobody has shown a sign of life for this long: there may be no worker. */
const SILENT_MS = 60_000;
/** How long a deletion that is done is still listed. */
const LISTED = "interval '1 day'";

export interface Deletion {
  id: string;
  state: 'running' | 'failed' | 'done';
  customers: number;
  /** The step that it is at, from 1, of how many; and how much of what it looks through. */
  step: number;
  steps: number;
  what: (typeof STEP_NAMES)[number];
  done: number;
  total: number;
  removed: Partial<Record<(typeof STEP_NAMES)[number], number>>;
  /** Why it waits or failed. */
  message: string | null;
  /** True when nobody seems to be at it. */
  isSilent: boolean;
  createdBy: string | null;
  createdAt: string;
  endedAt: string | null;
}

/** Begins the deletion of one customer; the answer is its job. */
export const deleteCustomer = act({
  needs: 'administer',
  scope: 'customers:delete',
  input: z.strictObject({
    /** The internal number, or with `by` the value of an identifier of that kind. */
    id: z.string().min(1).max(256),
    by: z.string().min(1).max(256).optional(),
  }),
  run: ({ ctx, input, db }) =>
    begin(ctx, db, async (sql) => {
      const { rows } = await sql.query<{ id: number | bigint }>(
        input.by === undefined
          ? 'SELECT id FROM customer WHERE project_id = $1::uuid AND id = $2::bigint'
          : 'SELECT customer_id AS id FROM customer_identifier WHERE project_id = $1::uuid AND value = $2 AND kind = $3',
        input.by === undefined
          ? [ctx.projectId, RowId.safeParse(input.id).data ?? null]
          : [ctx.projectId, input.id, input.by],
      );
      if (!rows[0]) throw notFound('The customer');
      const id = Number(rows[0].id);
      return { ids: [id], note: { action: 'customer.delete', objectType: 'customer', objectId: String(id) } };
    }),
});

/**
 * Begins the deletion of several customers: those chosen, or all that a search finds, if they are still as many as the
 * asker was told.
 */
export const deleteCustomers = act({
  needs: 'administer',
  input: z.union([
    z.strictObject({ ids: z.array(RowId).min(1, 'Choose at least one customer.').max(1000) }),
    z.strictObject({
      query: z.string().trim().min(1, 'Give a text to search for: all customers at once cannot be deleted.').max(256),
      expected: z.number().int().min(1),
    }),
  ]),
  run: ({ ctx, input, db }) =>
    begin(ctx, db, async (sql) => {
      const ids = 'ids' in input ? await known(sql, ctx.projectId, input.ids) : await found(sql, ctx.projectId, input);
      const asked = 'ids' in input ? { asked: input.ids.length } : { bySearch: true };
      return { ids, note: { action: 'customer.delete-many', objectType: 'deletion', after: asked } };
    }),
});

async function known(sql: Sql, projectId: string, ids: readonly string[]): Promise<number[]> {
  const { rows } = await sql.query<{ id: number | bigint }>(
    'SELECT id FROM customer WHERE project_id = $1::uuid AND id = ANY($2::bigint[])',
    [projectId, ids],
  );
  if (rows.length === 0) throw notFound(ids.length === 1 ? 'The customer' : 'Any of these customers');
  return rows.map(({ id }) => Number(id));
}

async function found(sql: Sql, projectId: string, { query, expected }: { query: string; expected: number }) {
  const all = await findCustomers(sql, projectId, { query, before: null, limit: MOST_DELETED + 1 });
  if (all.length > MOST_DELETED)
    throw new ServiceError(
      'invalid',
      `The search finds more than ${MOST_DELETED.toLocaleString('en')} customers, the most for one deletion. Narrow it.`,
    );
  if (all.length !== expected)
    throw new ServiceError(
      'conflict',
      `The search finds ${all.length.toLocaleString('en')} customers now, not ${expected.toLocaleString('en')}. Look at them again.`,
      { details: { found: all.length } },
    );
  return all.map(({ id }) => id);
}

/** How many customers a search finds, up to one more than one deletion may have. */
export const countFound = read({
  needs: 'administer',
  input: z.strictObject({ query: z.string().trim().min(1).max(256) }),
  async run({ ctx, input }): Promise<{ found: number; most: number }> {
    const all = await findCustomers(pool(), ctx.projectId, {
      query: input.query,
      before: null,
      limit: MOST_DELETED + 1,
    });
    return { found: all.length, most: MOST_DELETED };
  },
});

interface Choice {
  ids: number[];
  note: AuditNote;
}

async function begin(ctx: Ctx, db: Db, choose: (sql: Sql) => Promise<Choice>): Promise<Deletion> {
  const id = randomUUID();
  await db.$transaction(
    async (tx) => {
      const sql = sqlOf(tx);
      const { ids, note } = await choose(sql);
      const customers = await takeAway(sql, ctx, id, ids);
      await audit(tx, ctx, {
        objectId: id,
        ...note,
        after: { ...(note.after as object | undefined), customers, deletion: id },
      });
    },
    { timeout: 60_000, maxWait: 10_000 },
  );
  inBackground(id);
  return deletionOf(ctx, id);
}

/**
 * The profiles are gone with the commit. What is needed to find other traces of them is kept until the job is done.
 * @returns how many customers there were
 */
async function takeAway(sql: Sql, ctx: Ctx, deletion: string, ids: readonly number[]): Promise<number> {
  const locked = await sql.query<{ id: number | bigint }>(
    'SELECT id FROM customer WHERE project_id = $1::uuid AND id = ANY($2::bigint[]) ORDER BY id FOR UPDATE',
    [ctx.projectId, ids],
  );
  if (locked.rows.length === 0) throw notFound('The customer');
  const gone = locked.rows.map(({ id }) => Number(id));
  await sql.query(
    `INSERT INTO deletion(id, project_id, customers, created_by_id, request_id)
     VALUES ($1::uuid, $2::uuid, $3::int, $4::uuid, $5) RETURNING id`,
    [deletion, ctx.projectId, gone.length, ctx.actor.kind === 'user' ? ctx.actor.id : null, ctx.requestId],
  );
  await sql.query(REMEMBER, [deletion, gone]);
  await sql.query(
    `INSERT INTO deletion_customer(deletion_id, customer_id, telling, traces)
     SELECT d.deletion_id, m.former_id, d.telling, d.traces FROM deletion_customer d
       JOIN merged_customer m ON m.customer_id = d.customer_id WHERE d.deletion_id = $1::uuid RETURNING customer_id`,
    [deletion],
  );
  await sql.query('DELETE FROM customer_identifier WHERE customer_id = ANY($1::bigint[]) RETURNING kind', [gone]);
  await sql.query('DELETE FROM customer WHERE id = ANY($1::bigint[]) RETURNING id', [gone]);
  return gone.length;
}

/** Values of the profiles of $2: identifiers, addresses and telephone numbers are nobody else's. */
const REMEMBER = `
  INSERT INTO deletion_customer(deletion_id, customer_id, telling, traces)
  SELECT $1::uuid, c.id, i.own || v.telling, i.own || v.all_of_them FROM customer c
   CROSS JOIN LATERAL (
     SELECT coalesce(array_agg(value), '{}') AS own FROM customer_identifier WHERE customer_id = c.id) AS i
   CROSS JOIN LATERAL (
     SELECT coalesce(array_agg(text), '{}') AS all_of_them,
            coalesce(array_agg(text) FILTER (WHERE type = 'string' AND (text ~ '^[^ ]+@[^ ]+$' OR
              (text ~ '^[+]?[0-9][0-9 ()./-]{6,}$' AND text !~ '^[0-9]{4}-[0-9]{2}-[0-9]{2}'))), '{}') AS telling
       FROM (SELECT DISTINCT value #>> '{}' AS text, jsonb_typeof(value) AS type
               FROM jsonb_path_query(c.properties, 'strict $.**') AS value
              WHERE jsonb_typeof(value) IN ('string', 'number')) AS leaves
      WHERE length(text) BETWEEN 5 AND 1000) AS v
   WHERE c.id = ANY($2::bigint[]) RETURNING customer_id`;

/** Goes on with a deletion that failed or that nobody is at, where it stopped. */
export const resumeDeletion = act({
  needs: 'administer',
  input: z.strictObject({ id: z.uuid() }),
  async run({ ctx, input, note }): Promise<Deletion> {
    const before = await deletionOf(ctx, input.id);
    if (before.state === 'done') throw new ServiceError('conflict', 'This deletion is done.');
    await pool().query(
      "UPDATE deletion SET state = 'running', message = NULL, seen_at = now() WHERE id = $1 AND state = 'failed'",
      [input.id],
    );
    await note({ action: 'customer.resume-deletion', objectType: 'deletion', objectId: input.id });
    inBackground(input.id);
    return deletionOf(ctx, input.id);
  },
});

function inBackground(id: string): void {
  runDeletion(id).catch((error) => log.error({ err: error, deletionId: id }, 'a deletion could not be worked on'));
}

/** Deletions that are not done, and those of the last day, newest first; of one customer only the one that is under way. */
export const listDeletions = read({
  needs: 'look',
  scope: 'customers:read',
  input: z.strictObject({ customer: RowId.optional() }),
  async run({ ctx, input }): Promise<Deletion[]> {
    const { rows } = await pool().query<Stored>(
      input.customer === undefined
        ? `${SELECT} WHERE d.project_id = $1 AND (d.state <> 'done' OR d.ended_at > now() - ${LISTED})
           ORDER BY d.created_at DESC LIMIT 20`
        : `${SELECT} JOIN deletion_customer c ON c.deletion_id = d.id
            WHERE d.project_id = $1 AND c.customer_id = $2::bigint LIMIT 1`,
      input.customer === undefined ? [ctx.projectId] : [ctx.projectId, input.customer],
    );
    return rows.map(shown);
  },
});

/** One deletion, for whoever asked for it. */
export const getDeletion = read({
  needs: 'look',
  scope: 'customers:delete',
  input: z.strictObject({ id: z.uuid() }),
  run: ({ ctx, input }): Promise<Deletion> => deletionOf(ctx, input.id),
});

const SELECT = `SELECT d.id, d.state, d.customers, d.step, d.done, d.total, d.removed, d.message, d.seen_at, d.created_at, d.ended_at,
  u.name AS created_by FROM deletion d LEFT JOIN app_user u ON u.id = d.created_by_id`;

interface Stored
  extends Pick<Deletion, 'id' | 'state' | 'customers' | 'step' | 'done' | 'total' | 'removed' | 'message'> {
  seen_at: Date;
  created_at: Date;
  ended_at: Date | null;
  created_by: string | null;
}

/** @throws ServiceError "not-found" */
async function deletionOf(ctx: Ctx, id: string): Promise<Deletion> {
  const { rows } = await pool().query<Stored>(`${SELECT} WHERE d.project_id = $1 AND d.id = $2`, [ctx.projectId, id]);
  if (!rows[0]) throw notFound('The deletion');
  return shown(rows[0]);
}

function shown(row: Stored): Deletion {
  const { id, state, customers, done, total, removed, message } = row;
  const step = Math.min(row.step, STEP_NAMES.length - 1);
  return {
    id,
    state,
    customers,
    step: step + 1,
    steps: STEP_NAMES.length,
    what: STEP_NAMES[step]!,
    done,
    total,
    removed,
    message,
    isSilent: state === 'running' && Date.now() - row.seen_at.getTime() > SILENT_MS,
    createdBy: row.created_by,
    createdAt: row.created_at.toISOString(),
    endedAt: row.ended_at?.toISOString() ?? null,
  };
}
