import { z } from 'zod';
import { pool } from '../db/index.ts';
import { type PolicyQueue, policyQueue } from '../engine/index.ts';
import { read } from './verb.ts';

/** How every throughput policy of the project is used at this moment and who waits for it, by name; cheap enough to poll. */
export const listPolicyQueues = read({
  needs: 'look',
  scope: 'settings:read',
  input: z.strictObject({}),
  async run({ ctx, db }): Promise<PolicyQueue[]> {
    const policies = await db.policy.findMany({
      where: { projectId: ctx.projectId },
      orderBy: { name: 'asc' },
      select: { id: true },
    });
    const queues = await Promise.all(policies.map(({ id }) => policyQueue(pool(), ctx.projectId, id)));
    return queues.filter((queue) => queue !== null);
  },
});
