import { passAll, type Step } from '../walk.ts';

/** Whoever a trigger let in goes on at once. */
export const trigger = {
  reads: () => false,
  arrive: (step: Pick<Step, 'travellers'>) => passAll(step),
};
