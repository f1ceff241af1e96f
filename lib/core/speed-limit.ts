import { z } from 'zod';

/**
 * Legacy speed limits: requests per minute that a webhook brought along when it was imported. They keep working and can be
 * lifted, but no operation sets one: a limit that several webhooks share is a throughput policy (Bloomreach docs: throughput
 * policy). That is why they stand in the document and not in the settings of the webhook.
 */
export const SpeedLimit = z.object({
  /** Id of the webhook. A limit whose node is not there binds nothing, until undoing brings the node back. */
  node: z.string().min(1).max(40),
  perMinute: z.number().int().min(1).max(1_000_000),
  /** Removed by somebody; kept so that undoing brings it back. */
  lifted: z.boolean().default(false),
});
export type SpeedLimit = z.infer<typeof SpeedLimit>;

/** Requests per minute of a webhook that was imported with such a limit; null for any other. */
export function speedLimitOf(
  document: { speedLimits?: readonly SpeedLimit[] | undefined },
  node: string,
): number | null {
  const limit = document.speedLimits?.find((one) => one.node === node);
  return limit && !limit.lifted ? limit.perMinute : null;
}
