import { execFileSync } from 'node:child_process';
import fs from 'node:fs';
import path from 'node:path';
import { describe, expect, it } from 'vitest';

const ROOT = path.join(import.meta.dirname, '../..');
const files = execFileSync('git', ['ls-files', '--cached', '--others', '--exclude-standard'], {
  cwd: ROOT,
  encoding: 'utf8',
})
  .split('\n')
  .filter((file) => file && fs.existsSync(path.join(ROOT, file)));

/** What each room may import, besides itself. */
const MAY_IMPORT: Record<string, string[]> = {
  'lib/core': [],
  'lib/template': ['lib/core'],
  'lib/transport': ['lib/core'],
  'lib/vault': ['lib/core', 'lib/transport', 'lib/db', 'lib/env.ts'],
  'lib/rehearsal': ['lib/core'],
  'lib/db': ['lib/generated'],
  'lib/engine': ['lib/core', 'lib/template', 'lib/transport', 'lib/vault', 'lib/db', 'lib/env.ts', 'lib/log.ts'],
  'lib/services': [
    'lib/core',
    'lib/engine',
    'lib/template',
    'lib/transport',
    'lib/vault',
    'lib/db',
    'lib/env.ts',
    'lib/log.ts',
    'lib/rehearsal',
  ],
  'lib/next': ['lib/core', 'lib/services', 'lib/db', 'lib/env.ts', 'lib/log.ts'],
  components: ['lib/core', 'lib/template'],
  app: ['components', 'lib/services', 'lib/next', 'lib/core', 'lib/env.ts'],
};
/** Types may cross where values may not. */
const MAY_IMPORT_TYPES: Record<string, string[]> = { components: ['lib/services'], 'lib/vault': ['lib/transport'] };

const ROOMS = Object.keys(MAY_IMPORT);
const roomOf = (file: string): string =>
  ROOMS.find((room) => file.startsWith(`${room}/`)) ?? (file.startsWith('lib/generated/') ? 'lib/generated' : file);
const sources = files.filter((file) => /\.tsx?$/.test(file) && ROOMS.some((room) => file.startsWith(`${room}/`)));

interface Import {
  from: string;
  to: string;
  specifier: string;
  typeOnly: boolean;
}

function importsOf(file: string): Import[] {
  const text = fs.readFileSync(path.join(ROOT, file), 'utf8');
  const found: Import[] = [];
  for (const match of text.matchAll(
    /(?:^|\n)\s*(import|export)\s+(type\s+)?(?:[\w*{}\s,$]+?\s+from\s+)?['"]([^'"]+)['"]|import\(\s*['"]([^'"]+)['"]\s*\)/g,
  )) {
    const specifier = match[3] ?? match[4]!;
    found.push({ from: file, to: resolve(file, specifier), specifier, typeOnly: Boolean(match[2]) });
  }
  return found;
}

function resolve(file: string, specifier: string): string {
  const base = specifier.startsWith('@/')
    ? specifier.slice(2)
    : specifier.startsWith('.')
      ? path.posix.join(path.posix.dirname(file), specifier)
      : specifier;
  const tries = [base, `${base}.ts`, `${base}.tsx`, `${base}/index.ts`, `${base}/index.tsx`];
  return tries.find((name) => fs.statSync(path.join(ROOT, name), { throwIfNoEntry: false })?.isFile()) ?? base;
}

const all = sources.flatMap(importsOf);

describe('the rooms', () => {
  it('import only what they may', () => {
    const offences = all
      .filter(({ to }) => to.startsWith('lib/') || to.startsWith('components/') || to.startsWith('app/'))
      .filter(({ from, to, typeOnly }) => {
        const own = roomOf(from);
        const room = roomOf(to);
        return room !== own && !MAY_IMPORT[own]!.includes(room) && !(typeOnly && MAY_IMPORT_TYPES[own]?.includes(room));
      })
      .map(({ from, to }) => `${from} imports ${to}`);
    expect(offences).toEqual([]);
  });

  it('are entered by their doors', () => {
    const closed = ['lib/template', 'lib/transport', 'lib/vault', 'lib/engine', 'lib/rehearsal', 'lib/db', 'lib/next'];
    const offences = all
      .filter(
        ({ from, to }) =>
          closed.includes(roomOf(to)) &&
          roomOf(from) !== roomOf(to) &&
          !/\/(index|reference|analyse)\.ts$/.test(to) &&
          !/\/door(-[a-z]+)?\.ts$/.test(to),
      )
      .map(({ from, to }) => `${from} imports ${to}`);
    expect(offences).toEqual([]);
  });

  it('have a door whose header says what they know', () => {
    for (const room of [
      'lib/template',
      'lib/transport',
      'lib/vault',
      'lib/engine',
      'lib/services',
      'lib/db',
      'lib/next',
      'lib/rehearsal',
    ]) {
      const door = path.join(ROOT, room, 'index.ts');
      expect(fs.existsSync(door), `${room}/index.ts`).toBe(true);
      expect(fs.readFileSync(door, 'utf8'), `${room}/index.ts`).toMatch(/^\/\*\*/);
    }
  });

  it('keep core pure: zod and nothing else, no clock, no randomness', () => {
    for (const file of sources.filter((name) => name.startsWith('lib/core/'))) {
      const outside = importsOf(file).filter(({ specifier }) => !specifier.startsWith('.') && specifier !== 'zod');
      expect(outside, file).toEqual([]);
      const code = fs.readFileSync(path.join(ROOT, file), 'utf8').replace(/\/\*[\s\S]*?\*\/|\/\/.*$/gm, '');
      expect(code, file).not.toMatch(/Date\.now\(|new Date\(\)|Math\.random|process\./);
    }
  });

  it('keep next/* in app, components and lib/next', () => {
    const offences = all.filter(
      ({ from, specifier }) => /^next(-auth)?(\/|$)/.test(specifier) && !/^(app|components|lib\/next)\//.test(from),
    );
    expect(offences.map(({ from }) => from)).toEqual([]);
  });

  it('have no circles of imports', () => {
    const graph = new Map<string, string[]>();
    for (const { from, to, typeOnly } of all)
      if (!typeOnly && sources.includes(to)) graph.set(from, [...(graph.get(from) ?? []), to]);
    const done = new Set<string>();
    const circles: string[] = [];
    const visit = (file: string, trail: string[]): void => {
      if (trail.includes(file)) {
        circles.push([...trail.slice(trail.indexOf(file)), file].join(' → '));
        return;
      }
      if (done.has(file)) return;
      for (const to of graph.get(file) ?? []) visit(to, [...trail, file]);
      done.add(file);
    };
    for (const file of sources) visit(file, []);
    expect(circles).toEqual([]);
  });
});

describe('the top level', () => {
  it('holds the agreed folders and files and nothing else', () => {
    const allowed = new Set(
      'package.json package-lock.json tsconfig.json app components lib prisma public tests next.config.js README.md docs bench tools .ci LICENSE .gitignore .npmrc .nvmrc .dockerignore biome.json vitest.config.ts playwright.config.ts postcss.config.mjs prisma.config.ts proxy.ts instrumentation.ts Dockerfile compose.yaml SECURITY.md .editorconfig knip.json'.split(
        ' ',
      ),
    );
    const top = [...new Set(files.map((file) => file.split('/')[0]!))];
    expect(top.filter((name) => !allowed.has(name))).toEqual([]);
  });

  it('says nothing of other hosts in what the browser loads', () => {
    for (const file of files.filter((name) => /^(app|components)\/.*\.(tsx?|css)$/.test(name))) {
      const text = fs.readFileSync(path.join(ROOT, file), 'utf8');
      expect(text, file).not.toMatch(/(src|href)=["']https?:\/\/|url\(["']?https?:|@import ["']https?:/);
    }
  });
});
