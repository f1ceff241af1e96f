import { z } from 'zod';

/** How long a project keeps what a run leaves behind. Bytes of requests hold personal data; outcomes are what evaluations count. */

export const BODY_DAYS = { least: 1, most: 365, standard: 30 };
export const OUTCOME_MONTHS = { least: 1, most: 120, standard: 13 };

const whole = (what: string, { least, most }: { least: number; most: number }) => {
  const message = `Give a whole number of ${what} from ${least} to ${most}.`;
  return z.int(message).min(least, message).max(most, message);
};

/** Days that bytes of requests and answers are kept; months that outcomes are kept after the end of their run. */
export const Retention = z
  .strictObject({ bodyDays: whole('days', BODY_DAYS), outcomeMonths: whole('months', OUTCOME_MONTHS) })
  .refine(({ bodyDays, outcomeMonths }) => bodyDays <= outcomeMonths * 31, {
    path: ['bodyDays'],
    message: 'Keep bodies no longer than outcomes: the outcome is what leads to them.',
  });

export type Retention = z.infer<typeof Retention>;

export const STANDARD_RETENTION: Retention = {
  bodyDays: BODY_DAYS.standard,
  outcomeMonths: OUTCOME_MONTHS.standard,
};
