import { WebhookSettings } from '@/lib/core/webhook';

/** Statuses as typed, each once and in order; null when something else than an error status stands there, or too many do. */
export function statusesOf(text: string): number[] | null {
  const words = text.split(/[\s,;]+/).filter((word) => word !== '');
  if (!words.every((word) => /^\d{3}$/.test(word))) return null;
  const statuses = [...new Set(words.map(Number))].sort((a, b) => a - b);
  return WebhookSettings.shape.isolate.safeParse(statuses).success ? statuses : null;
}

export const statusesText = (statuses: readonly number[]): string => statuses.join(', ');
