import { z } from 'zod';
import { sqlOf } from '../db/index.ts';
import { eraseFromRequests } from '../engine/index.ts';
import { RowId } from './customer.ts';
import { notFound, write } from './verb.ts';

/**
 * Deletes a customer for good: profile, identifiers and events, and what is stored of the requests that carried them. The
 * ledger keeps the internal id, which then names nobody.
 */
export const deleteCustomer = write({
  needs: 'administer',
  input: z.strictObject({ id: RowId }),
  async run({ ctx, input, tx, note }): Promise<{ events: number; requests: number }> {
    const sql = sqlOf(tx);
    const { rows } = await sql.query(
      'SELECT id FROM customer WHERE project_id = $1::uuid AND id = $2::bigint FOR UPDATE',
      [ctx.projectId, input.id],
    );
    if (!rows[0]) throw notFound('The customer');
    const requests = await eraseFromRequests(sql, ctx.projectId, input.id);
    const events = await sql.query('DELETE FROM event WHERE customer_id = $1::bigint RETURNING id', [input.id]);
    await sql.query('DELETE FROM customer WHERE id = $1::bigint', [input.id]);
    await note({
      action: 'customer.delete',
      objectType: 'customer',
      objectId: input.id,
      after: { events: events.rows.length, requests },
    });
    return { events: events.rows.length, requests };
  },
});
