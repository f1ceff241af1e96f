import { passAll, type Step } from '../step.ts';

/** Whoever a trigger let in goes on at once. */
export const trigger = {
  reads: () => false,
  arrive: (step: Pick<Step, 'travellers'>) => passAll(step),
};
