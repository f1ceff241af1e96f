import { XMLParser, XMLValidator } from 'fast-xml-parser';
import { describe, expect, it } from 'vitest';
import { GALLERY, type GalleryEntry } from '../../../lib/core/gallery/index.ts';
import { templatesOf } from '../../../lib/core/node-templates.ts';
import { WebhookSettings, webhookTemplates } from '../../../lib/core/webhook.ts';
import { compileTemplate, findParameters, refuseParameter, render, renderRoot } from '../../../lib/template/index.ts';

const eva = {
  email: 'Eva.Nova@Example.com ',
  first_name: 'Eva "Evička"',
  last_name: "O'Nová & Sons",
  phone: '+421 900 123 456',
  messenger_psid: '2468',
  last_order_total: 42.5,
};
const adam = { email: 'adam@example.com', first_name: 'Adam', last_name: 'Malý', phone: '+420 777 000 111' };

/** What a person would fill in, over what the template brings. */
const filled: Record<string, string> = {
  webhook_url: 'https://hooks.slack.com/services/T0/B0/x',
  hook_url: 'https://hooks.zapier.com/hooks/catch/1/2/',
  url: 'https://api.example.com/in',
  account_sid: 'AC123',
  sender: 'AcmeShop',
  product_token: '00000000-0000-0000-0000-000000000000',
  phone_number_id: '1098',
  template_name: 'spring_offer',
  dataset_id: '777',
  domain: 'acme',
  from_email: 'shop@acme.example',
  from_name: 'Acme',
  template_id: 'd-1',
  deployment_id: 'AKfy',
  namespace: 'urn:acme',
  action: 'urn:acme/Upsert',
};

const byId = (id: string): GalleryEntry => GALLERY.find((entry) => entry.id === id)!;

interface Rendered {
  url: string;
  headers: string[];
  body: string;
}

/** The request of an entry for one customer, or for several when it is a batch. */
function example(entry: GalleryEntry, ...customers: Record<string, unknown>[]): Rendered {
  const settings = WebhookSettings.parse(entry.settings);
  const declared = findParameters(...webhookTemplates(settings).map(({ source }) => source));
  const parameters = Object.fromEntries(
    declared.map(({ name }) => [name, settings.parameters[name] ?? filled[name] ?? '']),
  );
  const compiled = new Map(
    webhookTemplates(settings).map((t) => [
      t.field,
      compileTemplate(t.source, { name: t.name, escape: t.place, parameters }),
    ]),
  );
  const contextOf = (customer: Record<string, unknown>) => ({
    customer,
    scenario: { id: 's', name: 'Spring & more' },
    time: 1_795_000_000.5,
  });
  const of = (field: string, customer = customers[0]!) => render(compiled.get(field)!, contextOf(customer));
  return {
    url: of('url'),
    headers: settings.headers.map(({ name }, i) => `${name}: ${of(`headers.${i}.value`)}`),
    body: settings.batch
      ? renderRoot(
          compiled.get('root')!,
          contextOf({}),
          customers.map((customer) => of('customer', customer)),
        ).join('')
      : of('payload'),
  };
}

const json = (rendered: Rendered): unknown => JSON.parse(rendered.body);

describe('every built-in template', () => {
  it.each(GALLERY.map((entry) => [entry.name, entry] as const))(
    '%s explains each of its parameters',
    (_name, entry) => {
      const settings = WebhookSettings.parse(entry.settings);
      const node = { id: 'n', number: 1, kind: 'webhook' as const, name: '', position: { x: 0, y: 0 }, settings };
      const declared = findParameters(...templatesOf(node).map(({ source }) => source));
      expect(declared.map(({ name }) => name)).toEqual(entry.parameters.map(({ name }) => name));
      for (const { about } of entry.parameters) expect(about).toMatch(/^\S.*\.$/s);
      for (const declaration of declared)
        expect(refuseParameter(declaration, settings.parameters[declaration.name] || declaration.default)).toBeNull();
    },
  );

  it.each(GALLERY.map((entry) => [entry.name, entry] as const))(
    '%s names the properties that it reads',
    (_name, entry) => {
      const settings = WebhookSettings.parse(entry.settings);
      const reads = new Set(
        webhookTemplates(settings).flatMap(({ name, source, place }) => [
          ...(compileTemplate(source, { name, escape: place, parameters: settings.parameters }).reads.get('customer') ??
            []),
        ]),
      );
      expect([...reads].sort()).toEqual([...entry.properties].sort());
    },
  );

  it.each(GALLERY.map((entry) => [entry.name, entry] as const))(
    '%s renders a valid body for an awkward customer',
    (_name, entry) => {
      const rendered = example(entry, eva, adam);
      expect(URL.canParse(rendered.url)).toBe(true);
      expect(rendered.url).toMatch(/^https:/);
      const format = entry.settings.format;
      if (format === 'json') expect(() => json(rendered)).not.toThrow();
      if (format === 'xml') expect(XMLValidator.validate(rendered.body)).toBe(true);
      if (entry.authentication && entry.id !== 'freshdesk')
        expect(rendered.url.startsWith(entry.authentication.prefix)).toBe(true);
    },
  );

  it('has an id of its own and links that are addresses', () => {
    expect(new Set(GALLERY.map(({ id }) => id)).size).toBe(GALLERY.length);
    for (const { links } of GALLERY) for (const { url } of links) expect(URL.canParse(url)).toBe(true);
  });
});

describe('the rendered example of', () => {
  it('Facebook Messenger is a Send API message', () => {
    const rendered = example(byId('facebook-messenger'), eva);
    expect(rendered.url).toBe('https://graph.facebook.com/v23.0/me/messages');
    expect(json(rendered)).toEqual({
      recipient: { id: '2468' },
      messaging_type: 'MESSAGE_TAG',
      tag: 'CONFIRMED_EVENT_UPDATE',
      message: { text: 'Hi Eva "Evička", your order is on its way.' },
    });
  });

  it('Facebook Conversions has normalised, hashed identifiers and a numeric value', () => {
    const rendered = example(byId('facebook-conversions'), eva, adam);
    expect(rendered.url).toBe('https://graph.facebook.com/v23.0/777/events');
    expect(json(rendered)).toMatchObject({
      data: [
        {
          event_name: 'Lead',
          event_time: 1_795_000_000,
          action_source: 'system_generated',
          // sha256 of "eva.nova@example.com" and "421900123456"
          user_data: {
            em: [expect.stringMatching(/^[0-9a-f]{64}$/)],
            ph: [expect.stringMatching(/^[0-9a-f]{64}$/)],
          },
          custom_data: { currency: 'EUR', value: 42.5 },
        },
        { custom_data: { value: 0 } },
      ],
    });
    const plain = example(byId('facebook-conversions'), {
      ...eva,
      email: 'eva.nova@example.com',
      phone: '421900123456',
    });
    expect((json(rendered) as { data: unknown[] }).data[0]).toEqual((json(plain) as { data: unknown[] }).data[0]);
  });

  it('WhatsApp is an approved template with two values', () => {
    const rendered = example(byId('whatsapp-business'), adam);
    expect(rendered.url).toBe('https://graph.facebook.com/v23.0/1098/messages');
    expect(json(rendered)).toEqual({
      messaging_product: 'whatsapp',
      recipient_type: 'individual',
      to: '420777000111',
      type: 'template',
      template: {
        name: 'spring_offer',
        language: { code: 'en' },
        components: [
          {
            type: 'body',
            parameters: [
              { type: 'text', text: 'Adam' },
              { type: 'text', text: '20 %' },
            ],
          },
        ],
      },
    });
  });

  it('Twilio is a form whose values survive', () => {
    const rendered = example(byId('twilio-sms'), eva);
    expect(rendered.url).toBe('https://api.twilio.com/2010-04-01/Accounts/AC123/Messages.json');
    expect(rendered.headers).toEqual(['Content-Type: application/x-www-form-urlencoded']);
    expect(Object.fromEntries(new URLSearchParams(rendered.body))).toEqual({
      To: '+421900123456',
      From: 'AcmeShop',
      Body: 'Hi Eva "Evička", spring is here.',
    });
  });

  it('CM.com is one envelope for all', () => {
    expect(json(example(byId('cm-bulk-sms'), eva, adam))).toEqual({
      messages: {
        authentication: { producttoken: filled.product_token },
        msg: [
          {
            allowedChannels: ['SMS'],
            from: 'AcmeShop',
            to: [{ number: '00421900123456' }],
            body: { type: 'auto', content: 'Hi Eva "Evička", spring is here.' },
          },
          {
            allowedChannels: ['SMS'],
            from: 'AcmeShop',
            to: [{ number: '00420777000111' }],
            body: { type: 'auto', content: 'Hi Adam, spring is here.' },
          },
        ],
      },
    });
  });

  it('Slack and Zapier go to the address that was filled in', () => {
    const slack = example(byId('slack'), adam);
    expect(slack.url).toBe(filled.webhook_url);
    expect(json(slack)).toEqual({ text: 'Adam Malý has just ordered.' });
    const zapier = example(byId('zapier'), adam);
    expect(zapier.url).toBe(filled.hook_url);
    expect(json(zapier)).toMatchObject({ email: 'adam@example.com', message: 'sent by Spring & more' });
  });

  it('Freshdesk is a ticket with numeric status and priority', () => {
    const rendered = example(byId('freshdesk'), adam);
    expect(rendered.url).toBe('https://acme.freshdesk.com/api/v2/tickets');
    expect(json(rendered)).toEqual({
      email: 'adam@example.com',
      name: 'Adam Malý',
      subject: 'Follow-up for Adam',
      description: 'Please call this customer.',
      status: 2,
      priority: 1,
      tags: ['hookline'],
    });
  });

  it('HubSpot is a batch of at most a hundred upserts by e-mail address', () => {
    expect(byId('hubspot-contacts').settings.batchSize).toBe(100);
    expect(json(example(byId('hubspot-contacts'), adam))).toEqual({
      inputs: [
        {
          idProperty: 'email',
          id: 'adam@example.com',
          properties: {
            email: 'adam@example.com',
            firstname: 'Adam',
            lastname: 'Malý',
            phone: '+420 777 000 111',
            lifecyclestage: 'customer',
          },
        },
      ],
    });
  });

  it('SendGrid has one personalisation for each customer', () => {
    expect(json(example(byId('sendgrid'), eva, adam))).toMatchObject({
      from: { email: 'shop@acme.example', name: 'Acme' },
      template_id: 'd-1',
      personalizations: [
        { to: [{ name: `${eva.first_name} ${eva.last_name}` }] },
        { to: [{ email: 'adam@example.com' }] },
      ],
    });
  });

  it('Google Sheets is rows of cells', () => {
    const rendered = example(byId('google-sheets'), adam);
    expect(rendered.url).toBe('https://script.google.com/macros/s/AKfy/exec');
    expect(json(rendered)).toEqual({ sheet: 'Sheet1', rows: [['adam@example.com', 'Adam', 'Malý', 1_795_000_000]] });
  });

  it('XML and SOAP carry the values unharmed', () => {
    const parser = new XMLParser({ removeNSPrefix: true, htmlEntities: true });
    expect(parser.parse(example(byId('xml'), eva).body).customer).toMatchObject({
      name: `${eva.first_name} ${eva.last_name}`,
      scenario: 'Spring & more',
    });
    const soap = example(byId('soap'), eva);
    expect(soap.headers).toEqual(['Content-Type: text/xml; charset=utf-8', 'SOAPAction: "urn:acme/Upsert"']);
    expect(soap.body).toContain('<UpsertCustomer xmlns="urn:acme">');
    expect(parser.parse(soap.body).Envelope.Body.UpsertCustomer).toMatchObject({
      LastName: eva.last_name,
    });
  });
});
