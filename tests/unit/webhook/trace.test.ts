import { describe, expect, it } from 'vitest';
import { partsOf } from '../../../components/webhook/time-split.tsx';
import { spanAt, type TraceContext, trace } from '../../../components/webhook/trace.ts';
import { WebhookSettings } from '../../../lib/core/webhook.ts';

const EVA: TraceContext = {
  customer: { name: 'Eva "N"', phone: '+421 903' },
  event: { page: '/toys' },
  trigger: { city: 'Brno' },
  responses: [{ name: 'Voucher', data: { code: 'SPRING' }, isText: false, statusCode: 200, success: true }],
  project: { id: 'p', name: 'Acme' },
  scenario: { id: 's', name: 'Spring' },
  action: { id: 3, name: 'Send' },
};
const settings = WebhookSettings.parse({
  payload:
    '{\n  "to": "{{ customer.phone | replace(" ", "") }}",\n  "hi": "{{ customer.name }}",\n  "c": "{{ webhook.code }}"\n}',
});
const BODY = '{\n  "to": "+421903",\n  "hi": "Eva \\"N\\"",\n  "c": "SPRING"\n}';

describe('what wrote a part of a rendered text', () => {
  it('is told with the expression and its line', () => {
    const spans = trace(settings, 'Payload', EVA, BODY)!;
    expect(spanAt(spans, BODY.indexOf('421'))).toMatchObject({
      expression: '{{ customer.phone | replace(" ", "") }}',
      line: 2,
      template: 'Payload',
    });
    expect(spanAt(spans, BODY.indexOf('SPRING'))).toMatchObject({ line: 4 });
  });

  it('covers the escaped text whole, and nothing of the template’s own', () => {
    const spans = trace(settings, 'Payload', EVA, BODY)!;
    const { start, end } = spanAt(spans, BODY.indexOf('Eva'))!;
    expect(BODY.slice(start, end)).toBe('Eva \\"N\\"');
    expect(spanAt(spans, BODY.indexOf('"to"'))).toBeNull();
  });

  it('is not claimed when the server made another text', () => {
    expect(trace(settings, 'Payload', EVA, BODY.replace('SPRING', 'SUMMER'))).toBeNull();
  });

  it('is not claimed for a template that cannot be rendered', () => {
    expect(trace({ ...settings, payload: '{{ x | nofilter }}' }, 'Payload', EVA, '')).toBeNull();
  });
});

describe('the parts of an exchange', () => {
  it('add up to the whole, with the first byte counted from the beginning', () => {
    const parts = partsOf({ totalMs: 84, dnsMs: 3, connectMs: 11, tlsMs: 20, firstByteMs: 70 });
    expect(parts).toEqual([
      { name: 'DNS', ms: 3 },
      { name: 'Connect', ms: 11 },
      { name: 'TLS', ms: 20 },
      { name: 'First byte', ms: 36 },
      { name: 'Rest', ms: 14 },
    ]);
  });

  it('leave out what did not happen on a connection that was open', () => {
    expect(partsOf({ totalMs: 10, firstByteMs: 9 }).map(({ name }) => name)).toEqual(['First byte', 'Rest']);
    expect(partsOf({ totalMs: 0 })).toEqual([]);
  });

  it('end with the last thing that happened before a failure', () => {
    expect(partsOf({ totalMs: 15, dnsMs: 5 })).toEqual([
      { name: 'DNS', ms: 5 },
      { name: 'Rest', ms: 10 },
    ]);
  });
});
