import { XMLValidator } from 'fast-xml-parser';
import type { PayloadFormat } from '../core/webhook.ts';
import { type Context, LIMITS, render, renderRoot, type Template, TemplateError } from '../template/index.ts';
import { refuseHeaderValue } from '../transport/index.ts';
import { isJson } from './is-json.ts';
import type { WebhookPlan } from './plan.ts';

/**
 * From contexts to requests: the one way, for a preview, a test and a run. A customer for whom something fails gets a
 * fault and never holds up the others.
 */

/** Why a request cannot be made, with the place in its template. */
export interface RenderFault {
  template: string;
  line: number | null;
  column: number | null;
  excerpt: string | null;
  message: string;
}

/** A request for one customer. */
export interface Rendered {
  url: string;
  headers: [name: string, value: string][];
  body: Buffer | null;
  tracked: Record<string, unknown> | null;
}

/** A request for many: faults by position, and the body over the others. */
export interface RenderedBatch {
  url: string;
  headers: [name: string, value: string][];
  body: Buffer;
  members: number[];
  faults: Map<number, RenderFault>;
  /** By member. */
  resultKeys: string[] | null;
  tracked: Record<string, unknown>[] | null;
  /** Where each member's part begins and ends, in bytes; null when Root does not place them as they are. */
  spans: [start: number, end: number][] | null;
}

export const isFault = (value: object): value is RenderFault => 'template' in value && 'message' in value;

export function faultOf(error: unknown): RenderFault {
  if (!(error instanceof TemplateError)) throw error;
  const { template, line, column, excerpt, message } = error;
  return { template, line: line || null, column: column || null, excerpt: excerpt || null, message };
}

const fault = (template: string, message: string): RenderFault => ({
  template,
  line: null,
  column: null,
  excerpt: null,
  message,
});

/** A fault in one line: "Payload, line 3, column 14: 'customer' has no attribute 'x'". */
export function sentenceOf({ template, line, column, message }: RenderFault): string {
  return `${template}${line === null ? '' : `, line ${line}, column ${column}`}: ${message}`;
}

/** Renders a request for one customer. */
export function renderOne(plan: WebhookPlan, context: Context): Rendered | RenderFault {
  try {
    const url = urlOf(plan, context);
    const headers = headersOf(plan, context);
    if (isFault(headers)) return headers;
    const body = plan.payload ? Buffer.from(withoutMark(render(plan.payload, context))) : null;
    const wrong = body === null ? null : refuseBytes(plan.settings.format, body);
    if (wrong) return fault('Payload', wrong);
    return { url, headers, body, tracked: trackedOf(plan, context) };
  } catch (error) {
    return faultOf(error);
  }
}

/** A byte order mark is no part of JSON or XML. */
const withoutMark = (text: string): string => (text.charCodeAt(0) === 0xfeff ? text.slice(1) : text);

const urlOf = (plan: WebhookPlan, context: Context): string => render(plan.url, context).trim();

function headersOf(plan: WebhookPlan, context: Context): [string, string][] | RenderFault {
  const headers: [string, string][] = plan.contentType === null ? [] : [['content-type', plan.contentType]];
  for (const { name, value } of plan.headers) {
    const text = render(value, context);
    const wrong = refuseHeaderValue(name, text);
    if (wrong) return fault(`Header ${name}`, wrong);
    headers.push([name, text]);
  }
  return headers;
}

function trackedOf(plan: WebhookPlan, context: Context): Record<string, unknown> | null {
  if (plan.tracked.length === 0) return null;
  return Object.fromEntries(plan.tracked.map(({ name, value }) => [name, value(context)]));
}

/** Why a body is not what its format says, or null. */
export function refuseBody(format: PayloadFormat, body: string): string | null {
  if (format === 'json') {
    try {
      JSON.parse(body);
      return null;
    } catch (error) {
      return `what it renders is not valid JSON: ${(error as Error).message}`;
    }
  }
  if (format === 'xml') {
    const declared = refuseDeclaration(body);
    if (declared) return declared;
    const result = XMLValidator.validate(body);
    return result === true
      ? null
      : `what it renders is not well-formed XML: ${result.err.msg} (line ${result.err.line})`;
  }
  return null;
}

/** `refuseBody` for bytes, which are read as they are; only what is wrong in them is looked at closely. */
function refuseBytes(format: PayloadFormat, body: Buffer): string | null {
  if (format === 'json' ? isJson(body) : format === 'text') return null;
  return refuseBody(format, body.toString());
}

/** What a receiver's parser would act on: entities of a DOCTYPE read files and multiply, and the bytes are always UTF-8. */
function refuseDeclaration(body: string): string | null {
  if (/<!DOCTYPE/i.test(body)) return 'a DOCTYPE is not sent, because a receiver may load what it names';
  const encoding = /^\s*<\?xml[^>]*\sencoding\s*=\s*["']([^"']*)/i.exec(body)?.[1];
  return encoding && !/^utf-?8$/i.test(encoding)
    ? `it declares the encoding ${encoding.slice(0, 40)}, but is sent as UTF-8`
    : null;
}

/**
 * Renders one request for many customers: each part by itself, then Root over those that are fine. The URL and the headers
 * of a batch are the same for all and see what Root sees.
 * @returns null when nobody is left; a fault when Root, the URL or a header fails for the batch as a whole
 */
export function renderBatch(
  plan: WebhookPlan,
  contexts: readonly Context[],
  root: Context,
): RenderedBatch | { faults: Map<number, RenderFault>; batch: RenderFault | null } {
  const faults = new Map<number, RenderFault>();
  let parts = partsOf(plan, contexts, faults);
  if (parts.length === 0) return { faults, batch: null };
  let body: Assembled | RenderFault = assemble(plan, root, parts);
  if (isFault(body)) return { faults, batch: body };
  if (refuseBytes(plan.settings.format, body.bytes)) {
    // One part spoils the whole: those that cannot stand by themselves leave.
    const fine = parts.filter(({ position, text }) => {
      const wrong = refuseBody(plan.settings.format, text);
      if (wrong) faults.set(position, fault('Customer', wrong));
      return !wrong;
    });
    if (fine.length === 0) return { faults, batch: null };
    if (fine.length < parts.length) {
      parts = fine;
      body = assemble(plan, root, parts);
      if (isFault(body)) return { faults, batch: body };
    }
    const still = refuseBytes(plan.settings.format, body.bytes);
    if (still) return { faults, batch: fault('Root', still) };
  }
  try {
    const headers = headersOf(plan, root);
    if (isFault(headers)) return { faults, batch: headers };
    return {
      url: urlOf(plan, root),
      headers,
      body: body.bytes,
      spans: body.spans,
      members: parts.map(({ position }) => position),
      faults,
      resultKeys: plan.resultKey ? parts.map(({ resultKey }) => resultKey ?? '') : null,
      tracked: plan.tracked.length > 0 ? parts.map(({ tracked }) => tracked!) : null,
    };
  } catch (error) {
    return { faults, batch: faultOf(error) };
  }
}

interface Part {
  position: number;
  text: string;
  resultKey: string | null;
  tracked: Record<string, unknown> | null;
}

function partsOf(plan: WebhookPlan, contexts: readonly Context[], faults: Map<number, RenderFault>): Part[] {
  const parts: Part[] = [];
  for (const [position, context] of contexts.entries()) {
    try {
      parts.push({
        position,
        text: render(plan.customer!, context),
        resultKey: plan.resultKey && render(plan.resultKey, context),
        tracked: trackedOf(plan, context),
      });
    } catch (error) {
      faults.set(position, faultOf(error));
    }
  }
  return parts;
}

interface Assembled {
  bytes: Buffer;
  spans: [number, number][] | null;
}

/** Rendering is synchronous, so all batches of this process are put together in one buffer, which grows as it must. */
let workspace = Buffer.allocUnsafeSlow(1 << 20);

/** Root over the parts, piece by piece into one buffer: joining half a megabyte of text and encoding it costs four times as much. */
function assemble(plan: WebhookPlan, root: Context, parts: readonly Part[]): Assembled | RenderFault {
  let pieces: string[];
  try {
    pieces = renderRoot(
      plan.root as Template,
      root,
      parts.map(({ text }) => text),
      LIMITS.root,
    );
  } catch (error) {
    return faultOf(error);
  }
  const spans: [number, number][] = [];
  let at = 0;
  for (const piece of pieces) {
    if (workspace.length - at < piece.length * 3) grow(at + piece.length * 3, at);
    const end = at + workspace.write(piece, at);
    if (spans.length < parts.length && piece === parts[spans.length]!.text) spans.push([at, end]);
    at = end;
  }
  return { bytes: Buffer.from(workspace.subarray(0, at)), spans: spans.length === parts.length ? spans : null };
}

function grow(needed: number, used: number): void {
  const larger = Buffer.allocUnsafeSlow(Math.max(needed, workspace.length * 2));
  workspace.copy(larger, 0, 0, used);
  workspace = larger;
}
