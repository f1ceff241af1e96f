import type { OutputOf } from '@/components/call';
import type { Tone } from '@/components/ui/badge';
import { PORT_LABELS } from '@/lib/core/node-kinds';

export type Preview = OutputOf<'scenario.publish-preview'>;
export type Change = Preview['changes'][number];

/** A change as a word and the colour of its meaning. */
export const CHANGE: Record<Change['change'], { words: string; tone: Tone }> = {
  added: { words: 'Added', tone: 'success' },
  changed: { words: 'Changed', tone: 'info' },
  rewired: { words: 'Re-wired', tone: 'info' },
  removed: { words: 'Deleted', tone: 'danger' },
};

/** Settings whose name in the document is not what people call them. */
const SETTING: Record<string, string> = {
  url: 'URL',
  policyId: 'throughput policy',
  integrationId: 'authentication',
  triggerId: 'API trigger',
  batch: 'Batch webhook',
  root: 'Root',
  customer: 'Customer',
  successFalseFails: 'meaning of “success: false”',
  inDoubt: 'requests in doubt',
  timeoutSeconds: 'time-out',
  expiryMinutes: 'time for retries',
  lingerSeconds: 'wait for company',
  results: 'results of each customer',
  tracked: 'event properties',
  isolate: 'statuses that refuse a whole batch',
};

/** "monthDay" → "month day". */
const plain = (name: string): string => SETTING[name] ?? name.replace(/[A-Z]/g, (letter) => ` ${letter.toLowerCase()}`);

/** What of a node is different: its settings, and where its outputs lead. */
export function wordsOf(change: Change, nameOf: (id: string) => string): string[] {
  const settings = change.settings.map(plain);
  const line = (verb: string, { port, to }: Change['linked'][number]) =>
    [PORT_LABELS[port], verb, nameOf(to)].filter(Boolean).join(' ');
  return [
    ...(settings.length > 0 ? [settings.join(', ')] : []),
    ...change.linked.map((wire) => line('leads to', wire)),
    ...change.unlinked.map((wire) => line('leads no more to', wire)),
  ];
}

/** People at a node at this moment. */
export const insideOf = ({ waiting, inFlight }: Pick<Change, 'waiting' | 'inFlight'>): number => waiting + inFlight;

/** Deleted nodes where people can be, so that it must be said, or may be said, what becomes of them. */
export const holdsPeople = (change: Change): boolean =>
  change.change === 'removed' && (insideOf(change) > 0 || change.kind === 'wait' || change.kind === 'webhook');

/** For whom nothing has been decided yet. */
export const unanswered = (changes: readonly Change[], moves: Readonly<Record<string, string>>): Change[] =>
  changes.filter((change) => change.change === 'removed' && insideOf(change) > 0 && !moves[change.id]);

/** What was decided for the deleted nodes that are shown; where nobody is and nothing was said, they end. */
export const movesOf = (changes: readonly Change[], moves: Readonly<Record<string, string>>): Record<string, string> =>
  Object.fromEntries(changes.filter(holdsPeople).map(({ id }) => [id, moves[id] ?? 'end']));
