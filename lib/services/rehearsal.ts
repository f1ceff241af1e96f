import { z } from 'zod';
import { maskHeaders, maskPath, maskValues } from '../core/mask-values.ts';
import type { Db } from '../db/index.ts';
import { env } from '../env.ts';
import { Behaviour, type SeenRequest, type Totals } from '../rehearsal/index.ts';
import { mayReveal } from './masking.ts';
import { act, type Ctx, notFound, read, ServiceError } from './verb.ts';

/**
 * The built-in rehearsal target as a project sees it. One process serves all projects, so the targets of a project carry
 * its mark in front of their name; those of the demo project have none. Nothing but the rehearsal target is ever asked.
 */

const TargetName = z
  .string()
  .trim()
  .regex(/^[a-z0-9-]{1,40}$/, 'Use small letters, digits and hyphens, at most 40.');
const OneTarget = z.strictObject({ target: TargetName });

const PATIENCE_MS = 3000;
const SHOWN_REQUESTS = 100;

export interface RehearsalTarget {
  name: string;
  /** Where webhooks call it; any path below is taken. */
  url: string;
  requests: number;
  inFlight: number;
  lastAt: string | null;
}

export interface RehearsalTargets {
  /** Beginning of the URL of every target; null where no rehearsal target runs. */
  base: string | null;
  /** Why the target cannot be asked at this moment. */
  fault: string | null;
  targets: RehearsalTarget[];
}

/** The targets that were called or set, the latest called first. */
export const listTargets = read({
  needs: 'look',
  input: z.strictObject({}),
  async run({ ctx, db }): Promise<RehearsalTargets> {
    const url = env().REHEARSAL_URL;
    if (!url) return { base: null, fault: null, targets: [] };
    const mark = await markOf(db, ctx);
    const base = `${url.replace(/\/$/, '')}/t/${mark}`;
    try {
      const own = (await control<string[]>('GET', '/_targets'))
        .filter((name) => name.startsWith(mark) && TargetName.safeParse(name.slice(mark.length)).success)
        .slice(-50)
        .toReversed();
      const targets = await Promise.all(
        own.map(async (name) => {
          const { requests, inFlight, lastAt } = await control<Totals>('GET', `/_books/${name}`);
          return { name: name.slice(mark.length), url: urlOf(name), requests, inFlight, lastAt };
        }),
      );
      return { base, fault: null, targets };
    } catch (error) {
      if (error instanceof ServiceError) return { base, fault: error.message, targets: [] };
      throw error;
    }
  },
});

/** A request in the inspector's list: without its body and headers. */
export type RehearsalRow = Omit<SeenRequest, 'body' | 'headers'>;

/** What one target saw and how it behaves. A target that nobody has called yet is blank. */
export const openTarget = read({
  needs: 'look',
  input: OneTarget,
  async run({ ctx, input, db }) {
    const name = await fullName(db, ctx, input.target);
    const [totals, behaviour, seen] = await Promise.all([
      control<Totals>('GET', `/_books/${name}`),
      control<Behaviour>('GET', `/_behaviour/${name}`),
      control<SeenRequest[]>('GET', `/_requests/${name}?limit=${SHOWN_REQUESTS}&brief=1`),
    ]);
    const requests = seen.map(
      ({ body: _, headers: __, ...row }): RehearsalRow => ({ ...row, path: shortOf(row.path) }),
    );
    return { name: input.target, url: urlOf(name), totals, behaviour, requests };
  },
});

/** A request without its values, or with them. */
export type ShownRequest = SeenRequest & { isMasked: boolean; mayReveal: boolean };

/** One request: names of headers and of the first 64 kB of its body, without values. */
export const openTargetRequest = read({
  needs: 'look',
  input: OneTarget.extend({ number: z.number().int().min(1) }),
  async run({ ctx, input, db }): Promise<ShownRequest> {
    const request = await seenRequest(db, ctx, input);
    const body = maskValues(request.body);
    return {
      ...request,
      path: shortOf(request.path),
      headers: Object.fromEntries(maskHeaders(Object.entries(request.headers))),
      body,
      bodyBytes: Buffer.byteLength(body),
      isMasked: true,
      mayReveal: mayReveal(ctx),
    };
  },
});

/** The same request with its values; each look is told in the audit log. */
export const revealTargetRequest = act({
  needs: 'build',
  input: OneTarget.extend({ number: z.number().int().min(1) }),
  async run({ ctx, input, db, note }): Promise<ShownRequest> {
    const request = await seenRequest(db, ctx, input);
    await note({
      action: 'rehearsal.reveal',
      objectType: 'rehearsal-target',
      objectId: await fullName(db, ctx, input.target),
      objectName: input.target,
      after: { request: input.number, customers: request.customers },
    });
    return { ...request, isMasked: false, mayReveal: true };
  },
});

async function seenRequest(db: Db, ctx: Ctx, { target, number: wanted }: { target: string; number: number }) {
  const name = await fullName(db, ctx, target);
  const seen = await control<SeenRequest[]>('GET', `/_requests/${name}?number=${wanted}`);
  const request = seen.find(({ number }) => number === wanted);
  if (!request) throw new ServiceError('not-found', 'This request is no longer kept: newer ones have taken its place.');
  return request;
}

/** The path behind the target's own, without values. */
const shortOf = (path: string): string => maskPath(path.replace(/^\/t\/[^/?]*/, ''));

/** Changes how a target answers; acts on requests that come from now on. */
export const behaveTarget = act({
  needs: 'build',
  input: OneTarget.extend({ behaviour: Behaviour }),
  async run({ ctx, input, db, note }) {
    const name = await fullName(db, ctx, input.target);
    const before = await control<Behaviour>('GET', `/_behaviour/${name}`);
    await control('PUT', `/_behaviour/${name}`, input.behaviour);
    await note({
      action: 'rehearsal.behave',
      objectType: 'rehearsal-target',
      objectId: name,
      objectName: input.target,
      before,
      after: input.behaviour,
    });
    return {};
  },
});

/** Forgets what a target saw; its behaviour stays. */
export const clearTarget = act({
  needs: 'build',
  input: OneTarget,
  async run({ ctx, input, db, note }) {
    const name = await fullName(db, ctx, input.target);
    await control('DELETE', `/_books/${name}`);
    await note({
      action: 'rehearsal.clear',
      objectType: 'rehearsal-target',
      objectId: name,
      objectName: input.target,
    });
    return {};
  },
});

async function markOf(db: Db, ctx: Ctx): Promise<string> {
  const project = await db.project.findUnique({ where: { id: ctx.projectId }, select: { isDemo: true } });
  if (!project) throw notFound('The project');
  // The end of an id, because its beginning is the time at which it was made.
  return project.isDemo ? '' : `${ctx.projectId.slice(-12)}.`;
}

const fullName = async (db: Db, ctx: Ctx, target: string) => `${await markOf(db, ctx)}${target}`;

const urlOf = (name: string) => `${env().REHEARSAL_URL?.replace(/\/$/, '')}/t/${name}/`;

/**
 * Asks the rehearsal target's own control endpoints.
 * @throws ServiceError "conflict" when it does not run, does not answer, or refuses
 */
async function control<Answer>(method: 'GET' | 'PUT' | 'DELETE', path: string, body?: unknown): Promise<Answer> {
  const url = env().REHEARSAL_URL;
  if (!url) throw new ServiceError('conflict', 'No rehearsal target runs here. Set REHEARSAL_URL to use one.');
  let response: Response;
  try {
    response = await fetch(new URL(path, url), {
      method,
      body: body === undefined ? undefined : JSON.stringify(body),
      redirect: 'error',
      signal: AbortSignal.timeout(PATIENCE_MS),
    });
  } catch (error) {
    throw new ServiceError('conflict', `The rehearsal target does not answer at ${url}. Is its process running?`, {
      details: { cause: error instanceof Error ? error.name : 'unknown' },
    });
  }
  const answer: unknown = await response.json();
  if (!response.ok)
    throw new ServiceError('conflict', `The rehearsal target answered ${response.status}: ${JSON.stringify(answer)}`);
  return answer as Answer;
}
