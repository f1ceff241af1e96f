import type { Kind } from '../../core/node-kinds.ts';
import type { Handler } from '../step.ts';
import { addEvent } from './add-event.ts';
import { condition } from './condition.ts';
import { setAttribute } from './set-attribute.ts';
import { trigger } from './trigger.ts';
import { wait } from './wait.ts';
import { webhook } from './webhook.ts';

/** What happens to a group at each kind of node; the third of the tables that a new kind must be added to. */
export const HANDLERS: { [K in Kind]: Handler<K> } = {
  now: trigger,
  'on-date': trigger,
  repeat: trigger,
  'on-event': trigger,
  'api-trigger': trigger,
  condition,
  wait,
  webhook,
  'set-attribute': setAttribute,
  'add-event': addEvent,
};
