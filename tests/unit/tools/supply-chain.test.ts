import fs from 'node:fs';
import path from 'node:path';
import { describe, expect, it } from 'vitest';
import { billOfMaterials } from '../../../tools/sbom.ts';

const ROOT = path.join(import.meta.dirname, '../../..');
const lock = JSON.parse(fs.readFileSync(path.join(ROOT, 'package-lock.json'), 'utf8'));
const manifest = JSON.parse(fs.readFileSync(path.join(ROOT, 'package.json'), 'utf8'));

/** Below these versions there are published holes that reach us. Raise a floor, never lower it. */
const FLOORS: Record<string, [version: string, why: string]> = {
  next: ['16.2.6', 'CVE-2025-29927, CVE-2025-55182 and the set of May 2026 (CVE-2026-44578, -44575, -45109)'],
  react: ['19.2.4', 'CVE-2025-55182, -55183, -55184, -67779 in the Flight protocol; CVE-2026-23870'],
  'react-dom': ['19.2.4', 'goes with react'],
  undici: ['7.24.0', 'CVE-2026-22036 decompression chain, CVE-2026-1525 duplicate Content-Length'],
  'next-auth': ['4.24.12', 'CVE-2022-35924, -31127, -31093; the address parsing of its mailer'],
};

const parts = (version: string) => version.split(/[.-]/).map(Number);
function isAtLeast(version: string, floor: string): boolean {
  const [own, least] = [parts(version), parts(floor)];
  for (let at = 0; at < 3; at++) if (own[at] !== least[at]) return own[at]! > least[at]!;
  return true;
}

const installed = Object.entries(
  lock.packages as Record<string, { version?: string; resolved?: string; integrity?: string; link?: boolean }>,
);

describe('dependencies', () => {
  it.each(Object.entries(FLOORS))('%s is nowhere below its floor', (name, [floor]) => {
    const versions = installed
      .filter(([place]) => place.endsWith(`node_modules/${name}`))
      .map(([, { version }]) => version!);
    expect(versions.length).toBeGreaterThan(0);
    for (const version of versions) expect(isAtLeast(version, floor), `${name} ${version} < ${floor}`).toBe(true);
  });

  it('compares versions as numbers', () => {
    expect(isAtLeast('16.10.0', '16.2.6')).toBe(true);
    expect(isAtLeast('16.2.5', '16.2.6')).toBe(false);
    expect(isAtLeast('15.99.0', '16.2.6')).toBe(false);
    expect(isAtLeast('16.2.6', '16.2.6')).toBe(true);
  });

  it('are pinned to exact versions', () => {
    const all = { ...manifest.dependencies, ...manifest.devDependencies, ...manifest.optionalDependencies };
    for (const [name, version] of Object.entries(all)) expect(version, name).toMatch(/^\d+\.\d+\.\d+(-[\w.]+)?$/);
  });

  it('come from the registry with a hash each', () => {
    for (const [place, { resolved, integrity, link }] of installed) {
      if (!place || link || resolved === undefined) continue;
      expect(resolved, place).toMatch(/^https:\/\//);
      expect(integrity, place).toMatch(/^sha512-/);
    }
  });
});

describe('the bill of materials', () => {
  const bill = billOfMaterials(lock);

  it('names every installed package with version, hash and licence', () => {
    expect(bill).toMatchObject({ bomFormat: 'CycloneDX', specVersion: '1.6' });
    const wanted = new Set(
      installed
        .filter(([place, { link, version }]) => place && !link && version)
        .map(([place, { version }]) => `${place.slice(place.lastIndexOf('node_modules/') + 13)}@${version}`),
    );
    const found = bill.components.map(({ group, name, version }) => `${group ? `${group}/` : ''}${name}@${version}`);
    expect(new Set(found)).toEqual(wanted);
    const next = bill.components.find(({ name }) => name === 'next')!;
    expect(next).toMatchObject({
      purl: `pkg:npm/next@${next.version}`,
      scope: 'required',
      hashes: [{ alg: 'SHA-512', content: expect.stringMatching(/^[0-9a-f]{128}$/) }],
    });
  });

  it('is a graph whose edges lead to its own components', () => {
    const refs = new Set(bill.components.map((component) => component['bom-ref']));
    expect(refs.size).toBe(bill.components.length);
    const root = bill.dependencies[0]!;
    expect(root.dependsOn).toContain(`pkg:npm/next@${manifest.dependencies.next}`);
    for (const { dependsOn } of bill.dependencies) for (const ref of dependsOn) expect(refs.has(ref), ref).toBe(true);
  });

  it('tells what is only for development', () => {
    expect(bill.components.find(({ name }) => name === 'vitest')).toMatchObject({ scope: 'excluded' });
  });

  it('is the same for the same lock file', () => {
    expect(JSON.stringify(billOfMaterials(lock))).toBe(JSON.stringify(bill));
    expect(bill.serialNumber).toMatch(/^urn:uuid:[0-9a-f]{8}-[0-9a-f]{4}-8[0-9a-f]{3}-a[0-9a-f]{3}-[0-9a-f]{12}$/);
  });
});
