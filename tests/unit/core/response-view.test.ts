import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { resultsByCustomer, viewOf } from '../../../lib/core/response-view.ts';
import type { ResultMapping } from '../../../lib/core/webhook.ts';

describe('what later nodes see of a response', () => {
  it('is its parsed JSON', () => {
    expect(viewOf('json', 'Send', 201, '{"id":7,"list":[1]}', true)).toEqual({
      name: 'Send',
      statusCode: 201,
      success: true,
      data: { id: 7, list: [1] },
      isText: false,
    });
  });

  it.each(['null', 'false', '0', '""', '[]'])('is also the JSON value %s', (body) => {
    expect(viewOf('json', 'Send', 200, body, true)).toMatchObject({ data: JSON.parse(body) as unknown, isText: false });
  });

  it.each(['', 'OK', '{"id":', '<ok/>', 'undefined', 'NaN'])(
    'is text when it should be JSON and is not: %j',
    (body) => {
      expect(viewOf('json', 'Send', 200, body, true)).toMatchObject({ data: body, isText: true });
    },
  );

  it('is the text itself when the webhook reads text, JSON or not', () => {
    expect(viewOf('text', 'Send', 200, '{"id":7}', true)).toMatchObject({ data: '{"id":7}', isText: true });
  });

  it('is only the status when the response is discarded', () => {
    expect(viewOf('discard', 'Send', 500, '{"id":7}', false)).toEqual({
      name: 'Send',
      statusCode: 500,
      success: false,
      data: undefined,
      isText: false,
    });
  });
});

describe('the results of a batch', () => {
  const mapping = (change: Partial<ResultMapping> = {}): ResultMapping => ({
    path: 'results',
    key: { by: 'index' },
    successField: 'status',
    successValues: ['sent', 'queued'],
    messageField: 'error',
    ...change,
  });
  const byPhone = mapping({ key: { by: 'value', field: 'to', template: '{{ customer.phone }}' } });
  const body = JSON.stringify({
    results: [
      { to: '+1', status: 'sent', id: 'm1' },
      { to: '+2', status: 'failed', error: 'not reachable' },
      { to: '+3', status: 'queued' },
    ],
  });

  it('belong to the customers by position', () => {
    expect(resultsByCustomer(body, mapping(), 3, [])).toEqual([
      { ok: true, message: '', data: { to: '+1', status: 'sent', id: 'm1' } },
      { ok: false, message: 'not reachable', data: { to: '+2', status: 'failed', error: 'not reachable' } },
      { ok: true, message: '', data: { to: '+3', status: 'queued' } },
    ]);
  });

  it('belong to the customers by a value, in any order', () => {
    const results = resultsByCustomer(body, byPhone, 3, ['+3', '+9', '+2']);
    expect(results?.map((result) => (result ? result.ok : null))).toEqual([true, null, false]);
    expect(results?.[2]?.message).toBe('not reachable');
  });

  it('compare numbers and text as text', () => {
    const answer = JSON.stringify({ results: [{ to: 42, status: 'sent' }] });
    expect(resultsByCustomer(answer, byPhone, 1, ['42'])?.[0]?.ok).toBe(true);
  });

  it('are unknown for customers whom the response does not mention', () => {
    expect(resultsByCustomer('{"results":[]}', mapping(), 2, [])).toEqual([null, null]);
    expect(resultsByCustomer(body, mapping(), 4, [])?.[3]).toBeNull();
  });

  it('never belong to a customer without a key, also when results lack the field', () => {
    const answer = JSON.stringify({ results: [{ status: 'sent' }, { to: '', status: 'sent' }, { to: null }] });
    expect(resultsByCustomer(answer, byPhone, 2, [''])).toEqual([null, null]);
  });

  it('are more than were asked for: the rest is left aside', () => {
    expect(resultsByCustomer(body, mapping(), 1, [])).toHaveLength(1);
  });

  it.each([
    ['results', '{"results":[{"status":"sent"}]}'],
    ['data.items', '{"data":{"items":[{"status":"sent"}]}}'],
    ['$.results', '{"results":[{"status":"sent"}]}'],
    ['batches.0', '{"batches":[[{"status":"sent"}]]}'],
    ['', '[{"status":"sent"}]'],
  ])('are found at the path "%s"', (path, answer) => {
    expect(resultsByCustomer(answer, mapping({ path }), 1, [])?.[0]?.ok).toBe(true);
  });

  it.each([
    ['not JSON', 'OK'],
    ['no such path', '{"other":[]}'],
    ['no list there', '{"results":{"0":{"status":"sent"}}}'],
    ['nothing', ''],
    ['null', 'null'],
  ])('are none at all: %s', (_, answer) => expect(resultsByCustomer(answer, mapping(), 2, [])).toBeNull());

  it('are read from own properties only', () => {
    for (const path of ['constructor', '__proto__', 'results.constructor'])
      expect(resultsByCustomer(body, mapping({ path }), 1, [])).toBeNull();
  });

  it('give a reason when the response gives none', () => {
    const answer = JSON.stringify({ results: [{ status: 'failed' }, 'odd', null] });
    const results = resultsByCustomer(answer, mapping({ messageField: '' }), 3, []);
    expect(results?.map((result) => result?.message)).toEqual(Array(3).fill('the receiver reported a failure'));
  });

  it('read success from nested fields, truth values and numbers', () => {
    const answer = JSON.stringify({ results: [{ r: { ok: true } }, { r: { ok: 1 } }, { r: { ok: false } }, {}] });
    const read = mapping({ successField: 'r.ok', successValues: ['true', '1'] });
    expect(resultsByCustomer(answer, read, 4, [])?.map((result) => result?.ok)).toEqual([true, true, false, false]);
  });

  it('are one for each customer or none at all, whatever comes back', () => {
    fc.assert(
      fc.property(
        fc.oneof(fc.json(), fc.string()),
        fc.nat(5),
        fc.array(fc.string()),
        fc.boolean(),
        (text, count, keys, value) => {
          const results = resultsByCustomer(text, value ? byPhone : mapping({ path: '' }), count, keys);
          if (results) expect(results).toHaveLength(count);
        },
      ),
    );
  });
});
