import { describe, expect, it, vi } from 'vitest';

const { answerDownload, answerJson, answerUpload, ownPath } = await vi.hoisted(async () => {
  Object.assign(process.env, {
    DATABASE_URL: 'postgresql://127.0.0.1/none',
    ENCRYPTION_KEY: globalThis.crypto.getRandomValues(Buffer.alloc(32)).toString('base64'),
    NEXTAUTH_URL: 'https://hookline.example',
    LOG_LEVEL: 'silent',
  });
  return import('../../../lib/next/index.ts');
});
const { ServiceError } = await import('../../../lib/services/index.ts');

function send(body: string | ReadableStream, headers: Record<string, string> = {}) {
  return new Request('https://hookline.example/api/call/x', {
    method: 'POST',
    body,
    headers: { 'content-type': 'application/json', 'sec-fetch-site': 'same-origin', ...headers },
    duplex: 'half',
  } as RequestInit);
}
const answer = async (request: Request, work = async (body: object): Promise<unknown> => body) => {
  const response = await answerJson(request, work);
  return {
    status: response.status,
    ...((await response.json()) as { ok: boolean; value?: unknown; error?: { code: string; message: string } }),
  };
};

describe('a call of a page', () => {
  it('is answered with its value and never stored', async () => {
    const response = await answerJson(send('{"a":1}'), async (body) => body);
    expect(await response.json()).toEqual({ ok: true, value: { a: 1 } });
    expect(response.headers.get('cache-control')).toBe('no-store');
  });

  it('is refused when it comes from another site or from nowhere', async () => {
    for (const site of ['cross-site', 'same-site', 'none'])
      expect(await answer(send('{}', { 'sec-fetch-site': site }))).toMatchObject({ status: 403, ok: false });
    const without = (origin?: string) => {
      const request = send('{}', origin ? { origin } : {});
      request.headers.delete('sec-fetch-site');
      return request;
    };
    expect(await answer(without())).toMatchObject({ status: 403 });
    expect(await answer(without('https://hookline.example.evil.example'))).toMatchObject({ status: 403 });
    expect(await answer(without('http://hookline.example'))).toMatchObject({ status: 403 });
    expect(await answer(without('https://hookline.example'))).toMatchObject({ status: 200 });
  });

  it('is refused when it is not a JSON object', async () => {
    const form = { 'content-type': 'application/x-www-form-urlencoded' };
    expect(await answer(send('{}', form))).toMatchObject({ status: 400, error: { message: 'Send application/json.' } });
    expect(await answer(send('{}', { 'content-type': 'text/plain' }))).toMatchObject({ status: 400 });
    for (const body of ['', 'null', '[]', '"x"', '{'])
      expect(await answer(send(body))).toMatchObject({
        status: 400,
        error: { message: 'The body is not a JSON object.' },
      });
  });

  it('is refused beyond 1 MB, without being read to its end', async () => {
    let sent = 0;
    const endless = new ReadableStream({
      pull(controller) {
        sent += 65_536;
        controller.enqueue(new Uint8Array(65_536).fill(32));
      },
    });
    expect(await answer(send(endless))).toMatchObject({ status: 400, error: { code: 'invalid' } });
    expect(sent).toBeLessThan(2_000_000);
  });

  it('tells a refusal as it is', async () => {
    const fields = [{ path: 'name', message: 'Give a name.' }];
    const refused = await answer(send('{}'), async () => {
      throw new ServiceError('conflict', 'Somebody was faster.', { fields, details: { revision: 7 } });
    });
    expect(refused).toMatchObject({
      status: 409,
      ok: false,
      error: { code: 'conflict', message: 'Somebody was faster.', fields, details: { revision: 7 } },
    });
  });

  it('tells nothing of a fault of ours but a reference', async () => {
    const failed = await answer(send('{}'), async () => {
      throw new Error('password "hunter2" at /srv/app');
    });
    expect(failed).toMatchObject({
      status: 500,
      ok: false,
      error: { code: 'failed', reference: expect.stringMatching(/^[0-9a-f]{8}$/) },
    });
    expect(JSON.stringify(failed)).not.toMatch(/hunter2|srv/);
  });
});

describe('the way back after signing in', () => {
  it('is a path of ours, whatever was asked for', () => {
    expect(ownPath('/p/1/data/customers?q=a&x=1')).toBe('/p/1/data/customers?q=a&x=1');
    for (const other of [
      undefined,
      '',
      'https://evil.example',
      '//evil.example',
      '/\\evil.example',
      '/a\\b',
      '/a\nb',
      'p/1',
    ])
      expect(ownPath(other)).toBe('/');
  });
});

describe('an upload of a page', () => {
  const file = (body: string, headers: Record<string, string> = {}) =>
    send(body, { 'content-type': 'application/octet-stream', 'x-file-name': 'na%C3%AFve.csv', ...headers });
  const upload = async (request: Request) => {
    const response = await answerUpload(request, async ({ bytes, name, size }) => {
      let text = '';
      for await (const chunk of bytes) text += Buffer.from(chunk).toString();
      return { text, name, size };
    });
    return { status: response.status, ...((await response.json()) as object) };
  };

  it('is the body itself, with its name and the size that the sender says', async () => {
    expect(await upload(file('a,b\n', { 'x-file-size': '4' }))).toMatchObject({
      status: 200,
      value: { text: 'a,b\n', name: 'naïve.csv', size: 4 },
    });
    expect(await upload(file('a', { 'x-file-name': '%zz', 'x-file-size': 'many' }))).toMatchObject({
      value: { name: '%zz', size: null },
    });
  });

  it('is nothing else: no JSON that names a file of the server, no multipart, no other site', async () => {
    const hostile = JSON.stringify({ files: { filepath: '/etc/passwd' } });
    expect(await upload(file(hostile, { 'content-type': 'application/json' }))).toMatchObject({ status: 415 });
    expect(await upload(file('--x', { 'content-type': 'multipart/form-data; boundary=x' }))).toMatchObject({
      status: 415,
    });
    expect(await upload(file('a', { 'sec-fetch-site': 'cross-site' }))).toMatchObject({ status: 403 });
  });
});

describe('a download of a page', () => {
  async function* lines() {
    yield 'a,b\r\n';
    yield 'č,d\r\n';
  }
  const get = (site: string) =>
    new Request('https://hookline.example/api/import/report/1', { headers: { 'sec-fetch-site': site } });

  it('is an attachment whose name cannot break out of its header', async () => {
    const response = await answerDownload(get('same-origin'), async () => ({
      fileName: 'a"b\r\n../x.csv',
      lines: lines(),
    }));
    expect(await response.text()).toBe('a,b\r\nč,d\r\n');
    expect(response.headers.get('content-disposition')).toBe('attachment; filename="a-b-..-x.csv"');
    expect(response.headers.get('cache-control')).toBe('no-store');
  });

  it('is refused to another site, and a refusal is told as JSON', async () => {
    expect((await answerDownload(get('cross-site'), async () => ({ fileName: 'x', lines: lines() }))).status).toBe(403);
    const refused = await answerDownload(get('same-origin'), async () => {
      throw new ServiceError('not-found', 'There is no such import.');
    });
    expect(refused.status).toBe(404);
    expect(await refused.json()).toMatchObject({ ok: false, error: { message: 'There is no such import.' } });
  });
});
