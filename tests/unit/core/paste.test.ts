import { describe, expect, it } from 'vitest';
import { looksPasted, type Pasted, readPaste } from '../../../lib/core/paste.ts';
import { WebhookSettings } from '../../../lib/core/webhook.ts';

/** The paste, which must have been read. */
function read(text: string): Extract<Pasted, { ok: true }> {
  const pasted = readPaste(text);
  if (!pasted.ok) throw new Error(pasted.reason);
  // Whatever is read must be settings that the document takes.
  WebhookSettings.parse(pasted.settings);
  return pasted;
}

const headers = (pasted: Extract<Pasted, { ok: true }>) =>
  (pasted.settings.headers ?? []).map(({ name, value }) => `${name}: ${value}`);

describe('a curl command', () => {
  it('becomes method, URL, headers and payload', () => {
    const pasted = read(`curl -X PUT 'https://api.example.com/v1/users/7?notify=1' \\
      -H 'X-Source: shop' \\
      -H 'Content-Type: application/json' \\
      --data '{"name":"Eva","tags":["a"]}'`);
    expect(pasted).toMatchObject({
      kind: 'curl',
      settings: {
        method: 'PUT',
        url: 'https://api.example.com/v1/users/7?notify=1',
        format: 'json',
        batch: false,
        payload: '{\n  "name": "Eva",\n  "tags": [\n    "a"\n  ]\n}',
      },
      secrets: [],
      notes: [],
    });
    expect(headers(pasted)).toEqual(['X-Source: shop']);
  });

  it.each([
    ['curl https://a.example/x', 'GET'],
    ["curl https://a.example/x -d 'a=1'", 'POST'],
    ['curl -XDELETE https://a.example/x', 'DELETE'],
    ['curl --request=PATCH https://a.example/x', 'PATCH'],
    ["curl -d '{}' -X get https://a.example/x", 'GET'],
    ["curl --json '{}' https://a.example/x", 'POST'],
    ["curl -sSfL -G https://a.example/x -d 'a=1'", 'GET'],
  ])('%s is sent as %s', (command, method) => {
    expect(read(command).settings.method).toBe(method);
  });

  it.each([
    ['HEAD', 'curl -I https://a.example/x'],
    ['OPTIONS', 'curl -X OPTIONS https://a.example/x'],
  ])('with %s is refused, because webhooks do not send it', (method, command) => {
    expect(readPaste(command)).toEqual({
      ok: false,
      reason: `Webhooks send GET, POST, PUT, PATCH and DELETE requests; this is a ${method} request.`,
    });
  });

  it('keeps the quotes of the shell out of the payload', () => {
    const body = (quoted: string) =>
      read(`curl https://a.example -H 'Content-Type: text/plain' -d ${quoted}`).settings.payload;
    expect(body(`'it'\\''s'`)).toBe("it's");
    expect(body(`"a \\"b\\" \\$c \\n"`)).toBe('a "b" $c \\n');
    expect(body(`$'tab\\there\\u0021 it\\'s'`)).toBe("tab\there! it's");
    expect(body(`a\\ b'c'"d"`)).toBe('a bcd');
    expect(body(`'one\ntwo'`)).toBe('one\ntwo');
  });

  it('as browsers copy it for the Windows command prompt is read alike', () => {
    const pasted = read(
      'curl ^"https://api.example.com/v1/send^" ^\r\n  -H ^"X-Source: shop^" ^\r\n  --data-raw ^"^{^\\^"name^\\^":^\\^"Eva^\\^"^}^"',
    );
    expect(pasted.settings).toMatchObject({
      method: 'POST',
      url: 'https://api.example.com/v1/send',
      payload: '{\n  "name": "Eva"\n}',
    });
    expect(headers(pasted)).toEqual(['X-Source: shop']);
  });

  it('gives credentials apart, so that they do not end in the document', () => {
    const pasted = read(
      `curl https://a.example -H 'Authorization: Bearer abc' -H 'X-Api-Key: k' -b 'sid=1' -u 'eva:p\u00e4ss' -H 'X-Id: 1'`,
    );
    expect(pasted.secrets).toEqual([
      { name: 'Authorization', value: 'Bearer abc' },
      { name: 'X-Api-Key', value: 'k' },
      { name: 'Cookie', value: 'sid=1' },
      { name: 'Authorization', value: 'Basic ZXZhOnDDpHNz' },
    ]);
    expect(headers(pasted)).toEqual(['X-Id: 1']);
    expect(JSON.stringify(pasted.settings)).not.toContain('abc');
    expect(pasted.notes).toEqual([expect.stringContaining('secret header')]);
  });

  it('joins several data with &, encodes what is to be encoded, and is called a form', () => {
    const pasted = read(
      `curl https://a.example -d a=1 --data-urlencode 'b=x y&z' --data-urlencode '=c d' --data-urlencode 'e f'`,
    );
    expect(pasted.settings).toMatchObject({ format: 'text', payload: 'a=1&b=x+y%26z&c+d&e+f' });
    expect(headers(pasted)).toEqual(['Content-Type: application/x-www-form-urlencoded']);
  });

  it('puts data into the query with --get and --url-query', () => {
    expect(read(`curl -G 'https://a.example/x?z=0' -d a=1 --data-urlencode 'b=ž'`).settings).toMatchObject({
      url: 'https://a.example/x?z=0&a=1&b=%C5%BE',
      payload: '',
    });
    expect(read(`curl https://a.example/x --url-query 'q=1'`).settings.url).toBe('https://a.example/x?q=1');
  });

  it('tells the format from the header, or from the body when there is none', () => {
    const format = (rest: string) => read(`curl https://a.example ${rest}`).settings.format;
    expect(format(`-H 'Content-Type: text/xml' -d '<a/>'`)).toBe('xml');
    expect(format(`-d '<?xml version="1.0"?><a/>'`)).toBe('xml');
    expect(format(`-d '[1,2]'`)).toBe('json');
    expect(format(`-H 'Content-Type: application/vnd.api+json' -d '{"a":{{ customer.a }}}'`)).toBe('json');
    expect(format(`-H 'Content-Type: text/csv' -d 'a,b'`)).toBe('text');
  });

  it('drops a Content-Type that the format gives anyway, and keeps any other', () => {
    const kept = (type: string) => headers(read(`curl https://a.example -H 'content-type: ${type}' -d '{}'`));
    expect(kept('application/json')).toEqual([]);
    expect(kept('application/json; charset=utf-8')).toEqual([]);
    expect(kept('application/vnd.api+json')).toEqual(['content-type: application/vnd.api+json']);
  });

  it('leaves out what browsers and connections add by themselves', () => {
    const pasted = read(
      `curl https://a.example --compressed -H 'Host: b' -H 'Accept-Encoding: gzip' -H 'sec-ch-ua: x' -H 'User-Agent: y' -A z -e r -H 'Accept: */*'`,
    );
    expect(headers(pasted)).toEqual(['Accept: */*']);
  });

  it('reads an empty header, and one that curl would not send', () => {
    expect(headers(read(`curl https://a.example -H 'X-Empty;' -H 'X-Gone:'`))).toEqual(['X-Empty: ']);
  });

  it('tells what it leaves out, once', () => {
    expect(
      read(`curl -k --insecure -L -x http://proxy --cert c.pem -m 300 -d @body.json -H @h.txt a.example/x`),
    ).toMatchObject({
      settings: { url: 'https://a.example/x', timeoutSeconds: 60 },
      notes: [
        'Certificates are always checked; --insecure was left out.',
        'Redirects are never followed; --location was left out.',
        'A proxy is set for the whole installation; --proxy was left out.',
        'Client certificates belong into an authentication integration; --cert was left out.',
        expect.stringContaining('The file body.json cannot be read'),
        expect.stringContaining('h.txt'),
        'The URL had no scheme; https:// was put in front.',
      ],
    });
  });

  it('ends where another command begins', () => {
    expect(read(`curl https://a.example -o out.json | jq .`).settings.url).toBe('https://a.example');
    expect(read(`$ curl -s https://a.example && echo done`).settings.url).toBe('https://a.example');
  });

  it.each([
    [`curl 'https://a.example`, 'A quote in this command is not closed.'],
    [`curl -X POST`, 'This command names no URL.'],
    [`curl -F file=@a.png https://a.example`, 'multipart form'],
    [`curl -T a.bin https://a.example`, '--upload-file'],
  ])('%s is refused with the reason', (command, reason) => {
    expect(readPaste(command)).toMatchObject({ ok: false, reason: expect.stringContaining(reason) });
  });

  it('keeps Jinja as it is', () => {
    expect(read(`curl 'https://a.example/{{ customer.id }}' -d '{"n": {{ customer.n }}}'`).settings).toMatchObject({
      url: 'https://a.example/{{ customer.id }}',
      format: 'json',
      payload: '{"n": {{ customer.n }}}',
    });
  });
});

describe('an entry of a HAR file', () => {
  const entry = {
    startedDateTime: '2026-11-24T08:00:00Z',
    request: {
      method: 'POST',
      url: 'https://api.example.com/v1/send#top',
      httpVersion: 'HTTP/2',
      headers: [
        { name: ':authority', value: 'api.example.com' },
        { name: 'content-type', value: 'application/json' },
        { name: 'authorization', value: 'Bearer abc' },
        { name: 'x-id', value: '1' },
      ],
      postData: { mimeType: 'application/json', text: '{"to":"eva@example.com"}' },
    },
    response: { status: 200 },
  };

  it.each([
    ['alone', entry],
    ['as a request', entry.request],
    ['inside its file', { log: { version: '1.2', entries: [entry] } }],
  ])('%s becomes the webhook', (_how, value) => {
    const pasted = read(JSON.stringify(value));
    expect(pasted).toMatchObject({
      kind: 'har',
      settings: {
        method: 'POST',
        url: 'https://api.example.com/v1/send',
        format: 'json',
        payload: '{\n  "to": "eva@example.com"\n}',
      },
      secrets: [{ name: 'authorization', value: 'Bearer abc' }],
    });
    expect(headers(pasted)).toEqual(['x-id: 1']);
  });

  it('is the first when there are several, and that is said', () => {
    const pasted = read(JSON.stringify({ log: { entries: [entry, entry, entry] } }));
    expect(pasted.notes).toContain('The file has 3 requests; the first one was taken.');
  });

  it('with form fields has them in its payload', () => {
    const request = {
      method: 'POST',
      url: 'https://a.example/',
      headers: [],
      postData: { mimeType: 'application/x-www-form-urlencoded', params: [{ name: 'a', value: 'x y' }] },
    };
    const pasted = read(JSON.stringify({ request }));
    expect(pasted.settings).toMatchObject({ format: 'text', payload: 'a=x+y' });
    expect(headers(pasted)).toEqual(['Content-Type: application/x-www-form-urlencoded']);
  });
});

describe('a sample of JSON', () => {
  it('becomes the payload, indented', () => {
    expect(read('{"name":"Eva","age":30}')).toMatchObject({
      kind: 'json',
      settings: { format: 'json', batch: false, payload: '{\n  "name": "Eva",\n  "age": 30\n}' },
    });
  });

  it('with a list of like objects becomes Root over Customer', () => {
    const pasted = read('{"list":"spring","people":[{"mail":"a@example.com"},{"mail":"b@example.com"}]}');
    expect(pasted.settings).toEqual({
      format: 'json',
      batch: true,
      root: `{\n  "list": "spring",\n  "people": [\n    {% output customers separated by ',\\n    ' %}\n  ]\n}`,
      customer: '{\n      "mail": "a@example.com"\n    }',
    });
    expect(pasted.notes).toEqual(['The list people became the Customer template, from the first of its 2 entries.']);
  });

  it('that only looks like the parts of a request is still a sample', () => {
    expect(read('{"method":"card","url":"https://shop.example/pay"}').kind).toBe('json');
    expect(read('{"request":"please"}').kind).toBe('json');
  });

  it('that is broken is refused with the place', () => {
    expect(readPaste('{"name": }')).toMatchObject({ ok: false, reason: expect.stringContaining('cannot be read') });
  });
});

describe('a text', () => {
  it.each([
    ['curl https://a.example', true],
    ['  $ curl -s x', true],
    ['{"a":1}', true],
    ['[1]', true],
    ['https://a.example/curl ', false],
    ['curly braces', false],
    ['', false],
  ])('%s is worth reading: %s', (text, worth) => {
    expect(looksPasted(text)).toBe(worth);
  });

  it('that is nothing of these is refused', () => {
    expect(readPaste('hello')).toEqual({ ok: false, reason: 'This is neither a curl command nor JSON.' });
  });

  it('of any kind never makes it throw', () => {
    for (const text of [
      "curl '",
      'curl -',
      'curl --',
      'curl -H',
      'curl \\',
      "curl $'\\UFFFFFFFF'",
      '[',
      'curl --=x y',
      '[[]]',
      '{"log":{"entries":[null]}}',
      '{"request":null}',
      'null',
    ])
      expect(() => readPaste(text)).not.toThrow();
  });
});
