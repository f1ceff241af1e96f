import type { AnyNode } from '../core/document.ts';
import type { Chunk } from './chunks.ts';
import { contextFor, type Frame, rootContext, type Traveller } from './contexts.ts';
import { loadCustomers } from './customers.ts';
import type { FrozenRequest, FrozenWindow } from './frozen.ts';
import type { WebhookPlan } from './plan.ts';
import { isFault, type RenderFault, renderBatch, renderOne } from './render.ts';
import { frameOf, type RunContext } from './runs.ts';
import { anyConnection } from './sql.ts';
import { storedWindows } from './windows.ts';

/** From the journeys of a webhook's chunk to their requests: rendered now, or the very bytes of an earlier try. */

/** Requests of a window, and for whom none could be made: by position in it. */
export interface Made extends FrozenWindow {
  faults: { positions: number[]; fault: RenderFault | 'gone' }[];
}

export class RequestMaker {
  private readonly run: RunContext;
  private readonly node: AnyNode;
  private readonly plan: WebhookPlan;
  private readonly chunk: Chunk;
  private readonly frame: Frame;

  constructor(run: RunContext, node: AnyNode, plan: WebhookPlan, chunk: Chunk) {
    this.run = run;
    this.node = node;
    this.plan = plan;
    this.chunk = chunk;
    this.frame = frameOf(run, node);
  }

  /** @param from position in the chunk of the first of these travellers */
  make(travellers: Traveller[], from: number): Promise<Made> {
    return this.chunk.windows ? this.again(travellers, from) : this.first(travellers);
  }

  private get isBatch(): boolean {
    return this.plan.settings.batch;
  }

  /** Requests for travellers who have not been asked for yet. */
  private async first(travellers: Traveller[]): Promise<Made> {
    const gone: Traveller[] = [];
    await loadCustomers(anyConnection, travellers, gone);
    const faults: Made['faults'] =
      gone.length > 0 ? [{ positions: gone.map((t) => travellers.indexOf(t)), fault: 'gone' }] : [];
    return this.isBatch ? this.renderAll(travellers, faults) : this.renderEach(travellers, faults);
  }

  /** Sent as new: a key that no receiver knows. */
  private get suffix(): string {
    const { keySuffix } = this.run;
    return this.chunk.sending === 1 ? keySuffix : `${keySuffix}-again${this.chunk.sending}`;
  }

  private renderEach(travellers: readonly Traveller[], faults: Made['faults']): Made {
    const now = Date.now();
    const prefix = `${this.run.keyPrefix}-${this.node.number}-`;
    let common: [string, string][] | null = null;
    const requests = travellers.map((traveller, position): FrozenRequest | null => {
      if (traveller.properties === null) return null;
      const made = renderOne(this.plan, contextFor(this.frame, traveller, now));
      if (isFault(made)) {
        faults.push({ positions: [position], fault: made });
        return null;
      }
      common ??= made.headers;
      return {
        url: made.url,
        headers: sameHeaders(made.headers, common) ? null : made.headers,
        key: prefix + traveller.journey + this.suffix,
        body: made.body,
        members: null,
        resultKeys: null,
        tracked: made.tracked && [made.tracked],
      };
    });
    return { method: this.plan.settings.method, headers: common ?? [], requests, faults };
  }

  private renderAll(travellers: readonly Traveller[], faults: Made['faults']): Made {
    const now = Date.now();
    const { plan } = this;
    const there = travellers.flatMap((t, position) => (t.properties === null ? [] : [position]));
    const made = renderBatch(
      plan,
      there.map((position) => contextFor(this.frame, travellers[position]!, now)),
      rootContext(this.frame, now),
    );
    for (const [index, fault] of made.faults) faults.push({ positions: [there[index]!], fault });
    if ('batch' in made) {
      const rest = there.filter((_, index) => !made.faults.has(index));
      if (made.batch && rest.length > 0) faults.push({ positions: rest, fault: made.batch });
      return { method: plan.settings.method, headers: [], requests: [null], faults };
    }
    const members = made.members.map((index) => there[index]!);
    const first = travellers[members[0]!]!;
    const request: FrozenRequest = {
      url: made.url,
      headers: null,
      key: `${this.run.keyPrefix}-${this.node.number}-${first.journey}x${members.length}${this.suffix}`,
      body: made.body,
      members,
      resultKeys: made.resultKeys,
      tracked: made.tracked,
    };
    return { method: plan.settings.method, headers: made.headers, requests: [request], faults };
  }

  /**
   * The very requests that were stored before their first try. Who was deleted since is left out; a batch cannot be sent as
   * it was without them and is made anew.
   */
  private async again(travellers: Traveller[], from: number): Promise<Made> {
    const { chunk } = this;
    const ids = chunk.windows!;
    const gone: Traveller[] = [];
    await loadCustomers(anyConnection, travellers, gone);
    const deleted: Made['faults'] =
      gone.length > 0 ? [{ positions: gone.map((t) => travellers.indexOf(t)), fault: 'gone' }] : [];
    if (this.isBatch && gone.length > 0) return this.withoutDeleted(travellers, deleted);
    const stored = await storedWindows(chunk.runId, [...new Set(ids)]);
    const lost = deleted;
    const notKept = aboutRequest('it was not kept long enough to be sent again as it was');
    if (this.isBatch) {
      const window = stored.get(ids[0]!)?.window;
      const request = window?.requests[0];
      if (!request)
        return {
          method: this.plan.settings.method,
          headers: [],
          requests: [null],
          faults: [{ positions: travellers.map((_, i) => i), fault: notKept }],
        };
      return {
        method: window.method,
        headers: window.headers,
        requests: [{ ...request, members: travellers.map((_, i) => i) }],
        faults: [],
      };
    }
    const requests = travellers.map((traveller, i): FrozenRequest | null => {
      if (traveller.properties === null) return null;
      const place = stored.get(ids.length === 1 ? ids[0]! : ids[from + i]!);
      const request = place?.window?.requests[place.journeys.indexOf(traveller.journey)];
      if (!request) {
        lost.push({ positions: [i], fault: notKept });
        return null;
      }
      return { ...request, headers: request.headers ?? place.window!.headers };
    });
    return {
      method: [...stored.values()].find(({ window }) => window)?.window?.method ?? this.plan.settings.method,
      headers: [],
      requests,
      faults: lost,
    };
  }

  /** What a replayed batch was made from may not be kept any more: its tries tell that it is none. */
  private withoutDeleted(travellers: readonly Traveller[], faults: Made['faults']): Made {
    if (this.chunk.tries !== null) return this.renderAll(travellers, faults);
    const rest = travellers.flatMap((t, position) => (t.properties === null ? [] : [position]));
    const fault = aboutRequest('it was to be sent again as it was, together with a customer who was deleted');
    return {
      method: this.plan.settings.method,
      headers: [],
      requests: [null],
      faults: rest.length > 0 ? [...faults, { positions: rest, fault }] : faults,
    };
  }
}

const aboutRequest = (message: string): RenderFault => ({
  template: 'Request',
  line: null,
  column: null,
  excerpt: null,
  message,
});

const sameHeaders = (a: readonly [string, string][], b: readonly [string, string][]): boolean =>
  a === b || (a.length === b.length && a.every(([name, value], i) => name === b[i]![0] && value === b[i]![1]));
