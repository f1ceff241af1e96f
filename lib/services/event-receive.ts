import { z } from 'zod';
import { inTransaction } from '../db/index.ts';
import { receiveEvents as feed } from '../engine/index.ts';
import { readEvent } from './customer-input.ts';
import { writeCustomers } from './customer-write.ts';
import { type ItemAnswer, ItemAnswers } from './item-answers.ts';
import { act } from './verb.ts';

/**
 * Takes up to 1000 events: creates customers that are unknown, stores the events and lets them into active on-event
 * scenarios, all in one transaction. Each item has its own answer in its place; a bad one does not hold up the others.
 * Like all data that flows in it leaves no entry in the audit log, which tells of what people do.
 */
export const receiveEvents = act({
  needs: 'build',
  scope: 'events:write',
  input: z.strictObject({
    events: z.array(z.unknown()).min(1, 'Give at least one event.').max(1000, 'At most 1000 events in one request.'),
  }),
  async run({ ctx, input }): Promise<{ accepted: number; refused: number; results: ItemAnswer[] }> {
    const now = Date.now();
    const items = new ItemAnswers(input.events, (item) => readEvent(item, now));
    await inTransaction(async (sql) => {
      const written = await writeCustomers(
        sql,
        ctx.projectId,
        items.taken.map(({ identifiers }) => ({ identifiers, set: {}, remove: [] })),
      );
      const stored = written.flatMap((answer, index) => {
        const { type, at, properties } = items.taken[index]!;
        return answer.ok ? [{ customerId: answer.customerId, type, at, properties }] : [];
      });
      if (stored.length > 0) await feed(sql, ctx.projectId, stored);
      items.settle(written, 'customer_ids: ');
    });
    return items.summary();
  },
});
