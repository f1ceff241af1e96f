import zlib from 'node:zlib';
import { HIDDEN_VALUE, isPlainHeader, maskData, maskHeaders, maskUrl, maskValues } from '../core/mask-values.ts';
import { hiding, type Prepared, type PrepareFault, type RequestDetail, type SendResult } from '../engine/index.ts';
import { open, seal, UnreadableSecret } from '../vault/index.ts';
import { type Ctx, may, ServiceError } from './verb.ts';

/**
 * Requests and answers without the values of the people that they are about. Everybody gets them so at first; whoever may
 * build can have the values of one of them shown, and the audit log tells of it.
 */

/** Whether the asker may have values shown. */
export const mayReveal = (ctx: Ctx): boolean => ctx.role !== null && may(ctx.role, 'build');

/** Hides one text that people read, such as the reason of a failure, of the values of somebody's profile. */
type Hide = (text: string) => string;

/** Shorter ones are parts of everything. */
const SHORTEST = 4;

/** Hides values of these profiles in texts. */
export function hidingOf(profiles: readonly Record<string, unknown>[]): Hide {
  const values = new Set<string>();
  const gather = (value: unknown): void => {
    if (Array.isArray(value)) value.forEach(gather);
    else if (typeof value === 'object' && value !== null) Object.values(value).forEach(gather);
    else if (typeof value === 'string' || typeof value === 'number') {
      const text = String(value);
      if (text.length >= SHORTEST) values.add(text);
    }
  };
  profiles.forEach(gather);
  return hiding([...values]);
}

/** A request of a run. */
export function maskedDetail<Detail extends RequestDetail>(detail: Detail, hide: Hide): Detail {
  const { url, headers, body, response, tries, message } = detail;
  return {
    ...detail,
    url: maskUrl(url),
    headers: maskHeaders(headers),
    body: body === null ? null : maskValues(body),
    response: response && {
      status: response.status,
      headers: Object.fromEntries(maskHeaders(Object.entries(response.headers))),
      body: maskValues(response.body),
    },
    message: hide(message),
    tries: tries.map((each) => ({ ...each, message: hide(each.message) })),
  };
}

/** A rendered request. Whose part stands where is left out: lengths would tell of values. */
export function maskedPrepared(request: Prepared, hide: Hide): Prepared {
  const body = request.body === null ? null : maskValues(request.body);
  return {
    ...request,
    url: maskUrl(request.url),
    headers: request.headers.map(([name, value, isSecret]) => [
      name,
      isSecret || isPlainHeader(name) ? value : HIDDEN_VALUE,
      isSecret,
    ]),
    body,
    bytes: Buffer.byteLength(body ?? ''),
    customers: request.customers.map((customer) => ({ ...customer, start: 0, end: 0 })),
    warnings: request.warnings.map(hide),
  };
}

/** What came back for a test. */
export function maskedResult({ answer, verdict, view }: SendResult, hide: Hide): SendResult {
  return {
    answer: answer.kind === 'answered' ? maskedAnswer(answer) : { ...answer, message: hide(answer.message) },
    verdict: 'text' in verdict ? { ...verdict, text: hide(verdict.text) } : verdict,
    view: view && { ...view, data: maskData(view.data) },
  };
}

function maskedAnswer(answer: SendResult['answer'] & { kind: 'answered' }): SendResult['answer'] {
  const body = maskValues(answer.body);
  return {
    ...answer,
    headers: Object.fromEntries(maskHeaders(Object.entries(answer.headers))),
    body,
    bodyBytes: Buffer.byteLength(body),
  };
}

/** Why a request could not be rendered. */
export const maskedFault = (fault: PrepareFault, hide: Hide): PrepareFault => ({
  ...fault,
  message: hide(fault.message),
  excerpt: fault.excerpt && hide(fault.excerpt),
});

const KEPT_MS = 3_600_000;
/** What a call may carry back to have it opened. */
const MOST_SEALED = 900_000;

const placeOf = ({ projectId, actor }: Ctx) => ({ projectId, objectId: actor.id ?? '', field: 'values of a test' });

/**
 * Values for their one reader to have them shown later: sealed, so that nothing of a test is stored and nothing can be read
 * on the way. Null when they are too many to be sent back.
 */
export function sealValues(ctx: Ctx, values: object): string | null {
  const packed = zlib.zstdCompressSync(JSON.stringify({ until: Date.now() + KEPT_MS, values })).toString('base64');
  const sealed = Buffer.from(seal(packed, placeOf(ctx))).toString('base64');
  return sealed.length > MOST_SEALED ? null : sealed;
}

/** @throws ServiceError when they were sealed for somebody else, or more than an hour ago */
export function openValues(ctx: Ctx, sealed: string): unknown {
  const gone = new ServiceError('invalid', 'These values can no longer be shown. Test again, and then reveal them.');
  let packed: string;
  try {
    packed = open(Buffer.from(sealed, 'base64'), placeOf(ctx));
  } catch (error) {
    if (error instanceof UnreadableSecret) throw gone;
    throw error;
  }
  const { until, values } = JSON.parse(zlib.zstdDecompressSync(Buffer.from(packed, 'base64')).toString()) as {
    until: number;
    values: unknown;
  };
  if (Date.now() > until) throw gone;
  return values;
}
