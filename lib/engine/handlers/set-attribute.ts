import { contextFor } from '../contexts.ts';
import { frameOf, once } from '../runs.ts';
import type { Handler } from '../step.ts';
import { compileValue } from '../values.ts';
import { forEachOrFail } from './for-each.ts';

/** Writes values to the profile; later nodes of the same walk see them. */
export const setAttribute: Handler<'set-attribute'> = {
  reads: () => true,
  arrive({ run, node, travellers, into, now }) {
    const values = once(run, `set-attribute ${node.id}`, () =>
      node.settings.attributes.map(({ name, value }) => ({ name, value: compileValue(value, `Attribute ${name}`) })),
    );
    const frame = frameOf(run, node);
    return forEachOrFail(travellers, (traveller) => {
      const context = contextFor(frame, traveller, now);
      const patch: Record<string, unknown> = {};
      for (const { name, value } of values) patch[name] = value(context);
      into.patch(traveller.customer, patch);
      traveller.properties = { ...traveller.properties, ...patch };
    });
  },
};
