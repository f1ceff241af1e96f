import { describe, expect, it } from 'vitest';
import { openedOnly } from '../../../lib/transport/index.ts';

const resolve = async (name: string) => NAMES[name] ?? [];
const NAMES: Record<string, string[]> = {
  'api.example.com': ['93.184.215.14'],
  'gateway.example.com': ['10.1.2.3'],
  'both.example.com': ['93.184.215.14', '192.168.1.9'],
};
const told = (url: string, ...allow: string[]) => openedOnly(url, { allow, machine: ['203.0.113.7'] }, resolve);

describe('a destination that only the operator has opened', () => {
  it.each([
    ['http://10.0.0.5:8080/send', '10.0.0.5:8080', '10.0.0.5:8080'],
    ['http://10.0.0.5/send', '10.0.0.0/8', '10.0.0.5:80'],
    ['http://127.0.0.1:3001/t/a', '127.0.0.0/8', '127.0.0.1:3001'],
    ['http://2130706433:3001/', '127.0.0.1', '127.0.0.1:3001'],
    ['http://localhost:3001/', 'localhost:3001', 'localhost:3001'],
    ['https://[::1]:8443/', '::1/128', '[::1]:8443'],
    ['https://api.example.com:8443/', '*:8443', 'api.example.com:8443'],
    ['https://gateway.example.com/', '10.0.0.0/8', 'gateway.example.com:443'],
    ['https://gateway.example.com/', 'gateway.example.com', 'gateway.example.com:443'],
    ['https://both.example.com/', '192.168.0.0/16', 'both.example.com:443'],
    ['https://crm.internal/', 'crm.internal', 'crm.internal:443'],
    ['https://203.0.113.7/', '203.0.113.7', '203.0.113.7:443'],
  ])('%s with %s is told as %s', async (url, allow, host) => {
    expect(await told(url, allow)).toBe(host);
  });

  it.each([
    ['https://api.example.com/v1', '10.0.0.0/8'],
    ['https://api.example.com/v1', 'api.example.com'],
    ['https://93.184.215.14/', '10.0.0.0/8'],
    ['https://10.0.0.5/', '192.168.0.0/16'],
    ['https://gateway.example.com/', '192.168.0.0/16'],
    ['https://nowhere.example.com/', '10.0.0.0/8'],
    ['not a url', '10.0.0.0/8'],
  ])('%s with %s is none', async (url, allow) => {
    expect(await told(url, allow)).toBeNull();
  });

  it('is none where nothing is open, and nothing is resolved then', async () => {
    const asked = () => Promise.reject(new Error('asked'));
    expect(await openedOnly('https://gateway.example.com/', { allow: [] }, asked)).toBeNull();
  });

  it('is judged as it is written where a proxy resolves names', async () => {
    const rules = { allow: ['10.0.0.0/8'], proxy: 'http://proxy:3128' };
    const asked = () => Promise.reject(new Error('asked'));
    expect(await openedOnly('https://api.example.com/', rules, asked)).toBeNull();
    expect(await openedOnly('http://10.0.0.5/', rules, asked)).toBe('10.0.0.5:80');
  });
});
