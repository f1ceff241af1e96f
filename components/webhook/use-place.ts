'use client';

import { useMemo, useState } from 'react';
import { useAsk } from '@/components/call';
import { exampleValues, JSON_TYPE, triggerIdsBefore } from '@/lib/core/api-trigger';
import type { Document, Node } from '@/lib/core/document';
import { reachableFrom, webhooksBefore } from '@/lib/core/document';
import type { EarlierResponse } from '@/lib/core/response-view';
import { blankResponse, forgetSample, keepSample, sampleOf } from './samples';

/** An earlier webhook of the path with the response that stands for it in previews and tests. */
interface EarlierWebhook {
  node: string;
  number: number;
  name: string;
  /** The n of `webhook(n)`. */
  position: number;
  response: EarlierResponse;
  /** Where the response is from: kept or typed here, the latest delivered one, or nothing yet. */
  from: 'sample' | 'run' | 'nothing';
}

export interface Place {
  /** The event that lets customers in; `typed` stands for it when somebody wrote one. */
  event: {
    type: string;
    fields: { name: string; type: string; example: unknown }[];
    typed: Record<string, unknown> | null;
    /** The chosen customer's own latest one; null when there is none or it is not known yet. */
    latest: Record<string, unknown> | null;
  } | null;
  /** The call of an API trigger that lets customers in; `typed` stands for its examples when somebody wrote one. */
  trigger: {
    name: string;
    types: { name: string; type: string }[];
    examples: Record<string, unknown>;
    typed: Record<string, unknown> | null;
  } | null;
  earlier: EarlierWebhook[];
  properties: { name: string; type: string; share: number; example: unknown }[];
  typeEvent: (event: Record<string, unknown> | null) => void;
  typeTrigger: (values: Record<string, unknown> | null) => void;
  /** Keeps what stands for an earlier webhook's response; null forgets it. */
  keep: (node: string, response: EarlierResponse | null) => void;
  /** Keeps a response of this webhook for the later ones. */
  keepOwn: (response: EarlierResponse) => void;
}

/** What comes before a webhook on its path, and what stands for it while nothing runs. */
export function usePlace(
  scenario: string | null,
  node: Node<'webhook'>,
  document: Document | null,
  chosen: string | null,
): Place {
  const id = scenario ?? '';
  const { data: known } = useAsk('customer.properties', {});
  // A node that is not saved yet is unknown to the server: then nothing but the document tells what comes before it.
  const { data: context } = useAsk('webhook.context', { scenario: id, node: node.id }, { enabled: scenario !== null });
  const [typed, setTyped] = useState<Record<string, unknown> | null>(null);
  const [changes, setChanges] = useState(0);
  const type = document ? eventTypeBefore(document, node.id) : null;
  const before = useMemo(() => (document ? webhooksBefore(document, node.id) : []), [document, node.id]);
  // biome-ignore lint/correctness/useExhaustiveDependencies: samples live outside of React; a change of them is counted
  const earlier = useMemo(
    () =>
      before.map(({ id: other, number, name }, i): EarlierWebhook => {
        const kept = sampleOf(id, other);
        const delivered = context?.webhooks.find((webhook) => webhook.node === other)?.sample ?? null;
        return {
          node: other,
          number,
          name,
          position: i + 1,
          response: { ...(kept ?? delivered ?? blankResponse(name)), name },
          from: kept ? 'sample' : delivered ? 'run' : 'nothing',
        };
      }),
    [before, context, id, changes],
  );
  const { data: events } = useAsk(
    'customer.events',
    { id: chosen ?? '0', type, limit: 1 },
    { enabled: chosen !== null && type !== null },
  );
  const latest = events?.events[0]?.properties ?? null;
  const event = useMemo(
    () => (type === null ? null : { type, fields: context?.event?.properties ?? [], typed, latest }),
    [type, context, typed, latest],
  );
  const [trigger, typeTrigger] = useTriggerBefore(document, node.id);
  return useMemo(
    () => ({
      event,
      trigger,
      typeTrigger,
      earlier,
      properties: known ?? [],
      typeEvent: setTyped,
      keep(other, response) {
        if (response) keepSample(id, other, response);
        else forgetSample(id, other);
        setChanges((count) => count + 1);
      },
      keepOwn: (response) => keepSample(id, node.id, response),
    }),
    [event, trigger, typeTrigger, earlier, known, id, node.id],
  );
}

/** What calls of the API triggers before a node give, as examples until somebody types something else. */
function useTriggerBefore(document: Document | null, nodeId: string): [Place['trigger'], Place['typeTrigger']] {
  const ids = useMemo(() => (document ? triggerIdsBefore(document, nodeId) : []), [document, nodeId]);
  const { data: triggers } = useAsk('api-trigger.list', {}, { enabled: ids.length > 0 });
  const [typed, setTyped] = useState<Record<string, unknown> | null>(null);
  const trigger = useMemo(() => {
    const found = (triggers ?? []).filter((one) => ids.includes(one.id));
    if (found.length === 0) return null;
    const parameters = found.flatMap((one) => one.parameters);
    return {
      name: found.map(({ name }) => name).join(', '),
      types: parameters.map(({ name, type }) => ({ name, type: JSON_TYPE[type] })),
      examples: exampleValues(parameters),
      typed,
    };
  }, [triggers, ids, typed]);
  return [trigger, setTyped];
}

/** The event of the trigger through which events bring customers to a node, or null. */
function eventTypeBefore(document: Document, nodeId: string): string | null {
  for (const node of document.nodes)
    if (node.kind === 'on-event' && node.settings.event && reachableFrom(document, node.id).has(nodeId))
      return node.settings.event;
  return null;
}
