import { describe, expect, it } from 'vitest';
import { WebhookSettings } from '../../../lib/core/webhook.ts';
import { prisma } from '../../../lib/db/index.ts';
import { type Ctx, verbs } from '../../../lib/services/index.ts';
import { freshDatabase } from '../../support/database.ts';
import { withTarget } from '../../support/engine.ts';
import { newProject, type TestProject } from '../../support/members.ts';
import { addCustomers, rowOf, type Step, storeScenario, webhookStep } from '../../support/scenarios.ts';

const target = withTarget();
freshDatabase();

type Input = Parameters<(typeof verbs)['webhook.preview']>[1];

interface Place {
  project: TestProject;
  ctx: Ctx;
  customers: string[];
  input(settings: Partial<WebhookSettings>, more?: Partial<Input>): Input;
}

/** A project with customers and a scenario in which the webhook is the last node. */
async function place(people: Record<string, unknown>[], steps: Step[] = [['now', {}]]): Promise<Place> {
  const project = await newProject();
  const customers = await addCustomers(project.id, people);
  const scenario = await storeScenario(project.id, rowOf(...steps, webhookStep()));
  return {
    project,
    ctx: await project.as('marketer'),
    customers,
    input: (settings, more = {}) => ({
      scenario,
      node: `n${steps.length + 1}`,
      settings: WebhookSettings.parse({ url: target.url('test'), ...settings }),
      subject: { kind: 'none' },
      masked: false,
      ...more,
    }),
  };
}

async function bodyOf(ctx: Ctx, input: Input): Promise<string> {
  const preview = await verbs['webhook.preview'](ctx, input);
  if (!preview.ok) throw new Error(preview.faults.map(({ message }) => message).join());
  return preview.request.body!;
}

const people = [
  { email: 'eva@example.com', first_name: 'Eva', age: 30, vip: true },
  { email: 'adam@example.com', first_name: 'Adam', age: 41, vip: false, store: 'Brno' },
];

describe('a preview without a customer', () => {
  it('has blanks of the right type for what everybody has, and nothing of anybody', async () => {
    const { ctx, input } = await place(people);
    const payload =
      '{"name": "{{ customer.first_name }}", "next": {{ customer.age + 1 }}, "vip": {{ customer.vip }}, "store": "{{ customer.store | default("online") }}"}';
    const body = await bodyOf(ctx, input({ payload }));
    expect(JSON.parse(body)).toEqual({ name: '', next: 1, vip: false, store: 'online' });
  });

  it('has a blank event of the type that lets customers in', async () => {
    const { project, ctx, input, customers } = await place(people, [['on-event', { event: 'purchase' }]]);
    await prisma().event.create({
      data: {
        projectId: project.id,
        customerId: BigInt(customers[0]!),
        type: 'purchase',
        at: new Date(),
        properties: { order: 'A-1', total: 12 },
      },
    });
    const settings = { payload: '{"order": "{{ event.order }}", "total": {{ event.total }}}' };
    expect(JSON.parse(await bodyOf(ctx, input(settings)))).toEqual({ order: '', total: 0 });
    const of = (id: string) => bodyOf(ctx, input(settings, { subject: { kind: 'customer', id } }));
    expect(JSON.parse(await of(customers[0]!))).toEqual({ order: 'A-1', total: 12 });
    expect(JSON.parse(await of(customers[1]!))).toEqual({ order: '', total: 0 });
    const typed = input(settings, { event: { order: 'B-2', total: 7 } });
    expect(JSON.parse(await bodyOf(ctx, typed))).toEqual({ order: 'B-2', total: 7 });
  });
});

describe('a preview', () => {
  it('for a customer shows method, URL, headers and body as a run would send them', async () => {
    const { ctx, input, customers } = await place(people);
    const preview = await verbs['webhook.preview'](
      ctx,
      input(
        {
          method: 'PUT',
          url: `${target.url('test')}/{{ customer.email }}`,
          headers: [{ name: 'X-Name', value: '{{ customer.first_name }}', secretId: null }],
          payload: '{"name": "{{ customer.first_name }}"}',
        },
        { subject: { kind: 'customer', id: customers[0]! } },
      ),
    );
    expect(preview).toMatchObject({
      ok: true,
      request: {
        method: 'PUT',
        url: `${target.url('test')}/eva%40example.com`,
        body: '{"name": "Eva"}',
        bytes: 15,
        warnings: [],
      },
    });
    if (preview.ok) {
      const headers = Object.fromEntries(preview.request.headers.map(([name, value]) => [name.toLowerCase(), value]));
      expect(headers).toMatchObject({ 'x-name': 'Eva', 'content-type': 'application/json' });
    }
    expect(await target.books('test')).toMatchObject({ requests: 0 });
  });

  it('for typed data takes exactly these', async () => {
    const { ctx, input } = await place(people);
    const subject = { kind: 'custom' as const, customer: { first_name: 'Zoë "Z"' } };
    expect(
      await bodyOf(ctx, input({ payload: '{"n": "{{ customer.first_name }}{{ customer.email }}"}' }, { subject })),
    ).toBe('{"n": "Zoë \\"Z\\""}');
  });

  it('takes the earlier responses that it is given', async () => {
    const { ctx, input } = await place(people, [['now', {}], webhookStep()]);
    const responses = [{ name: 'First', data: { id: 7 }, isText: false, statusCode: 200, success: true }];
    expect(await bodyOf(ctx, input({ payload: '{"id": {{ webhook(1).id }}}' }, { responses }))).toBe('{"id": 7}');
  });

  it('of a batch has the chosen customer first, then others who would come, and says whose part stands where', async () => {
    const hasStore = {
      groups: [
        {
          negate: false,
          criteria: [{ kind: 'property' as const, property: 'n', operator: '>' as const, value: '4', value2: '' }],
        },
      ],
    };
    const many = Array.from({ length: 10 }, (_, i) => ({ first_name: `P${i}`, n: i }));
    const { ctx, input, customers } = await place(many, [
      ['now', {}],
      ['condition', { filter: hasStore }],
    ]);
    const preview = await verbs['webhook.preview'](
      ctx,
      input(
        { batch: true, root: '[{% output customers separated by "," %}]', customer: '"{{ customer.first_name }}"' },
        { subject: { kind: 'customer', id: customers[2]! }, customers: 4 },
      ),
    );
    if (!preview.ok) throw new Error('refused');
    expect(JSON.parse(preview.request.body!)).toEqual(['P2', 'P5', 'P6', 'P7']);
    expect(
      preview.request.customers.map(({ name, start, end }) => [name, preview.request.body!.slice(start, end)]),
    ).toEqual([
      ['P2', '"P2"'],
      ['P5', '"P5"'],
      ['P6', '"P6"'],
      ['P7', '"P7"'],
    ]);
  });

  it('of a batch is never larger than the batch size', async () => {
    const { ctx, input } = await place(people);
    const batch = { batch: true, root: '[{% output customers separated by "," %}]', customer: '1' };
    expect(JSON.parse(await bodyOf(ctx, input({ ...batch, batchSize: 2 }, { customers: 50 })))).toEqual([1, 1]);
    expect(JSON.parse(await bodyOf(ctx, input(batch)))).toEqual([1, 1, 1]);
  });

  it('that fails names the template, the line and the customer', async () => {
    const { ctx, input, customers } = await place(people);
    const subject = { kind: 'customer' as const, id: customers[0]! };
    expect(
      await verbs['webhook.preview'](ctx, input({ payload: '{\n"a": {{ customer.first_name / 2 }}}' }, { subject })),
    ).toMatchObject({
      ok: false,
      faults: [{ template: 'Payload', line: 2, customer: { id: customers[0], name: 'Eva' } }],
    });
    expect(await verbs['webhook.preview'](ctx, input({ url: 'https://a.example/{{ customer.' }))).toMatchObject({
      ok: false,
      faults: [{ template: 'URL', line: 1 }],
    });
  });

  it('of a webhook outside a scenario works, as presets need it', async () => {
    const { ctx, input } = await place(people);
    const { settings } = input({ payload: '{"a": 1}' });
    expect(await bodyOf(ctx, { settings, subject: { kind: 'none' } })).toBe('{"a": 1}');
  });

  it('of what an import left open says so instead of failing', async () => {
    const { ctx, input } = await place(people);
    expect(await verbs['webhook.preview'](ctx, input({ integrationId: 'missing:CM.com' }))).toMatchObject({
      ok: false,
      faults: [{ template: 'Integration', message: expect.stringContaining('choose another') }],
    });
    expect(await bodyOf(ctx, input({ policyId: 'missing:SMS', payload: '{}' }))).toBe('{}');
  });
});

describe('a test', () => {
  it('sends exactly what the preview showed, and leaves nothing but an entry in the audit log', async () => {
    const { project, ctx, input, customers } = await place(people);
    const asked = input(
      { url: `${target.url('sent')}/v1`, payload: '{"name": "{{ customer.first_name }}"}' },
      { subject: { kind: 'customer', id: customers[0]! } },
    );
    const result = await verbs['webhook.send'](ctx, asked);
    if (!result.ok) throw new Error('refused');
    expect(await verbs['webhook.reveal'](ctx, { sealed: result.sealed! })).toMatchObject({
      request: { url: `${target.url('sent')}/v1`, body: '{"name": "Eva"}' },
      answer: { kind: 'answered', status: 200, timing: { totalMs: expect.any(Number), connectMs: expect.any(Number) } },
      verdict: { kind: 'delivered' },
      view: { statusCode: 200, success: true, isText: false },
    });
    const [seen] = await target.requests('sent');
    expect(seen).toMatchObject({ method: 'POST', body: '{"name": "Eva"}' });
    expect(
      await prisma().auditEntry.findFirst({ where: { projectId: project.id, action: 'webhook.test' } }),
    ).toMatchObject({
      actorId: ctx.actor.id,
      after: { node: 2, method: 'POST', bytes: 15, answer: 200 },
    });
    const events = await prisma().event.count({ where: { projectId: project.id } });
    const runs = await prisma().run.count({ where: { projectId: project.id } });
    expect([events, runs]).toEqual([0, 0]);
  });

  it('goes through the address rules like a run, and says what was refused', async () => {
    const { ctx, input } = await place(people);
    expect(
      await verbs['webhook.send'](ctx, input({ url: 'http://127.0.0.1:1/internal', payload: '{}' })),
    ).toMatchObject({
      ok: true,
      answer: { kind: 'failed', reason: 'blocked' },
      verdict: { kind: 'rejected' },
      view: null,
    });
  });

  it('that cannot be rendered is not sent and not counted', async () => {
    const { ctx, input } = await place(people);
    for (let i = 0; i < 12; i++)
      expect(await verbs['webhook.send'](ctx, input({ payload: '{{' }))).toMatchObject({ ok: false });
  });

  it('is sent ten times a minute and user at most', async () => {
    const { project, ctx, input } = await place(people);
    const asked = input({ url: target.url('limit'), payload: '{}' });
    for (let i = 0; i < 10; i++) await verbs['webhook.send'](ctx, asked);
    await expect(verbs['webhook.send'](ctx, asked)).rejects.toMatchObject({
      code: 'limited',
      message: expect.stringMatching(/Try again in \d+ seconds/),
    });
    await verbs['webhook.send'](await project.as('marketer'), asked);
    expect(await target.books('limit')).toMatchObject({ requests: 11 });
  });

  it('needs a policy of its own project, not one that an import left open or another project has', async () => {
    const { ctx, input } = await place(people);
    const theirs = await prisma().policy.create({
      data: { projectId: (await newProject()).id, name: 'Theirs', concurrency: 1 },
    });
    for (const policyId of ['missing:SMS', theirs.id])
      expect(await verbs['webhook.send'](ctx, input({ policyId, payload: '{}' }))).toMatchObject({
        ok: false,
        faults: [{ template: 'Policy' }],
      });
  });

  it('takes a slot of its policy and gives it back', async () => {
    const { project, ctx, input } = await place(people);
    const { id: policyId } = await prisma().policy.create({
      data: { projectId: project.id, name: 'One', concurrency: 1, isDefault: true },
    });
    await target.behave('slot', { latencyMs: 150 });
    const asked = input({ url: target.url('slot'), payload: '{}' });
    await Promise.all([
      verbs['webhook.send'](ctx, asked),
      verbs['webhook.send'](ctx, { ...asked, settings: { ...asked.settings, policyId } }),
    ]);
    expect(await target.books('slot')).toMatchObject({ requests: 2, peakConcurrency: 1 });
  });
});

describe('values of a customer', () => {
  const eva = {
    email: 'canary-eva@example.com',
    first_name: 'CanaryEva',
    phone: '+421900777888',
    points: 7_654_321,
    home: { city: 'Canaryville' },
  };
  const CANARY = /canary|421900777888|7654321/i;
  const settings = {
    url: `https://api.example.com/{{ customer.email }}?to={{ customer.phone }}`,
    headers: [{ name: 'X-Name', value: '{{ customer.first_name }}', secretId: null }],
    payload:
      '{"to": {"name": "{{ customer.first_name }}", "points": {{ customer.points }}}, "city": "{{ customer.home.city }}"}',
  };

  async function about() {
    const made = await place([eva]);
    const subject = { kind: 'customer' as const, id: made.customers[0]! };
    return {
      ...made,
      ask: (more: Partial<WebhookSettings> = {}) => made.input({ ...settings, ...more }, { subject, masked: true }),
    };
  }

  it('are in no part of a preview unless it is asked for, while its names and shape are', async () => {
    const { ctx, ask } = await about();
    const preview = await verbs['webhook.preview'](ctx, ask());
    if (!preview.ok) throw new Error('refused');
    const { sealed, ...shown } = preview;
    const nameless = { ...shown, request: { ...shown.request, customers: [] } };
    expect(JSON.stringify(nameless)).not.toMatch(CANARY);
    expect(Buffer.from(sealed!, 'base64').toString('latin1')).not.toMatch(CANARY);
    expect(shown).toMatchObject({ isMasked: true, request: { url: 'https://api.example.com/•••?to=•••' } });
    expect(JSON.parse(shown.request.body!)).toEqual({ to: { name: '•••', points: '•••' }, city: '•••' });
    expect(shown.request.headers.map(([name, value]) => [name.toLowerCase(), value])).toContainEqual(['x-name', '•••']);
    const { text } = await verbs['webhook.curl'](ctx, ask());
    expect(text).toContain('"city": "•••"');
    expect(text).not.toMatch(CANARY);
  });

  it('are as long as any others', async () => {
    const { ctx, project, ask } = await about();
    const [other = ''] = await addCustomers(project.id, [{ ...eva, first_name: 'x'.repeat(500), points: 1 }]);
    const of = async (id: string) => {
      const preview = await verbs['webhook.preview'](ctx, { ...ask(), subject: { kind: 'customer', id } });
      return preview.ok ? { ...preview.request, customers: [], headers: [], renderMs: 0, key: '' } : null;
    };
    expect(await of(other)).toEqual(await of((ask().subject as { id: string }).id));
  });

  it('are in no part of what a test tells: answer, verdict and view', async () => {
    const { ctx, ask } = await about();
    await target.behave('said', { successFalseRate: 1 });
    for (const url of [`${target.url('said')}?to={{ customer.phone }}`, 'http://10.0.0.1/{{ customer.phone }}']) {
      const result = await verbs['webhook.send'](ctx, { ...ask({ url }), masked: false });
      if (!result.ok) throw new Error('refused');
      const { sealed, ...shown } = result;
      const names = { ...shown, request: { ...shown.request, customers: [] } };
      expect(JSON.stringify(names)).not.toMatch(CANARY);
      expect(sealed).not.toBeNull();
    }
  });

  it('are in no message of a request that cannot be rendered', async () => {
    const { ctx, ask } = await about();
    const preview = await verbs['webhook.preview'](
      ctx,
      ask({ payload: '{{ customer.first_name | groupby(1) }}{{ customer[customer.phone].x }}' }),
    );
    expect(preview.ok).toBe(false);
    expect(JSON.stringify(preview).replace('"name":"CanaryEva"', '')).not.toMatch(CANARY);
  });

  it('are revealed to the one who asked, with an entry in the audit log each time', async () => {
    const { project, ctx, ask, customers } = await about();
    const preview = await verbs['webhook.preview'](ctx, ask());
    if (!preview.ok) throw new Error('refused');
    const sealed = preview.sealed!;
    for (let i = 0; i < 2; i++) {
      const values = await verbs['webhook.reveal'](ctx, { sealed });
      expect(JSON.parse(values.request.body!)).toEqual({
        to: { name: 'CanaryEva', points: 7654321 },
        city: 'Canaryville',
      });
    }
    const entries = await prisma().auditEntry.findMany({ where: { projectId: project.id, action: 'webhook.reveal' } });
    expect(entries).toMatchObject([
      { actorId: ctx.actor.id, objectId: customers[0], requestId: ctx.requestId, after: { customers, answer: false } },
      { objectId: customers[0] },
    ]);
    expect(JSON.stringify(entries.map(({ after }) => after))).not.toMatch(CANARY);
    const stale = { code: 'invalid', message: expect.stringContaining('Test again') };
    await expect(verbs['webhook.reveal'](await project.as('admin'), { sealed })).rejects.toMatchObject(stale);
    await expect(verbs['webhook.reveal'](await (await newProject()).as('admin'), { sealed })).rejects.toMatchObject(
      stale,
    );
    await expect(verbs['webhook.reveal'](ctx, { sealed: `${sealed.slice(0, -4)}AAAA` })).rejects.toMatchObject(stale);
  });

  it('are never shown to a viewer, whatever is asked for', async () => {
    const { project, ask } = await about();
    const viewer = await project.as('viewer');
    const preview = await verbs['webhook.preview'](viewer, { ...ask(), masked: false });
    expect(preview).toMatchObject({ ok: true, isMasked: true, sealed: null });
    expect(JSON.stringify(preview).replace('"name":"CanaryEva"', '')).not.toMatch(CANARY);
    expect((await verbs['webhook.curl'](viewer, { ...ask(), masked: false })).text).not.toMatch(CANARY);
    await expect(verbs['webhook.reveal'](viewer, { sealed: 'x' })).rejects.toMatchObject({ code: 'forbidden' });
  });

  it('are not hidden where there are none: of nobody, and of data that was typed', async () => {
    const { ctx, input } = await about();
    for (const subject of [{ kind: 'none' as const }, { kind: 'custom' as const, customer: { first_name: 'Zoë' } }]) {
      const preview = await verbs['webhook.preview'](
        ctx,
        input({ payload: '{"n": "{{ customer.first_name }}"}' }, { subject, masked: true }),
      );
      expect(preview).toMatchObject({ ok: true, isMasked: false, sealed: null });
    }
  });
});

describe('as a curl command', () => {
  it('the request is told with secrets masked', async () => {
    const { ctx, input } = await place(people);
    const secret = await verbs['secret.store'](ctx, { value: 'canary-secret-value', url: target.url('test') });
    const { text } = await verbs['webhook.curl'](
      ctx,
      input({ headers: [{ name: 'X-Key', value: '', secretId: secret.id }], payload: '{"it": "\'s"}' }),
    );
    expect(text).toContain(`curl '${target.url('test')}'`);
    expect(text).toContain("--data-raw '{\"it\": \"'\\''s\"}'");
    expect(text).toMatch(/--header 'X-Key: •+'/);
    expect(text).not.toContain('canary');
    await expect(verbs['webhook.curl'](ctx, input({ payload: '{{' }))).rejects.toMatchObject({
      code: 'invalid',
      message: expect.stringContaining('Payload'),
    });
  });
});

describe('the context of a webhook', () => {
  it('is what its templates may read', async () => {
    const { project, ctx, customers } = await place(people);
    await prisma().event.create({
      data: {
        projectId: project.id,
        customerId: BigInt(customers[0]!),
        type: 'purchase',
        at: new Date(),
        properties: { order: 'A-1', total: 12 },
      },
    });
    const scenario = await storeScenario(
      project.id,
      rowOf(
        ['on-event', { event: 'purchase' }],
        webhookStep(),
        webhookStep({ payload: '[[ text : text | 1 ]] [[ n : number ]]', parameters: { text: 'Hi' } }),
      ),
    );
    const context = await verbs['webhook.context'](await project.as('viewer'), { scenario, node: 'n3' });
    expect(context).toMatchObject({
      eventTypes: ['purchase'],
      event: {
        type: 'purchase',
        properties: [
          { name: 'order', example: 'A-1' },
          { name: 'total', example: 12 },
        ],
      },
      webhooks: [{ node: 'n2', number: 2, name: 'Webhook', position: 1, sample: null }],
      parameters: [
        { name: 'text', type: 'text', value: 'Hi' },
        { name: 'n', type: 'number', value: '' },
      ],
    });
    expect(context.properties.map(({ name, share }) => [name, share])).toContainEqual(['store', 0.5]);
    await expect(verbs['webhook.context'](ctx, { scenario, node: 'n1' })).rejects.toMatchObject({ code: 'not-found' });
  });
});

describe('who may', () => {
  it('a viewer previews and does not send', async () => {
    const { project, input } = await place(people);
    const viewer = await project.as('viewer');
    await verbs['webhook.preview'](viewer, input({ payload: '{}' }));
    await verbs['webhook.curl'](viewer, input({ payload: '{}' }));
    await expect(verbs['webhook.send'](viewer, input({ payload: '{}' }))).rejects.toMatchObject({ code: 'forbidden' });
  });

  it('another project reaches neither the scenario nor the customers nor the integrations', async () => {
    const theirs = await place(people);
    const integration = await prisma().integration.create({
      data: { projectId: theirs.project.id, name: 'Gateway', kind: 'http', prefix: target.url('test') },
    });
    const stranger = await (await newProject()).as('admin');
    for (const verb of ['webhook.preview', 'webhook.curl', 'webhook.send'] as const) {
      await expect(verbs[verb](stranger, theirs.input({ payload: '{}' }))).rejects.toMatchObject({ code: 'not-found' });
      const { settings } = theirs.input({ payload: '{}' });
      const subject = { kind: 'customer' as const, id: theirs.customers[0]! };
      await expect(verbs[verb](stranger, { settings, subject })).rejects.toMatchObject({ code: 'not-found' });
    }
    const { settings } = theirs.input({ payload: '{}', integrationId: integration.id });
    expect(await verbs['webhook.preview'](stranger, { settings, subject: { kind: 'none' } })).toMatchObject({
      ok: false,
      faults: [{ template: 'Integration' }],
    });
  });
});
