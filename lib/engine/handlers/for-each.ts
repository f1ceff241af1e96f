import { TemplateError } from '../../template/index.ts';
import type { Traveller } from '../contexts.ts';
import type { Departure } from '../step.ts';

/** Does something for everybody; those for whom a template fails end here with its reason, the others go on by `out`. */
export function forEachOrFail(travellers: readonly Traveller[], work: (traveller: Traveller) => void): Departure[] {
  const fine: Traveller[] = [];
  const failed = new Map<string, Traveller[]>();
  for (const traveller of travellers) {
    try {
      work(traveller);
      fine.push(traveller);
    } catch (error) {
      if (!(error instanceof TemplateError)) throw error;
      failed.set(error.message, [...(failed.get(error.message) ?? []), traveller]);
    }
  }
  return [
    { travellers: fine, outcome: 'delivered', port: 'out' },
    ...[...failed].map(
      ([reason, group]): Departure => ({ travellers: group, outcome: 'rejected', port: null, reason }),
    ),
  ];
}
