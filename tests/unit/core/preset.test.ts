import { describe, expect, it } from 'vitest';
import {
  differingFields,
  groupOf,
  linkedWebhook,
  lockedFields,
  PRESET_GROUPS,
  PresetGroup,
} from '../../../lib/core/preset.ts';
import { isSame } from '../../../lib/core/same.ts';
import { WebhookSettings } from '../../../lib/core/webhook.ts';

const webhook = WebhookSettings.parse({ url: 'https://a.example/', parameters: { list: 'spring', text: '' } });
const preset = { id: 'p', version: 3, webhook, open: ['parameters', 'settings'] };

describe('the groups of a preset', () => {
  it('hold every field of a webhook once', () => {
    const fields = PresetGroup.options.flatMap((group) => [...PRESET_GROUPS[group].fields]);
    expect([...fields, 'preset'].sort()).toEqual(Object.keys(webhook).sort());
  });

  it('are locked unless they are open', () => {
    expect(lockedFields(PresetGroup.options)).toEqual([]);
    expect(lockedFields(['parameters', 'settings', 'response', 'payload', 'headers'])).toEqual([
      'method',
      'url',
      'integrationId',
    ]);
    expect(groupOf('batchSize')).toBe('settings');
    expect(groupOf('batch')).toBe('payload');
  });
});

describe('two webhooks', () => {
  it('differ by fields, whatever the order of keys inside', () => {
    const other = {
      ...webhook,
      parameters: { text: '', list: 'spring' },
      timeoutSeconds: 5,
      url: 'https://b.example/',
    };
    expect(differingFields(webhook, other)).toEqual(['timeoutSeconds', 'url']);
    expect(differingFields(webhook, { ...webhook, preset: { id: 'p', version: 1 } })).toEqual([]);
  });
});

describe('a webhook linked to a preset', () => {
  it('is the preset, when it is new', () => {
    expect(linkedWebhook(preset, null)).toEqual({ ...webhook, preset: { id: 'p', version: 3 } });
  });

  it('keeps what is open and takes what is locked', () => {
    const current = {
      ...webhook,
      url: 'https://old.example/',
      timeoutSeconds: 9,
      parameters: { list: 'autumn', own: 'x' },
    };
    expect(linkedWebhook(preset, current)).toEqual({
      ...webhook,
      timeoutSeconds: 9,
      parameters: { list: 'autumn', text: '', own: 'x' },
      preset: { id: 'p', version: 3 },
    });
  });

  it('takes the parameters of the preset where they are locked', () => {
    const current = { ...webhook, parameters: { list: 'autumn' } };
    expect(linkedWebhook({ ...preset, open: [] }, current).parameters).toEqual(webhook.parameters);
  });
});

describe('sameness', () => {
  it.each([
    [{ a: 1, b: { c: [1, { d: 2, e: 3 }] } }, { b: { c: [1, { e: 3, d: 2 }] }, a: 1 }, true],
    [[1, 2], [2, 1], false],
    [{ a: undefined }, {}, true],
    [{ a: null }, {}, false],
    ['1', 1, false],
  ])('of %j and %j is %s', (a, b, same) => {
    expect(isSame(a, b)).toBe(same);
  });
});
