import { z } from 'zod';
import { inTransaction, sqlOf } from '../db/index.ts';
import { RowId } from './customer.ts';
import { asRefusal, InputFault, readIdentifiers, readProperties } from './customer-input.ts';
import { type CustomerWrite, writeCustomers } from './customer-write.ts';
import { type ItemAnswer, ItemAnswers } from './item-answers.ts';
import { act, notFound, ServiceError, write } from './verb.ts';

/**
 * Changing customers. The audit log tells who changed which properties of whom, but not the values: it cannot be erased,
 * and personal data must be.
 */

const Loose = z.record(z.string(), z.unknown());

/** Makes a customer; refuses when an identifier is taken. */
export const createCustomer = write({
  needs: 'build',
  scope: 'customers:write',
  input: z.strictObject({ identifiers: Loose, properties: Loose.default({}) }),
  async run({ ctx, input, tx, note }) {
    const change = asRefusal(() => ({
      identifiers: readIdentifiers(input.identifiers, 'identifiers'),
      ...readProperties(input.properties),
    }));
    const [made] = await writeCustomers(sqlOf(tx), ctx.projectId, [change]);
    if (!made?.ok) throw new ServiceError('invalid', made?.message ?? '');
    if (!made.created)
      throw new ServiceError('conflict', 'A customer with one of these identifiers exists already.', {
        details: { id: String(made.customerId) },
      });
    await note({
      action: 'customer.create',
      objectType: 'customer',
      objectId: String(made.customerId),
      after: { identifiers: change.identifiers.map(({ kind }) => kind), properties: Object.keys(change.set) },
    });
    return { id: String(made.customerId) };
  },
});

/** Sets and removes properties of one profile; a null among `set` removes as well. */
export const updateCustomer = write({
  needs: 'build',
  scope: 'customers:write',
  input: z.strictObject({
    id: RowId,
    set: Loose.default({}),
    remove: z.array(z.string().max(256)).max(1024).default([]),
  }),
  async run({ ctx, input, tx, note }) {
    const change = asRefusal(() => readProperties(input.set));
    const remove = [...new Set([...input.remove, ...change.remove])].filter((name) => !Object.hasOwn(change.set, name));
    const { rows } = await sqlOf(tx).query(
      `UPDATE customer SET properties = (properties || $3::jsonb) - $4::text[], updated_at = now()
        WHERE project_id = $1::uuid AND id = $2::bigint RETURNING id`,
      [ctx.projectId, input.id, JSON.stringify(change.set), remove],
    );
    if (!rows[0]) throw notFound('The customer');
    await note({
      action: 'customer.update',
      objectType: 'customer',
      objectId: input.id,
      after: { set: Object.keys(change.set), removed: remove },
    });
    return {};
  },
});

/**
 * Creates or changes up to 1000 customers; each item has its own answer, and a bad one does not hold up the others.
 * Like all data that flows in it leaves no entry in the audit log, which tells of what people do.
 */
export const upsertCustomers = act({
  needs: 'build',
  scope: 'customers:write',
  input: z.strictObject({
    customers: z
      .array(z.unknown())
      .min(1, 'Give at least one customer.')
      .max(1000, 'At most 1000 customers in one request.'),
  }),
  async run({ ctx, input }): Promise<{ accepted: number; refused: number; results: ItemAnswer[] }> {
    const items = new ItemAnswers(input.customers, readCustomer);
    items.settle(await inTransaction((sql) => writeCustomers(sql, ctx.projectId, items.taken)), 'customer_ids: ');
    return items.summary();
  },
});

/** @throws InputFault */
function readCustomer(item: unknown): CustomerWrite {
  if (typeof item !== 'object' || item === null || Array.isArray(item))
    throw new InputFault('give an object with customer_ids and properties');
  const { customer_ids, properties, ...rest } = item as Record<string, unknown>;
  const unknown = Object.keys(rest)[0];
  if (unknown) throw new InputFault(`${unknown}: is not a field of a customer; put your own values into properties`);
  return { identifiers: readIdentifiers(customer_ids), ...readProperties(properties) };
}
