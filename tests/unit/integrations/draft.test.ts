import { describe, expect, it } from 'vitest';
import {
  blankDraft,
  forgetsSecrets,
  inputOf,
  looksSecret,
  renamedSecret,
  type Stored,
} from '../../../components/integrations/draft.ts';
import { INTEGRATION_KINDS } from '../../../lib/core/integration.ts';

describe('a public value that looks like a secret', () => {
  it.each([
    'Bearer abcdef123456',
    'Basic YW5uOnBhc3N3b3Jk',
    'sk_live_4eC39HqLyjWDarjtT1zdp7dc',
    `ghp_${'16C7e42F292c6912E771'}0c838347Ae178B4a`,
  ])('%s is told apart', (value) => expect(looksSecret(value)).toBe(true));

  it.each([
    '',
    'acme-shop',
    'application/json',
    'https://docs.example.com/some/long/path/1',
    'a sentence with several words 123',
    'aaaaaaaaaaaaaaaaaaaaaaaaaaaa',
  ])('%j is left alone', (value) => expect(looksSecret(value)).toBe(false));
});

const stored = (settings: Stored['settings'], prefix = 'https://api.example.com/v1'): Stored => ({
  id: '1',
  name: 'x',
  prefix,
  settings,
  stored: ['password'],
  state: 'ready',
  test: null,
  updatedAt: '2026-01-01T00:00:00.000Z',
});

describe('the form', () => {
  it('begins with something for every kind', () => {
    for (const kind of INTEGRATION_KINDS) expect(blankDraft(kind).settings.kind).toBe(kind);
  });

  it('says in advance when saving will forget the secrets, as the server decides it', () => {
    const { settings } = blankDraft('http');
    const row = stored(settings);
    const draft = { name: 'x', prefix: row.prefix, settings, secrets: {} };
    expect(forgetsSecrets(row, draft)).toBe(false);
    expect(forgetsSecrets(row, { ...draft, prefix: 'HTTPS://API.example.com:443/v1' })).toBe(false);
    for (const prefix of ['https://api.example.com/v2', 'https://api.example.com/', 'http://api.example.com/v1', ''])
      expect(forgetsSecrets(row, { ...draft, prefix }), prefix).toBe(true);
    expect(forgetsSecrets({ ...row, stored: [] }, { ...draft, prefix: '' })).toBe(false);
    if (settings.kind === 'http')
      expect(forgetsSecrets(row, { ...draft, settings: { ...settings, scheme: 'headers' } })).toBe(true);
  });

  it('sends only the secrets that its settings have, and no headers of the other scheme', () => {
    const { settings } = blankDraft('http');
    const input = inputOf({ name: 'x', prefix: 'p', settings, secrets: { password: 'a', 'header:x': 'b' } });
    expect(input.secrets).toEqual({ password: 'a' });
    expect(input.settings).toMatchObject({ headers: [] });
  });

  it('takes the value along when a secret header is renamed', () => {
    expect(renamedSecret({ 'header:x-a': '1', password: 'p' }, 'X-A', 'X-B')).toEqual({
      'header:x-b': '1',
      password: 'p',
    });
    expect(renamedSecret({ password: 'p' }, 'X-A', 'X-B')).toEqual({ password: 'p' });
  });
});
