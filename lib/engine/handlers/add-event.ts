import { contextFor } from '../contexts.ts';
import type { IncomingEvent } from '../receive-events.ts';
import { frameOf, once } from '../runs.ts';
import type { Handler } from '../step.ts';
import { compileValue } from '../values.ts';
import { forEachOrFail } from './for-each.ts';

/** Tracks an event for everybody; with "Allow scenario triggering" it may start on-event scenarios. */
export const addEvent: Handler<'add-event'> = {
  reads: () => true,
  arrive({ run, node, travellers, into, now }) {
    const { event: type, properties, triggers } = node.settings;
    const values = once(run, `add-event ${node.id}`, () =>
      properties.map(({ name, value }) => ({ name, value: compileValue(value, `Property ${name}`) })),
    );
    const frame = frameOf(run, node);
    const at = new Date(now);
    const events: IncomingEvent[] = [];
    const departures = forEachOrFail(travellers, (traveller) => {
      const context = contextFor(frame, traveller, now);
      const given: Record<string, unknown> = {};
      for (const { name, value } of values) given[name] = value(context);
      events.push({ customerId: traveller.customer, type, at, properties: given });
    });
    if (events.length > 0) into.track(run.projectId, events, triggers);
    return departures;
  },
};
