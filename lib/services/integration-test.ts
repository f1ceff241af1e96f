import { z } from 'zod';
import { env } from '../env.ts';
import {
  type Attempt,
  createTransport,
  DEFAULT_LIMITS,
  egressRules,
  type OutgoingRequest,
} from '../transport/index.ts';
import { type Credentials, mask, openIntegration, settingsOf } from '../vault/index.ts';
import type { IntegrationTest } from './integration.ts';
import { testUrl, urlsOf } from './integration-input.ts';
import { privateNote } from './private-hosts.ts';
import { act, notFound, ServiceError } from './verb.ts';
import { admitTest } from './webhook.ts';

/**
 * Tries an integration: sends its test request with an empty body, and 200 is success (Bloomreach docs: test settings). One
 * that logs in and has no test request is tried by its login alone. The result is kept with its time.
 */
export const testIntegration = act({
  needs: 'develop',
  input: z.strictObject({ id: z.uuid() }),
  async run({ ctx, input: { id }, db, note }): Promise<IntegrationTest> {
    const row = await db.integration.findFirst({ where: { id, projectId: ctx.projectId } });
    if (!row) throw notFound('The integration');
    const settings = settingsOf(row);
    const logsIn = settings.kind === 'oauth2' || settings.kind === 'responsys';
    if (!settings.test && !logsIn)
      throw new ServiceError('invalid', 'Give a method and a path to test with.', {
        fields: [{ path: 'settings.test.path', message: 'Give a path to test with.' }],
      });
    await admitTest(ctx);
    const credentials = await openIntegration(row);
    const { method, path } = settings.test ?? { method: 'GET' as const, path: '/' };
    const url = settings.kind === 'responsys' ? path : testUrl(row.prefix, path);
    const result = await tried(credentials, { method, url, headers: [], body: null }, settings.test !== null);
    const at = new Date();
    // Only for the integration that was tested: somebody may have changed it meanwhile.
    await db.integration.updateMany({
      where: { id, projectId: ctx.projectId, updatedAt: row.updatedAt },
      data: { testedAt: at, testResult: result },
    });
    await note({
      action: 'integration.test',
      objectType: 'integration',
      objectId: id,
      objectName: row.name,
      after: { ...result, ...(await privateNote(urlsOf(row.prefix, settings))) },
    });
    return { ...result, at: at.toISOString() };
  },
});

async function tried(
  credentials: Credentials,
  request: OutgoingRequest,
  sends: boolean,
): Promise<Omit<IntegrationTest, 'at'>> {
  const started = performance.now();
  const elapsed = () => Math.round(performance.now() - started);
  const failed = (reason: string) => ({
    ok: false,
    status: null,
    ms: elapsed(),
    message: mask(reason, credentials.secrets),
  });
  const authorised = await credentials.authorise(request);
  if (!authorised.ok) return failed(authorised.reason);
  if (!sends) return { ok: true, status: null, ms: elapsed(), message: 'The login succeeded.' };
  const transport = createTransport({ rules: egressRules(env()), connections: 1 });
  try {
    const { certificate } = authorised;
    const options = certificate ? { certificate } : {};
    let attempt = await transport.send(authorised.request, DEFAULT_LIMITS, options);
    if (attempt.kind === 'answered' && attempt.status === 401 && (await credentials.renew?.())) {
      const again = await credentials.authorise(request);
      if (again.ok) attempt = await transport.send(again.request, DEFAULT_LIMITS, options);
    }
    return attempt.kind === 'failed' ? failed(attempt.message) : judged(attempt, credentials.secrets, elapsed());
  } finally {
    await transport.close();
  }
}

function judged(answer: Attempt & { kind: 'answered' }, secrets: readonly string[], ms: number) {
  const { status } = answer;
  if (status === 200) return { ok: true, status, ms, message: 'The endpoint answered 200.' };
  const words =
    status === 401 || status === 403 ? 'The endpoint refused the credentials' : 'The endpoint did not answer 200 but';
  const detail = mask(answer.body, secrets).replace(/\s+/g, ' ').trim().slice(0, 200);
  const message = status === 401 || status === 403 ? `${words} with ${status}` : `${words} ${status}`;
  return { ok: false, status, ms, message: detail ? `${message}: ${detail}` : `${message}.` };
}
