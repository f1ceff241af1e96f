import { z } from 'zod';
import { type Document, reachableFrom } from './document.ts';

/**
 * API triggers: one call of another system that lets the audience of a project in. A trigger declares the parameters of
 * its calls; what a call gives is checked against them once, and every template of the run sees it as `trigger.<name>`.
 */

export const ParameterType = z.enum(['text', 'number', 'boolean', 'date', 'list', 'object']);
export type ParameterType = z.infer<typeof ParameterType>;

/** Bytes of JSON that the values of one call may have: they are held in memory with each of its runs. */
export const MAX_CALL_BYTES = 65_536;
export const MAX_PARAMETERS = 50;
const MAX_TEXT = 16_384;

/** Attributes of a dictionary of the dialect: `trigger.items` would be the method, never the parameter. */
const METHODS = [
  'clear',
  'copy',
  'fromkeys',
  'get',
  'items',
  'keys',
  'pop',
  'popitem',
  'setdefault',
  'update',
  'values',
];

const ParameterName = z
  .string()
  .max(64, 'Use at most 64 characters.')
  .regex(
    /^[A-Za-z][A-Za-z0-9_]*$/,
    'Begin with a letter, then letters, digits and _ only, so that templates can name it.',
  )
  .refine((name) => !METHODS.includes(name), 'This word has a meaning of its own in templates. Choose another one.');

export const TriggerParameter = z
  .strictObject({
    name: ParameterName,
    type: ParameterType,
    required: z.boolean().default(false),
    /** What previews, tests and the example call show; null shows a blank of the type. */
    example: z.unknown().default(null),
    /** Stands for the value when a call leaves it out; null is nothing. */
    default: z.unknown().default(null),
  })
  .superRefine((parameter, context) => {
    for (const field of ['example', 'default'] as const) {
      const value = parameter[field];
      const wrong = value === null ? null : refuseValue(parameter.type, value);
      if (wrong) context.addIssue({ code: 'custom', path: [field], message: `The ${field} ${wrong}.` });
    }
  });
export type TriggerParameter = z.infer<typeof TriggerParameter>;

export const TriggerParameters = z
  .array(TriggerParameter)
  .max(MAX_PARAMETERS, `At most ${MAX_PARAMETERS} parameters.`)
  .superRefine((parameters, context) => {
    const seen = new Set<string>();
    parameters.forEach(({ name }, i) => {
      if (seen.has(name)) context.addIssue({ code: 'custom', path: [i, 'name'], message: `${name} is there twice.` });
      seen.add(name);
    });
  });

export type CallValues = Record<string, unknown>;
export type ReadCall =
  | { ok: true; values: CallValues }
  /** `path` is the place in the call: `parameters.city`. */
  | { ok: false; faults: { path: string; message: string }[] };

/**
 * Checks what a call gives against the parameters of its trigger. Dates become unix seconds, as all times of templates
 * are; a parameter that is left out or null has its default, or is not there at all. Never throws.
 */
export function readCall(parameters: readonly TriggerParameter[], given: Record<string, unknown>): ReadCall {
  const faults: { path: string; message: string }[] = [];
  const fault = (name: string, message: string) => faults.push({ path: `parameters.${name}`, message });
  const known = new Set(parameters.map(({ name }) => name));
  for (const name of Object.keys(given))
    if (!known.has(name))
      fault(name, known.size === 0 ? 'this trigger has no parameters' : `unknown; there is ${[...known].join(', ')}`);
  const values: CallValues = {};
  for (const { name, type, required, default: fallback } of parameters) {
    const value = Object.hasOwn(given, name) ? given[name] : null;
    const used = value ?? fallback;
    if (used === null) {
      if (required) fault(name, 'is required');
      continue;
    }
    const wrong = refuseValue(type, used);
    if (wrong) fault(name, wrong);
    else values[name] = type === 'date' ? unixSeconds(used as string | number) : used;
  }
  const bytes = new TextEncoder().encode(JSON.stringify(values)).length;
  if (faults.length === 0 && bytes > MAX_CALL_BYTES)
    faults.push({ path: 'parameters', message: `are ${bytes} bytes of JSON together; the limit is ${MAX_CALL_BYTES}` });
  return faults.length > 0 ? { ok: false, faults } : { ok: true, values };
}

/** What keeps a value from being of the type, as the end of a sentence, or null. */
export function refuseValue(type: ParameterType, value: unknown): string | null {
  switch (type) {
    case 'text':
      if (typeof value !== 'string') return 'must be a text';
      return value.length > MAX_TEXT ? `must have at most ${MAX_TEXT} characters` : null;
    case 'number':
      return typeof value === 'number' && Number.isFinite(value) ? null : 'must be a number, without quotes';
    case 'boolean':
      return typeof value === 'boolean' ? null : 'must be true or false, without quotes';
    case 'date':
      return unixSeconds(value) === null
        ? 'must be a date as 2026-12-24, a time with its zone as 2026-12-24T08:30:00Z, or unix seconds'
        : null;
    case 'list':
      return Array.isArray(value) ? null : 'must be a list: [ … ]';
    case 'object':
      return typeof value === 'object' && value !== null && !Array.isArray(value) ? null : 'must be an object: { … }';
  }
}

const IsoDate = z.iso.date();
const IsoTime = z.iso.datetime({ offset: true });

/** Unix seconds of an ISO 8601 date (midnight UTC) or time with its zone, or of unix seconds themselves; null for anything else. */
function unixSeconds(value: unknown): number | null {
  if (typeof value === 'number') return Number.isFinite(value) && Math.abs(value) < 1e11 ? value : null;
  return IsoDate.safeParse(value).success || IsoTime.safeParse(value).success
    ? Date.parse(value as string) / 1000
    : null;
}

const BLANK: Record<ParameterType, unknown> = {
  text: '',
  number: 0,
  boolean: false,
  date: '2026-12-24T08:30:00Z',
  list: [],
  object: {},
};

const exampleOf = ({ type, example, default: fallback }: TriggerParameter): unknown =>
  example ?? fallback ?? BLANK[type];

/** The parameters of an example call, as a sender would write them. */
export function exampleCall(parameters: readonly TriggerParameter[]): CallValues {
  return Object.fromEntries(parameters.map((parameter) => [parameter.name, exampleOf(parameter)]));
}

/** What templates see in a preview: the examples, as a call with them would give them. */
export function exampleValues(parameters: readonly TriggerParameter[]): CallValues {
  const read = readCall(parameters, exampleCall(parameters));
  return read.ok ? read.values : {};
}

/** The ids of the triggers whose calls let customers in on some path to a node, or anywhere when no node is named. */
export function triggerIdsBefore(document: Document, nodeId: string | null): string[] {
  const found = document.nodes.flatMap((node) =>
    node.kind === 'api-trigger' &&
    node.settings.triggerId !== null &&
    (nodeId === null || node.id === nodeId || reachableFrom(document, node.id).has(nodeId))
      ? [node.settings.triggerId]
      : [],
  );
  return [...new Set(found)];
}

/** The type of a parameter's values as JSON and templates have it: dates are numbers there. */
export const JSON_TYPE: Record<ParameterType, string> = {
  text: 'string',
  number: 'number',
  boolean: 'boolean',
  date: 'number',
  list: 'array',
  object: 'object',
};

/**
 * Seconds between two accepted calls of a project, by the number of its customers (Bloomreach docs: API trigger for
 * scenarios, the time window).
 */
export function secondsBetweenCalls(customers: number): number {
  if (customers > 100_000_000) return 100;
  return customers > 10_000_000 ? 10 : 1;
}
