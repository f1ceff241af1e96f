import type { Carry } from '../core/program.ts';
import type { EarlierResponse } from '../core/response-view.ts';
import { type Context, webhookValue } from '../template/index.ts';

/** What a journey has with it, in memory and at rest, and what a template sees of it. */

/** One journey on its way through nodes in memory. */
export interface Traveller {
  journey: number;
  customer: number;
  /** The customer's properties; null until some node asks for them. */
  properties: Record<string, unknown> | null;
  event: Record<string, unknown> | null;
  /** Responses met on the way, the first one first. */
  responses: readonly EarlierResponse[];
}

/** The same at rest, aligned with a chunk's journeys; equal responses stand once. */
export interface Carried {
  event: (Record<string, unknown> | null)[] | null;
  responses: readonly EarlierResponse[];
  /** Which responses each journey has met; one list when all have met the same. */
  met: number[][];
}

const NONE: readonly EarlierResponse[] = [];

/** What of the travellers' luggage a chunk must keep. */
export function pack(travellers: readonly Traveller[], carry: Carry): Carried | null {
  const event = carry.event && travellers.some((t) => t.event !== null) ? travellers.map((t) => t.event) : null;
  if (!carry.responses || travellers.every((t) => t.responses.length === 0))
    return event && { event, responses: [], met: [] };
  const places = new Map<EarlierResponse, number>();
  const placeOf = (response: EarlierResponse): number => {
    let place = places.get(response);
    if (place === undefined) {
      place = places.size;
      places.set(response, place);
    }
    return place;
  };
  const first = travellers[0]!.responses;
  const met = travellers.every((t) => t.responses === first)
    ? [first.map(placeOf)]
    : travellers.map((t) => t.responses.map(placeOf));
  return { event, responses: [...places.keys()], met };
}

/** The travellers of a chunk, from a position on. */
export function unpack(
  chunk: { journeys: readonly number[] | null; customers: readonly number[]; contexts: Carried | null },
  from = 0,
  to = chunk.customers.length,
): Traveller[] {
  const { journeys, customers, contexts } = chunk;
  const lists = contexts?.met.map((list) => list.map((place) => contexts.responses[place]!)) ?? [];
  const travellers: Traveller[] = new Array(to - from);
  for (let i = from; i < to; i++)
    travellers[i - from] = {
      journey: journeys?.[i] ?? 0,
      customer: customers[i]!,
      properties: null,
      event: contexts?.event?.[i] ?? null,
      responses: lists.length === 0 ? NONE : (lists.length === 1 ? lists[0] : lists[i])!,
    };
  return travellers;
}

/** What is the same in every context of a node. */
export interface Frame {
  project: { id: string; name: string };
  scenario: { id: string; name: string };
  action: { id: number; name: string };
  /** What the call of an API trigger gave; null when none began the run. */
  trigger: Record<string, unknown> | null;
}

const NOBODY: Record<string, unknown> = Object.freeze(Object.create(null) as Record<string, unknown>);

let latest: { responses: readonly EarlierResponse[]; seen: unknown } = { responses: NONE, seen: webhookValue(NONE) };

/** Responses as templates see them. People of a chunk have mostly met the same ones, so the latest is kept. */
function seenOf(responses: readonly EarlierResponse[]): unknown {
  if (responses.length === 0) responses = NONE;
  if (responses !== latest.responses) latest = { responses, seen: webhookValue(responses) };
  return latest.seen;
}

/** What a template of the node sees for one customer (Bloomreach docs: personalisation using Jinja). */
export function contextFor(
  frame: Frame,
  traveller: Pick<Traveller, 'properties' | 'event' | 'responses'>,
  now: number,
): Context {
  return {
    customer: traveller.properties ?? NOBODY,
    event: traveller.event ?? NOBODY,
    trigger: frame.trigger ?? NOBODY,
    webhook: seenOf(traveller.responses),
    project: frame.project,
    scenario: frame.scenario,
    action: frame.action,
    time: Math.floor(now / 1000),
  };
}

/** What Root sees besides `customers`. */
export function rootContext(frame: Frame, now: number): Context {
  return {
    trigger: frame.trigger ?? NOBODY,
    project: frame.project,
    scenario: frame.scenario,
    action: frame.action,
    time: Math.floor(now / 1000),
  };
}
