import { expect, it } from 'vitest';
import { ownAddress } from '../../../lib/next/paths.ts';

const OURS = 'https://hookline.example.com';

it('where somebody goes after signing in is an address of ours, as a path or whole', () => {
  expect(ownAddress('/p/1/data/customers?q=a#b', OURS)).toBe(`${OURS}/p/1/data/customers?q=a#b`);
  expect(ownAddress(`${OURS}/p/1`, OURS)).toBe(`${OURS}/p/1`);
});

it.each([
  'https://evil.test/',
  'http://hookline.example.com/',
  'https://hookline.example.com:8443/',
  'https://hookline.example.com.evil.test/',
  'https://hookline.example.com@evil.test/',
  '//evil.test/p/1',
  '/\\evil.test',
  '\\\\evil.test',
  '/\t/evil.test',
  'javascript:alert(1)',
  'data:text/html,x',
  'https://',
  '',
])('%j leads to our first page', (elsewhere) => {
  expect(new URL(ownAddress(elsewhere, OURS)).href).toBe(`${OURS}/`);
});
