import fs from 'node:fs';
import path from 'node:path';
import { describe, expect, it } from 'vitest';
import { billOfMaterials } from '../../../tools/sbom.ts';

const ROOT = path.join(import.meta.dirname, '../../..');
const lock = JSON.parse(fs.readFileSync(path.join(ROOT, 'package-lock.json'), 'utf8'));
const manifest = JSON.parse(fs.readFileSync(path.join(ROOT, 'package.json'), 'utf8'));

const installed = Object.entries(
  lock.packages as Record<string, { version?: string; resolved?: string; integrity?: string; link?: boolean }>,
);

describe('dependencies', () => {
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
