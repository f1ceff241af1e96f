import { describe, expect, it } from 'vitest';
import { readEvent, readIdentifiers, readProperties } from '../../../lib/services/customer-input.ts';

const NOW = Date.parse('2026-01-31T08:00:00Z');
const event = (more: object) => readEvent({ customer_ids: { registered: 'a' }, event_type: 'view', ...more }, NOW);

describe('reading an event', () => {
  it('takes unix seconds, fractions of them, ISO 8601, and the present moment when there is none', () => {
    expect(event({ timestamp: 1_700_000_000.25 }).at.toISOString()).toBe('2023-11-14T22:13:20.250Z');
    expect(event({ timestamp: '2023-11-14T22:13:20Z' }).at.getTime()).toBe(1_700_000_000_000);
    expect(event({}).at.getTime()).toBe(NOW);
  });

  it.each([
    [{ timestamp: NOW }, /timestamp: is in seconds; this looks like milliseconds/],
    [{ timestamp: 'soon' }, /timestamp: must be unix seconds or ISO 8601/],
    [{ timestamp: NOW / 1000 + 90_000 }, /more than a day in the future/],
    [{ timestamp: -5 }, /before 1970/],
    [{ event_type: ' ' }, /event_type: name the event/],
    [{ customer_ids: {} }, /customer_ids: name the customer/],
    [{ customer_ids: { registered: true } }, /customer_ids.registered: must be text or a number/],
    [{ customer_ids: { 'a b': 'x' } }, /customer_ids.a b: a kind of identifier/],
    [{ properties: [1] }, /properties: give an object/],
    [{ type: 'view' }, /type: is not a field of an event/],
  ])('says what is wrong with %j', (more, message) => {
    expect(() => event(more)).toThrow(message);
  });
});

describe('reading identifiers and properties', () => {
  it('takes numbers as text and passes over empty ones', () => {
    expect(readIdentifiers({ registered: 42, cookie: '', device: null })).toEqual([
      { kind: 'registered', value: '42' },
    ]);
  });

  it('refuses what PostgreSQL cannot store, and only that', () => {
    expect(() => readProperties({ a: 'x\0y' })).toThrow(/cannot be stored/);
    expect(() => readProperties({ a: '\ud800' })).toThrow(/cannot be stored/);
    expect(() => readIdentifiers({ registered: 'x\0' })).toThrow(/cannot be stored/);
    expect(readProperties({ a: '\\u0000', b: '😀' }).set).toEqual({ a: '\\u0000', b: '😀' });
  });

  it('refuses a value beyond 16 kB and names it', () => {
    expect(() => readProperties({ note: 'x'.repeat(17_000) })).toThrow(/properties.note: is larger than 16 kB/);
  });
});
