import { z } from 'zod';
import { ScenarioId } from './scenario.ts';
import { lockForChange } from './scenario-row.ts';
import { write } from './verb.ts';

/**
 * Says how many requests a scenario sends for each one of another of weight 1 while both wait for the same throughput policy.
 * Acts within a second, also on runs that are under way.
 */
export const weighScenario = write({
  needs: 'build',
  scope: 'scenarios:run',
  input: z.strictObject({
    id: ScenarioId,
    weight: z.number().int('Use a whole number.').min(1, 'A weight is at least 1.').max(10, 'A weight is at most 10.'),
  }),
  async run({ ctx, input, tx, note }) {
    const before = await lockForChange(tx, ctx, input.id);
    await tx.scenario.update({ where: { id: input.id }, data: { weight: input.weight } });
    await note({
      action: 'scenario.weigh',
      objectType: 'scenario',
      objectId: before.id,
      objectName: before.name,
      before: { weight: before.weight },
      after: { weight: input.weight },
    });
    return {};
  },
});
