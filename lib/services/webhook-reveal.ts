import { z } from 'zod';
import { openValues } from './masking.ts';
import { act } from './verb.ts';
import type { SealedValues, Values } from './webhook.ts';

/**
 * Shows the values that a preview or a test has hidden: to the one who asked for that, within an hour.
 * @throws ServiceError "invalid" when they were sealed for somebody else or too long ago
 */
export const revealWebhook = act({
  needs: 'build',
  input: z.strictObject({ sealed: z.string().min(1).max(900_000) }),
  async run({ ctx, input, note }): Promise<Values> {
    const { customers, scenario, ...values } = openValues(ctx, input.sealed) as SealedValues;
    await note({
      action: 'webhook.reveal',
      objectType: 'customer',
      ...(customers.length === 1 ? { objectId: customers[0]! } : {}),
      after: { customers, scenario, key: values.request.key, host: values.request.host, answer: 'answer' in values },
    });
    return values;
  },
});
