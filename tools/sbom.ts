// `npm run sbom`: what this release is made of, as CycloneDX 1.6 JSON on standard output, from the lock file alone.
import { createHash } from 'node:crypto';
import fs from 'node:fs';
import path from 'node:path';

interface LockedPackage {
  version?: string;
  resolved?: string;
  integrity?: string;
  license?: string;
  dev?: boolean;
  optional?: boolean;
  link?: boolean;
  dependencies?: Record<string, string>;
  optionalDependencies?: Record<string, string>;
}

interface Lock {
  name: string;
  version: string;
  packages: Record<string, LockedPackage>;
}

const NODE_MODULES = 'node_modules/';
const nameOf = (place: string) => place.slice(place.lastIndexOf(NODE_MODULES) + NODE_MODULES.length);
const purlOf = (name: string, version: string) => `pkg:npm/${name.replace(/^@/, '%40')}@${encodeURIComponent(version)}`;

/** The bill of materials of a lock file; the same lock file gives the same bill. */
export function billOfMaterials(lock: Lock) {
  const places = Object.entries(lock.packages).filter(([place, { link, version }]) => place && !link && version);
  const components = new Map(places.map(([place, locked]) => [refOf(place, locked), componentOf(place, locked)]));
  return {
    bomFormat: 'CycloneDX',
    specVersion: '1.6',
    serialNumber: `urn:uuid:${uuidOf(JSON.stringify(lock.packages))}`,
    version: 1,
    metadata: {
      component: {
        type: 'application',
        'bom-ref': purlOf(lock.name, lock.version),
        name: lock.name,
        version: lock.version,
      },
    },
    components: [...components.values()].sort((a, b) => (a['bom-ref'] < b['bom-ref'] ? -1 : 1)),
    dependencies: [
      { ref: purlOf(lock.name, lock.version), dependsOn: edgesOf('', lock) },
      ...[...new Map(places.map(([place, locked]) => [refOf(place, locked), edgesOf(place, lock)]))]
        .map(([ref, dependsOn]) => ({ ref, dependsOn }))
        .sort((a, b) => (a.ref < b.ref ? -1 : 1)),
    ],
  };
}

const refOf = (place: string, { version }: LockedPackage) => purlOf(nameOf(place), version!);

function componentOf(place: string, locked: LockedPackage) {
  const name = nameOf(place);
  const scoped = /^(@[^/]+)\/(.+)$/.exec(name);
  return {
    type: 'library',
    'bom-ref': refOf(place, locked),
    group: scoped?.[1],
    name: scoped?.[2] ?? name,
    version: locked.version,
    purl: refOf(place, locked),
    scope: locked.dev ? 'excluded' : locked.optional ? 'optional' : 'required',
    ...(locked.license ? { licenses: [{ expression: locked.license }] } : {}),
    ...(locked.integrity ? { hashes: hashesOf(locked.integrity) } : {}),
  };
}

/** Subresource integrity ("sha512-" and base64) as CycloneDX writes hashes. */
function hashesOf(integrity: string) {
  return integrity.split(' ').map((entry) => {
    const [algorithm = '', digest = ''] = entry.split(/-(.*)/s);
    return { alg: algorithm.replace(/^sha(\d+)$/, 'SHA-$1'), content: Buffer.from(digest, 'base64').toString('hex') };
  });
}

/** What a package depends on, as Node.js would find it: next to it, then further up. */
function edgesOf(place: string, { packages }: Lock): string[] {
  const { dependencies = {}, optionalDependencies = {} } = packages[place]!;
  const found = Object.keys({ ...dependencies, ...optionalDependencies }).flatMap((name) => {
    for (let from = place; ; from = from.slice(0, Math.max(0, from.lastIndexOf(`/${NODE_MODULES}`)))) {
      const candidate = `${from ? `${from}/` : ''}${NODE_MODULES}${name}`;
      const locked = packages[candidate];
      if (locked?.version) return refOf(candidate, locked);
      if (from === '') return [];
    }
  });
  return [...new Set(found)].sort();
}

/** A name-based UUID (RFC 9562 §5.8), so that the bill can be compared. */
function uuidOf(text: string): string {
  const hex = createHash('sha256').update(text).digest('hex');
  return `${hex.slice(0, 8)}-${hex.slice(8, 12)}-8${hex.slice(13, 16)}-a${hex.slice(17, 20)}-${hex.slice(20, 32)}`;
}

if (process.argv[1] === import.meta.filename) {
  const lock = JSON.parse(fs.readFileSync(path.join(import.meta.dirname, '../package-lock.json'), 'utf8')) as Lock;
  process.stdout.write(`${JSON.stringify(billOfMaterials(lock), null, 2)}\n`);
}
