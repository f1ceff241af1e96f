import { z } from 'zod';
import type { Document } from '../core/document.ts';
import { reachableFrom } from '../core/document.ts';
import type { EarlierResponse } from '../core/response-view.ts';
import { pool } from '../db/index.ts';
import type { Subject } from '../engine/index.ts';
import { audiencePage, audienceWalkNow, type Person } from './audience.ts';
import { listCustomerProperties, RowId } from './customer.ts';
import { identifiersOf, nameOf } from './customer-search.ts';
import { type Ctx, notFound } from './verb.ts';

/** Whom a preview or a test is rendered for. */

const Values = z.record(z.string().max(256), z.unknown());

export const SubjectChoice = z.discriminatedUnion('kind', [
  /** Nobody's data: see `blankOf`. */
  z.strictObject({ kind: z.literal('none') }),
  z.strictObject({ kind: z.literal('customer'), id: RowId }),
  /** Properties as typed. */
  z.strictObject({ kind: z.literal('custom'), customer: Values }),
]);
export type SubjectChoice = z.infer<typeof SubjectChoice>;

export const EarlierResponseInput = z.strictObject({
  name: z.string().max(200),
  data: z.unknown(),
  isText: z.boolean(),
  statusCode: z.number().int(),
  success: z.boolean(),
});

export interface SubjectsWanted {
  choice: SubjectChoice;
  /** Customers in the request. */
  count: number;
  /** Properties of the triggering event; null is none; without a word the latest of its type is taken. */
  event: Record<string, unknown> | null | undefined;
  responses: readonly EarlierResponse[];
  document: Document | null;
  nodeId: string | null;
}

/**
 * The subjects of a request. In a batch a chosen customer is followed by others who would come to the node.
 * @throws ServiceError "not-found" for a customer of another project
 */
export async function subjectsOf(ctx: Ctx, wanted: SubjectsWanted): Promise<Subject[]> {
  const people = await peopleOf(ctx, wanted);
  const trigger = triggerOf(wanted.document, wanted.nodeId);
  const events =
    wanted.event === undefined && trigger ? await latestEvents(ctx, trigger, people) : () => wanted.event ?? null;
  return people.map((person) => ({ ...person, event: events(person.id), responses: wanted.responses }));
}

interface Someone {
  id: string | null;
  name: string;
  properties: Record<string, unknown>;
}

async function peopleOf(ctx: Ctx, { choice, count, document, nodeId }: SubjectsWanted): Promise<Someone[]> {
  if (choice.kind === 'customer') {
    const first = await personOf(ctx, choice.id);
    const others = count > 1 ? await companyOf(ctx, document, nodeId, first.id, count - 1) : [];
    return named(ctx, [first, ...others]);
  }
  const properties = choice.kind === 'custom' ? choice.customer : await blankCustomer(ctx);
  const name = choice.kind === 'custom' ? 'Custom data' : 'Nobody';
  return Array.from({ length: count }, () => ({ id: null, name, properties }));
}

async function personOf(ctx: Ctx, id: string): Promise<Person> {
  const [person] = await audiencePage(pool(), ctx.projectId, Number(id) - 1, 1);
  if (person?.id !== Number(id)) throw notFound('The customer');
  return person;
}

/** Others for a batch: those who would come to the node, from the first two thousand behind the chosen one and then from the beginning. */
async function companyOf(
  ctx: Ctx,
  document: Document | null,
  nodeId: string | null,
  first: number,
  count: number,
): Promise<Person[]> {
  const pages = await Promise.all([
    audiencePage(pool(), ctx.projectId, first, 2000),
    audiencePage(pool(), ctx.projectId, 0, 2000),
  ]);
  const near = new Map(pages.flat().map((person) => [person.id, person]));
  near.delete(first);
  const all = [...near.values()];
  const coming = document && nodeId ? ((await audienceWalkNow(document)(all)).get(nodeId) ?? []) : [];
  return [...new Set([...coming, ...all])].slice(0, count);
}

async function named(ctx: Ctx, people: Person[]): Promise<Someone[]> {
  const identifiers = await identifiersOf(
    pool(),
    ctx.projectId,
    people.map(({ id }) => id),
  );
  return people.map(({ id, properties }) => ({
    id: String(id),
    name: nameOf(id, properties, identifiers.get(id) ?? []),
    properties,
  }));
}

/** A property that this share of profiles has is one that templates may count on. */
const USUAL = 0.9;

/**
 * Non-personalised data: what nearly all profiles have is there, blank (an empty text, 0, false), so that comparisons and
 * JSON numbers work; everything else is not there, so that `default` filters show. Nothing of any customer is in it.
 */
async function blankCustomer(ctx: Ctx): Promise<Record<string, unknown>> {
  const properties = await listCustomerProperties(ctx, {});
  return Object.fromEntries(
    properties.filter(({ share }) => share >= USUAL).map(({ name, type }) => [name, blankOf(type)]),
  );
}

function blankOf(type: string): unknown {
  if (type === 'number') return 0;
  if (type === 'boolean') return false;
  if (type === 'array') return [];
  return type === 'object' ? {} : '';
}

/** The event that lets customers in on a path to the node; null when no On event trigger leads there. */
export function triggerOf(document: Document | null, nodeId: string | null): string | null {
  if (!document || !nodeId) return null;
  for (const node of document.nodes)
    if (node.kind === 'on-event' && node.settings.event && reachableFrom(document, node.id).has(nodeId))
      return node.settings.event;
  return null;
}

/** Each customer's own latest event of the type; for whoever has none, and for nobody, the same fields left blank. */
async function latestEvents(
  ctx: Ctx,
  type: string,
  people: Someone[],
): Promise<(id: string | null) => Record<string, unknown>> {
  const ids = people.flatMap(({ id }) => (id === null ? [] : [id]));
  const [own, fields] = await Promise.all([
    pool().query<{ customer_id: number; properties: Record<string, unknown> }>(
      `SELECT DISTINCT ON (customer_id) customer_id, properties FROM events_of($1::bigint[])
        WHERE type = $2 ORDER BY customer_id, at DESC`,
      [ids, type],
    ),
    eventFields(ctx.projectId, type),
  ]);
  const byId = new Map(own.rows.map((row) => [String(row.customer_id), row.properties]));
  const blank = Object.fromEntries(fields.map(({ name, type: kind }) => [name, blankOf(kind)]));
  return (id) => (id === null ? undefined : byId.get(id)) ?? blank;
}

/** The fields of the latest events of a type, with an example of each. */
export async function eventFields(
  projectId: string,
  type: string,
): Promise<{ name: string; type: string; example: unknown }[]> {
  const { rows } = await pool().query<{ name: string; type: string; example: unknown }>(
    `WITH sample AS MATERIALIZED (
       SELECT properties FROM events_in($1, $2, 'infinity', 9223372036854775807, 200) ORDER BY at DESC LIMIT 200)
     SELECT p.key AS name, mode() WITHIN GROUP (ORDER BY jsonb_typeof(p.value)) AS type, (array_agg(p.value))[1] AS example
       FROM sample, jsonb_each(sample.properties) AS p GROUP BY p.key ORDER BY count(*) DESC, p.key LIMIT 200`,
    [projectId, type],
  );
  return rows;
}
