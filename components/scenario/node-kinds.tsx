import {
  CalendarClock,
  CalendarPlus,
  Hourglass,
  type LucideIcon,
  PencilLine,
  Play,
  RadioTower,
  Repeat,
  Split,
  Webhook,
  Zap,
} from 'lucide-react';
import type { ComponentType } from 'react';
import type { Family, Kind } from '@/lib/core/node-kinds';
import type { PanelProps } from './panel-props';
import { AddEventPanel } from './panels/add-event';
import { ApiTriggerPanel } from './panels/api-trigger';
import { ConditionPanel } from './panels/condition';
import { NowPanel } from './panels/now';
import { OnDatePanel } from './panels/on-date';
import { OnEventPanel } from './panels/on-event';
import { RepeatPanel } from './panels/repeat';
import { SetAttributePanel } from './panels/set-attribute';
import { WaitPanel } from './panels/wait';
import { WebhookPanel } from './panels/webhook';

/** How a kind of node looks: the icon of its card and the panel with its settings. */
interface NodeView<K extends Kind> {
  icon: LucideIcon;
  Panel: ComponentType<PanelProps<K>>;
  /** What people call it elsewhere; the palette finds it by these words. */
  aliases: string;
  /** Where it stands in the palette below its family; most need no heading of their own. */
  section?: string;
}

/** The screen's side of lib/core/node-kinds.ts: one entry a kind, and the compiler names a missing one. */
export const NODE_VIEWS: { [K in Kind]: NodeView<K> } = {
  now: { icon: Play, Panel: NowPanel, aliases: 'everyone all audience bulk campaign' },
  'on-event': { icon: Zap, Panel: OnEventPanel, aliases: 'trigger when something happens' },
  'on-date': { icon: CalendarClock, Panel: OnDatePanel, aliases: 'schedule once later time' },
  repeat: { icon: Repeat, Panel: RepeatPanel, aliases: 'schedule recurring daily weekly monthly cron' },
  'api-trigger': { icon: RadioTower, Panel: ApiTriggerPanel, aliases: 'call url http external system world event' },
  condition: { icon: Split, Panel: ConditionPanel, aliases: 'if filter branch split segment' },
  wait: { icon: Hourglass, Panel: WaitPanel, aliases: 'delay pause sleep timer' },
  webhook: { icon: Webhook, Panel: WebhookPanel, aliases: 'http request api call send sms message', section: 'Other' },
  'set-attribute': { icon: PencilLine, Panel: SetAttributePanel, aliases: 'update property profile write' },
  'add-event': { icon: CalendarPlus, Panel: AddEventPanel, aliases: 'track custom activity' },
};

export const FAMILIES: readonly { family: Family; title: string }[] = [
  { family: 'trigger', title: 'Triggers' },
  { family: 'operator', title: 'Operators' },
  { family: 'action', title: 'Actions' },
];
