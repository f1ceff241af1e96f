import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { pool } from '../../../lib/db/index.ts';
import { PER_NETWORK } from '../../../lib/next/api-limit.ts';
import { type Ctx, verbs } from '../../../lib/services/index.ts';
import { newApiKey } from '../../support/api-key.ts';
import { serveRoutes } from '../../support/api-server.ts';
import { freshDatabase } from '../../support/database.ts';
import { newProject, type TestProject } from '../../support/members.ts';

freshDatabase();

let server: Awaited<ReturnType<typeof serveRoutes>>;
let project: TestProject;
let admin: Ctx;
let key: string;
let address = 1;
beforeAll(async () => {
  server = await serveRoutes('api/v1', 'track');
});
afterAll(() => server.stop());
beforeEach(async () => {
  project = await newProject();
  admin = await project.as('admin');
  key = (await newApiKey(admin, 'events:write', 'customers:write')).key;
  address++;
});

async function send(path: string, body: unknown, headers: Record<string, string> = {}, method = 'POST') {
  const response = await fetch(server.url + path, {
    method,
    headers: {
      authorization: `Bearer ${key}`,
      'content-type': 'application/json',
      'x-hookline-peer': `192.0.2.${address}`,
      ...headers,
    },
    ...(method === 'GET' ? {} : { body: typeof body === 'string' ? body : JSON.stringify(body) }),
  });
  const text = await response.text();
  return { status: response.status, headers: response.headers, body: text ? JSON.parse(text) : null };
}

const purchase = (registered: string, more: object = {}) => ({
  customer_ids: { registered },
  event_type: 'purchase',
  timestamp: 1769846400,
  properties: { total: 5 },
  ...more,
});
const storedEvents = async () =>
  (
    await pool().query(
      `SELECT e.type, e.at, e.properties, i.value FROM event e JOIN customer_identifier i USING (customer_id)
        WHERE e.project_id = $1 ORDER BY e.id`,
      [project.id],
    )
  ).rows;

describe('POST /api/v1/events', () => {
  it('stores events, creates unknown customers, and answers for each in its place', async () => {
    const { status, body } = await send('/api/v1/events', {
      events: [purchase('a'), purchase('b', { event_type: '' }), purchase('a', { timestamp: '2026-02-01T00:00:00Z' })],
    });
    expect(status).toBe(200);
    expect(body).toEqual({
      accepted: 2,
      refused: 1,
      results: [
        { ok: true, customer_id: expect.stringMatching(/^\d+$/), created: true },
        { ok: false, error: 'event_type: name the event, e.g. purchase' },
        { ok: true, customer_id: expect.stringMatching(/^\d+$/), created: false },
      ],
    });
    expect(await storedEvents()).toEqual([
      { type: 'purchase', at: new Date('2026-01-31T08:00:00Z'), properties: { total: 5 }, value: 'a' },
      { type: 'purchase', at: new Date('2026-02-01T00:00:00Z'), properties: { total: 5 }, value: 'a' },
    ]);
  });

  it('takes up to 1000 and refuses more as a whole', async () => {
    const many = (n: number) => ({ events: Array.from({ length: n }, (_, i) => purchase(`c${i}`)) });
    expect((await send('/api/v1/events', many(1000))).body).toMatchObject({ accepted: 1000 });
    const refused = await send('/api/v1/events', many(1001));
    expect(refused).toMatchObject({
      status: 400,
      body: { error: { code: 'invalid', message: 'events: At most 1000 events in one request.' } },
    });
    expect(await storedEvents()).toHaveLength(1000);
  });

  it('refuses fields that it does not know, so that nothing is lost in silence', async () => {
    expect(await send('/api/v1/events', { events: [], projectId: 'other' })).toMatchObject({ status: 400 });
    const { body } = await send('/api/v1/events', { events: [purchase('a', { total: 5 })] });
    expect(body.results[0].error).toBe('total: is not a field of an event; put your own values into properties');
  });

  it('takes objects where texts belong for what they are: refused, never part of a query', async () => {
    const { body } = await send('/api/v1/events', {
      events: [
        purchase('a', { customer_ids: { registered: { startsWith: 'a' } } }),
        purchase('a', { event_type: { not: '' } }),
      ],
    });
    expect(body).toMatchObject({ accepted: 0, refused: 2 });
    expect(await send('/api/v1/events', { where: { secret: { startsWith: 'a' } } })).toMatchObject({ status: 400 });
  });

  it('refuses what the database could not hold, item by item', async () => {
    const deep = '['.repeat(100_000) + ']'.repeat(100_000);
    const text = JSON.stringify({
      events: [
        purchase('a', { properties: { x: 'no\0t' } }),
        purchase('a', { properties: { x: 'DEEP' } }),
        purchase('a', { properties: { x: 'x'.repeat(20_000) } }),
        purchase('a', { timestamp: 1769846400000 }),
        purchase('ok'),
      ],
    }).replace('"DEEP"', deep);
    const { body } = await send('/api/v1/events', text);
    expect(body.results.map((result: { error?: string }) => result.error)).toEqual([
      'properties.x: has characters that cannot be stored',
      'properties.x: is nested more than 32 levels deep',
      'properties.x: is larger than 16 kB',
      'timestamp: is in seconds; this looks like milliseconds',
      undefined,
    ]);
  });
});

describe('POST /api/v1/customers', () => {
  it('creates and changes, and null removes', async () => {
    await send('/api/v1/customers', { customers: [{ customer_ids: { registered: 'a' }, properties: { x: 1, y: 2 } }] });
    const { body } = await send('/api/v1/customers', {
      customers: [{ customer_ids: { registered: 'a', cookie: 'k' }, properties: { x: null, z: [3] } }],
    });
    expect(body).toMatchObject({ accepted: 1, results: [{ ok: true, created: false }] });
    const id = body.results[0].customer_id;
    expect((await verbs['customer.get'](admin, { id })).properties).toEqual({ y: 2, z: [3] });
  });
});

describe('a key', () => {
  const time = (authorization: string) => send('/api/v1/system/time', null, { authorization }, 'GET');
  const basic = (pair: string) => `Basic ${Buffer.from(pair).toString('base64')}`;

  it('is taken as Bearer, or as the password or the name of Basic', async () => {
    for (const authorization of [`Bearer ${key}`, `bearer ${key}`, basic(`any:${key}`), basic(`${key}:`)])
      expect((await time(authorization)).status, authorization).toBe(200);
    expect((await time(`Bearer ${key}`)).body.time).toBeCloseTo(Date.now() / 1000, -1);
  });

  it('is refused when it is missing, unknown, of another scheme or revoked, and says how to send one', async () => {
    for (const authorization of [
      '',
      'Bearer',
      `Bearer ${key}x`,
      `Digest ${key}`,
      basic('any:hl_wrong'),
      'Bearer hl_\0'.slice(0, 10),
    ])
      expect(await time(authorization), authorization).toMatchObject({
        status: 401,
        body: { error: { code: 'unauthenticated' } },
      });
    const { headers } = await time('');
    expect(headers.get('www-authenticate')).toMatch(/^Bearer/);
    const { id, key: revoked } = await newApiKey(admin, 'events:write');
    await verbs['api-key.revoke'](admin, { id });
    expect((await time(`Bearer ${revoked}`)).status).toBe(401);
  });

  it('does only what its scopes say', async () => {
    key = (await newApiKey(admin, 'events:write')).key;
    expect(await send('/api/v1/customers', { customers: [] })).toMatchObject({
      status: 403,
      body: { error: { message: 'This API key lacks the scope customers:write.' } },
    });
    key = (await newApiKey(admin, 'customers:write')).key;
    expect((await send('/api/v1/events', { events: [purchase('a')] })).status).toBe(403);
    expect(await storedEvents()).toEqual([]);
  });

  it('writes into its own project whatever a request says', async () => {
    const other = await newProject();
    await send('/api/v1/events', { events: [purchase('a', { project: other.id })] });
    await send(`/api/v1/events?project=${other.id}`, { events: [purchase('a')] }, { 'x-project': other.id });
    const { rows } = await pool().query('SELECT count(*) AS n FROM customer WHERE project_id = $1', [other.id]);
    expect(rows[0].n).toBe(0);
  });
});

describe('a request', () => {
  it('must be JSON, uncompressed, an object, and at most 5 MB', async () => {
    const events = { events: [purchase('a')] };
    expect((await send('/api/v1/events', events, { 'content-type': 'text/plain' })).status).toBe(415);
    expect((await send('/api/v1/events', events, { 'content-type': 'application/x-www-form-urlencoded' })).status).toBe(
      415,
    );
    expect((await send('/api/v1/events', events, { 'content-encoding': 'gzip' })).status).toBe(415);
    for (const body of ['', '[]', 'null', '{', '"x"'])
      expect(await send('/api/v1/events', body), body).toMatchObject({
        status: 400,
        body: { error: { message: 'The body is not a JSON object.' } },
      });
    const large = JSON.stringify({ events: [purchase('a')], pad: 'x'.repeat(5 * 1024 * 1024) });
    expect((await send('/api/v1/events', large)).status).toBe(413);
    expect(await storedEvents()).toEqual([]);
  });

  it('is POST only, whatever a header says', async () => {
    for (const method of ['PUT', 'DELETE', 'PATCH'])
      expect((await send('/api/v1/events', { events: [purchase('a')] }, {}, method)).status).toBe(405);
    const tunnelled = await send('/api/v1/events', { events: [purchase('a')] }, { 'x-http-method-override': 'DELETE' });
    expect(tunnelled.body).toMatchObject({ accepted: 1 });
  });

  it('has an id that its answer carries, and is never cached', async () => {
    const { headers } = await send('/api/v1/events', {});
    expect(headers.get('x-request-id')).toMatch(/^[0-9a-f-]{36}$/);
    expect(headers.get('cache-control')).toBe('no-store');
  });

  it('is one of 6,000 a minute from its address: above that 429 with Retry-After, and other addresses go on', async () => {
    const many = async (n: number) => {
      for (let i = 0; i < n; i += 200)
        await Promise.all(
          Array.from({ length: Math.min(200, n - i) }, () =>
            send('/api/v1/system/time', null, { authorization: '' }, 'GET'),
          ),
        );
    };
    await many(PER_NETWORK);
    const { status, headers, body } = await send('/api/v1/events', { events: [purchase('a')] });
    expect(status).toBe(429);
    expect(Number(headers.get('retry-after'))).toBeGreaterThan(0);
    expect(Number(headers.get('retry-after'))).toBeLessThanOrEqual(60);
    expect(body.error).toMatchObject({ code: 'limited', message: expect.stringMatching(/was not stored/) });
    expect(await storedEvents()).toEqual([]);
    address++;
    expect((await send('/api/v1/events', { events: [purchase('a')] })).status).toBe(200);
  });
});

describe('a request with an Idempotency-Key', () => {
  const once = (idempotency: string, body: object, path = '/api/v1/events') =>
    send(path, body, { 'idempotency-key': idempotency });
  const one = { events: [purchase('a')] };

  it('is done once: the same again gets the first answer', async () => {
    const first = await once('k1', one);
    const second = await once('k1', one);
    expect(second.body).toEqual(first.body);
    expect(first.headers.get('idempotency-replayed')).toBeNull();
    expect(second.headers.get('idempotency-replayed')).toBe('true');
    expect(await storedEvents()).toHaveLength(1);
    await once('k2', one);
    await send('/api/v1/events', one);
    expect(await storedEvents()).toHaveLength(3);
  });

  it('is refused when the key stands for another body or address', async () => {
    await once('k1', one);
    expect(await once('k1', { events: [purchase('b')] })).toMatchObject({
      status: 422,
      body: { error: { code: 'other-request' } },
    });
    expect((await once('k1', one, `/track/v2/projects/${project.id}/batch`)).status).toBe(422);
    expect(await storedEvents()).toHaveLength(1);
  });

  it('is done once when it is sent twenty times at the same moment', async () => {
    const answers = await Promise.all(Array.from({ length: 20 }, () => once('k1', one)));
    expect(answers.filter(({ status }) => status === 200).length).toBeGreaterThanOrEqual(1);
    expect(answers.every(({ status }) => status === 200 || status === 409)).toBe(true);
    expect(await storedEvents()).toHaveLength(1);
  });

  it('may be sent again under its key when it was refused, or when its process died', async () => {
    expect((await once('k1', { events: [] })).status).toBe(400);
    expect((await once('k1', one)).status).toBe(200);
    await pool().query("UPDATE idempotency_key SET answer = NULL, claimed_at = now() - interval '30 seconds'");
    expect((await once('k1', one)).status).toBe(409);
    await pool().query("UPDATE idempotency_key SET claimed_at = now() - interval '2 minutes'");
    expect((await once('k1', one)).status).toBe(200);
  });

  it('is known to its own API key only, for a day', async () => {
    await once('k1', one);
    const mine = key;
    key = (await newApiKey(admin, 'events:write')).key;
    await once('k1', { events: [purchase('b')] });
    key = mine;
    await pool().query("UPDATE idempotency_key SET claimed_at = now() - interval '25 hours'");
    await once('k1', one);
    expect(await storedEvents()).toHaveLength(3);
  });

  it('needs a key that can be kept', async () => {
    expect((await once('x'.repeat(256), one)).status).toBe(400);
    expect((await once('', one)).status).toBe(400);
    expect(await storedEvents()).toEqual([]);
  });
});

describe('the tracking API', () => {
  const track = (path: string, body: unknown, more = {}) => send(`/track/v2/projects/${project.id}${path}`, body, more);

  it('takes one customer and one event as the product does', async () => {
    expect(
      await track('/customers', { customer_ids: { registered: 'a' }, properties: { city: 'Brno' } }),
    ).toMatchObject({
      status: 200,
      body: { success: true },
    });
    expect((await track('/customers/events', purchase('a'))).body).toEqual({ success: true });
    expect(await storedEvents()).toMatchObject([{ type: 'purchase', value: 'a' }]);
    expect((await track('/customers/events', { customer_ids: {}, event_type: 'x' })).body).toEqual({
      success: false,
      errors: ['customer_ids: name the customer by at least one identifier, e.g. registered'],
    });
  });

  it('answers a batch with one result a command, in their places', async () => {
    const { status, body } = await track('/batch', {
      commands: [
        { name: 'customers/events', data: purchase('a'), command_id: 'e' },
        { name: 'customers', data: { customer_ids: { registered: 'a' }, properties: { n: 2 }, update_timestamp: 200 } },
        { name: 'customers', data: { customer_ids: { registered: 'a' }, properties: { n: 1 }, update_timestamp: 100 } },
        { name: 'catalogs', data: {} },
        { name: 'customers', data: { customer_ids: {} } },
        { name: 'system/time' },
        null,
      ],
    });
    expect(status).toBe(200);
    expect(body).toMatchObject({ success: true, start_time: expect.any(Number), end_time: expect.any(Number) });
    expect(body.results).toMatchObject([
      { success: true, command_id: 'e' },
      { success: true },
      { success: true },
      { success: false, errors: ['name: must be customers, customers/events or system/time'] },
      { success: false, errors: [expect.stringMatching(/^customer_ids/)] },
      { success: true, time: expect.any(Number) },
      { success: false },
    ]);
    const { rows } = await pool().query('SELECT properties FROM customer WHERE project_id = $1', [project.id]);
    expect(rows).toEqual([{ properties: { n: 2 } }]);
  });

  it('refuses a batch of more than 50 commands or of none as a whole', async () => {
    const commands = Array.from({ length: 51 }, (_, i) => ({ name: 'customers/events', data: purchase(`c${i}`) }));
    expect(await track('/batch', { commands })).toMatchObject({
      status: 400,
      body: { success: false, errors: ['commands: at most 50 in one batch'] },
    });
    expect((await track('/batch', { commands: [] })).status).toBe(400);
    expect((await track('/batch', { commands: commands.slice(1) })).status).toBe(200);
  });

  it('finds only the project of the key', async () => {
    const other = await newProject();
    const refused = await send(`/track/v2/projects/${other.id}/customers`, { customer_ids: { registered: 'a' } });
    expect(refused).toMatchObject({ status: 404, body: { success: false } });
    expect((await track('/customers', {}, { authorization: '' })).body).toMatchObject({ success: false });
  });

  it('needs the scope of each kind of command', async () => {
    key = (await newApiKey(admin, 'events:write')).key;
    const commands = [{ name: 'customers', data: { customer_ids: { registered: 'a' } } }];
    expect((await track('/batch', { commands })).status).toBe(403);
  });
});
