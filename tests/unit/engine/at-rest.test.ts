import { describe, expect, it } from 'vitest';
import type { EarlierResponse } from '../../../lib/core/response-view.ts';
import { pack, type Traveller, unpack } from '../../../lib/engine/contexts.ts';
import { type FrozenWindow, freeze, thaw } from '../../../lib/engine/frozen.ts';
import { permitTimes } from '../../../lib/engine/slots.ts';

const traveller = (journey: number, more: Partial<Traveller> = {}): Traveller => ({
  journey,
  customer: journey + 100,
  properties: null,
  event: null,
  responses: [],
  ...more,
});
const response = (name: string): EarlierResponse => ({
  name,
  data: { name },
  isText: false,
  statusCode: 200,
  success: true,
});

describe('what journeys carry', () => {
  it('comes back as it was, and equal responses stand once', () => {
    const shared = response('first');
    const all = [
      traveller(1, { responses: [shared], event: { total: 1 } }),
      traveller(2, { responses: [shared, response('second')], event: { total: 2 } }),
    ];
    const carried = pack(all, { event: true, responses: true })!;
    expect(carried.responses).toHaveLength(2);
    const back = unpack({ journeys: [1, 2], customers: [101, 102], contexts: JSON.parse(JSON.stringify(carried)) });
    expect(back).toEqual(all);
    expect(back[0]!.responses[0]).toBe(back[1]!.responses[0]);
  });

  it('is nothing when nothing later reads it', () => {
    const all = [traveller(1, { event: { total: 1 }, responses: [response('first')] })];
    expect(pack(all, { event: false, responses: false })).toBeNull();
    expect(pack(all, { event: false, responses: true })!.event).toBeNull();
  });

  it('of a thousand who met the same is one list', () => {
    const met = [response('first')];
    const all = Array.from({ length: 1000 }, (_, i) => traveller(i + 1, { responses: met }));
    expect(pack(all, { event: true, responses: true })!.met).toEqual([[0]]);
  });
});

describe('a frozen window', () => {
  it('gives back the very bytes, and the places of requests that could not be made', () => {
    const request = { url: 'https://a.example/x', headers: null, members: null, resultKeys: null, tracked: null };
    const window: FrozenWindow = {
      method: 'POST',
      headers: [['content-type', 'application/json']],
      requests: [
        { ...request, key: 'k1', body: Buffer.from('{"name":"Zoë"}') },
        null,
        { ...request, key: 'k3', body: null },
        { ...request, key: 'k4', body: Buffer.from([0, 255, 10]) },
      ],
    };
    const back = thaw(freeze(window));
    expect(back.headers).toEqual(window.headers);
    expect(back.requests.map((one) => one && { key: one.key, body: one.body && [...one.body] })).toEqual(
      window.requests.map((one) => one && { key: one.key, body: one.body && [...one.body] }),
    );
  });
});

describe('permits of a rate', () => {
  it('let a burst go at once and the rest evenly spread', () => {
    expect(permitTimes(5, -200, 100)).toEqual([0, 0, 0, 100, 200]);
    expect(permitTimes(0, 50, 100)).toEqual([]);
  });
});
