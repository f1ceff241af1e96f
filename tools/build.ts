// Builds the web app when its sources have changed since the last build.
import { spawnSync } from 'node:child_process';
import crypto from 'node:crypto';
import fs from 'node:fs';
import path from 'node:path';
import { StartupError } from './postgres.ts';
import { ROOT } from './stack.ts';

const SOURCES = [
  'app',
  'components',
  'lib',
  'public',
  'next.config.js',
  'postcss.config.mjs',
  'proxy.ts',
  'package-lock.json',
  'tsconfig.json',
];

/** @returns whether a build was made now; its output is shown only when it fails */
export function buildIfStale(): boolean {
  const stamp = path.join(ROOT, '.next', 'hookline-sources');
  const fingerprint = fingerprintOf(SOURCES);
  if (fs.existsSync(stamp) && fs.readFileSync(stamp, 'utf8') === fingerprint) return false;
  const result = spawnSync(process.execPath, [path.join(ROOT, 'node_modules/next/dist/bin/next'), 'build'], {
    cwd: ROOT,
    env: { ...process.env, NEXT_TELEMETRY_DISABLED: '1', NODE_ENV: 'production' },
    encoding: 'utf8',
    maxBuffer: 1 << 26,
  });
  if (result.status !== 0) throw new StartupError(`The web app did not build:\n${result.stdout}\n${result.stderr}`);
  fs.writeFileSync(stamp, fingerprint);
  return true;
}

/** Names and contents of the sources, so that a fresh checkout of the same commit needs no new build. */
function fingerprintOf(entries: string[]): string {
  const hash = crypto.createHash('sha256').update(process.version);
  const visit = (file: string) => {
    const stat = fs.statSync(file, { throwIfNoEntry: false });
    if (!stat) return;
    if (stat.isDirectory()) for (const name of fs.readdirSync(file).sort()) visit(path.join(file, name));
    else hash.update(path.relative(ROOT, file)).update(fs.readFileSync(file));
  };
  for (const entry of entries) visit(path.join(ROOT, entry));
  return hash.digest('hex');
}
