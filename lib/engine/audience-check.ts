import { coverUrl } from '../core/prefix-cover.ts';
import type { EarlierResponse } from '../core/response-view.ts';
import { effectiveBatchSize, type WebhookSettings } from '../core/webhook.ts';
import type { Context } from '../template/index.ts';
import { contextFor, type Frame, rootContext } from './contexts.ts';
import { type MissingProperty, missingProperties } from './missing-properties.ts';
import { planOf, type WebhookPlan } from './plan.ts';
import { isFault, type RenderFault, renderBatch, renderOne } from './render.ts';

/** Somebody to be checked. */
export interface CheckedPerson {
  id: number;
  properties: Record<string, unknown>;
  event?: Record<string, unknown> | null;
}

/** One thing that is wrong for a number of customers. */
export interface AudienceFault {
  /** Errors keep a request from being made; warnings are values that stay empty. */
  severity: 'error' | 'warning';
  template: string;
  line: number | null;
  column: number | null;
  /** What is wrong, without the number: "phone is empty". */
  message: string;
  /** The property that is missing, where that is the fault. */
  property: string | null;
  count: number;
  /** The first hundred customers. */
  customers: number[];
  /** What was said, or rendered, for the first one. */
  example: string | null;
}

export interface AudienceReport {
  /** Who would come to the webhook. */
  customers: number;
  /** Customers without an error. */
  fine: number;
  requests: number;
  /** Of bodies. */
  bytes: { min: number; median: number; max: number } | null;
  faults: AudienceFault[];
  renderMs: number;
}

const KEPT_CUSTOMERS = 100;
const EXAMPLE_LENGTH = 2000;

/**
 * Renders an audience as a run would and sends nothing. Faults are gathered by template and line; a batch is rendered as
 * soon as it is full, so that memory stays flat whatever comes.
 * @throws PlanFault when a template does not compile
 */
export class AudienceCheck {
  readonly #plan: WebhookPlan;
  readonly #size: number;
  readonly #missing: MissingProperty[];
  readonly #faults = new Map<string, AudienceFault>();
  readonly #sizes: number[] = [];
  readonly #urls = new Map<string, string | null>();
  readonly #what: CheckOptions;
  #pending: CheckedPerson[] = [];
  #customers = 0;
  #bad = 0;
  #renderMs = 0;

  constructor(what: CheckOptions) {
    this.#what = what;
    this.#plan = planOf(what.settings);
    this.#size = effectiveBatchSize(what.settings, what.onEvent);
    this.#missing = missingProperties(what.settings);
  }

  /** Takes people in; whoever completes a batch has it rendered at once. */
  add(people: readonly CheckedPerson[]): void {
    const began = performance.now();
    for (const person of people) {
      this.#customers++;
      for (const missing of this.#missing)
        if (isEmpty(person.properties[missing.property])) this.#lacks(missing, person);
      if (!this.#plan.settings.batch) this.#single(person);
      else if (this.#pending.push(person) === this.#size) this.#batch();
    }
    this.#renderMs += performance.now() - began;
  }

  /** The result; an incomplete batch is rendered first. */
  report(): AudienceReport {
    if (this.#pending.length > 0) this.#batch();
    const sizes = this.#sizes.toSorted((a, b) => a - b);
    return {
      customers: this.#customers,
      fine: this.#customers - this.#bad,
      requests: sizes.length,
      bytes:
        sizes.length === 0
          ? null
          : { min: sizes[0]!, median: sizes[sizes.length >> 1]!, max: sizes[sizes.length - 1]! },
      faults: [...this.#faults.values()].sort(
        (a, b) => Number(a.severity === 'warning') - Number(b.severity === 'warning') || b.count - a.count,
      ),
      renderMs: Math.round(this.#renderMs),
    };
  }

  #contextOf({ properties, event }: CheckedPerson): Context {
    const { frame, responses, now } = this.#what;
    return contextFor(frame, { properties, event: event ?? null, responses }, now);
  }

  #single(person: CheckedPerson): void {
    const rendered = renderOne(this.#plan, this.#contextOf(person));
    if (isFault(rendered)) return this.#fails([person], rendered);
    const refusal = this.#refuseUrl(rendered.url);
    if (refusal) return this.#fails([person], refusal, rendered.url);
    this.#sizes.push(rendered.body === null ? 0 : Buffer.byteLength(rendered.body));
  }

  #batch(): void {
    const people = this.#pending;
    this.#pending = [];
    const { frame, now } = this.#what;
    const rendered = renderBatch(
      this.#plan,
      people.map((person) => this.#contextOf(person)),
      rootContext(frame, now),
    );
    for (const [position, fault] of rendered.faults) this.#fails([people[position]!], fault);
    const others = () => people.filter((_person, position) => !rendered.faults.has(position));
    if (!('body' in rendered)) {
      if (rendered.batch) this.#fails(others(), rendered.batch);
      return;
    }
    const refusal = this.#refuseUrl(rendered.url);
    if (refusal) return this.#fails(others(), refusal, rendered.url);
    this.#sizes.push(rendered.body.length);
  }

  /** Why a request may not go to this URL, or null; the same URL is judged once. */
  #refuseUrl(url: string): RenderFault | null {
    let message = this.#urls.get(url);
    if (message === undefined) {
      message = this.#judgeUrl(url);
      // URLs that differ for everybody are not worth keeping.
      if (this.#urls.size < 1000) this.#urls.set(url, message);
    }
    return message === null ? null : { template: 'URL', line: null, column: null, excerpt: null, message };
  }

  #judgeUrl(url: string): string | null {
    const { prefix } = this.#what;
    if (prefix !== null) {
      const cover = coverUrl(url, prefix);
      return cover.ok ? null : `leaves the endpoint prefix of the integration: ${cover.reason}`;
    }
    return /^https?:\/\//i.test(url) && URL.canParse(url) ? null : 'is not an absolute http:// or https:// URL';
  }

  #fails(people: readonly CheckedPerson[], fault: RenderFault, example?: string): void {
    if (people.length === 0) return;
    this.#bad += people.length;
    // Without a place, what follows the colon is of one customer: the group is what stands before it.
    const message = fault.line === null ? fault.message.split(': ')[0]! : fault.message;
    this.#gather(
      people,
      { severity: 'error', template: fault.template, line: fault.line, column: fault.column, message, property: null },
      (example ?? (fault.line === null ? fault.message : (fault.excerpt ?? ''))).slice(0, EXAMPLE_LENGTH) || null,
    );
  }

  #lacks({ property, template, line, column }: MissingProperty, person: CheckedPerson): void {
    const message = `${property} is empty`;
    this.#gather([person], { severity: 'warning', template, line, column, message, property }, null);
  }

  #gather(
    people: readonly CheckedPerson[],
    what: Omit<AudienceFault, 'count' | 'customers' | 'example'>,
    example: string | null,
  ): void {
    const key = JSON.stringify([
      what.severity,
      what.template,
      what.line,
      what.column,
      what.line ?? what.message,
      what.property,
    ]);
    let group = this.#faults.get(key);
    if (!group) {
      group = { ...what, count: 0, customers: [], example };
      this.#faults.set(key, group);
    }
    group.count += people.length;
    for (const { id } of people) if (group.customers.length < KEPT_CUSTOMERS) group.customers.push(id);
  }
}

export interface CheckOptions {
  frame: Frame;
  settings: WebhookSettings;
  /** Whether events bring the customers: then batches are smaller. */
  onEvent: boolean;
  /** Endpoint prefix of the integration; null without one. */
  prefix: string | null;
  /** What stands for the responses of earlier webhooks. */
  responses: readonly EarlierResponse[];
  /** Unix milliseconds. */
  now: number;
}

const isEmpty = (value: unknown): boolean => value === undefined || value === null || value === '';
