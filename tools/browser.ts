// Finds a Chromium for the browser tests and installs one only where there is none.
import { spawnSync } from 'node:child_process';
import fs from 'node:fs';

export interface Browser {
  /** Absent: the test runner's own download. */
  executablePath?: string;
  args: string[];
}

const ARGS = [
  '--no-sandbox',
  '--disable-gpu',
  '--disable-quic',
  '--no-first-run',
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-sync',
];
const SYSTEM = ['/usr/bin/chromium', '/usr/bin/chromium-browser', '/usr/bin/google-chrome'];

const works = (file: string | undefined): file is string =>
  file !== undefined && fs.existsSync(file) && spawnSync(file, ['--version'], { timeout: 20_000 }).status === 0;

/**
 * In order: CHROMIUM_PATH, a Chromium of the system, the test runner's own, Debian's package as root, the test runner's download.
 * @throws Error saying what to run when nothing works
 */
export async function findBrowser(): Promise<Browser> {
  const own = [process.env.CHROMIUM_PATH, ...SYSTEM].find((file) => works(file));
  if (own) return { executablePath: own, args: ARGS };
  const { chromium } = await import('@playwright/test');
  if (works(chromium.executablePath())) return { args: ARGS };
  if (installDebianPackage()) return { executablePath: SYSTEM[0], args: ARGS };
  spawnSync('npx', ['playwright', 'install', 'chromium'], { stdio: 'inherit' });
  if (works(chromium.executablePath())) return { args: ARGS };
  throw new Error('No Chromium was found. Run "npx playwright install chromium", or set CHROMIUM_PATH to one.');
}

function installDebianPackage(): boolean {
  if (process.platform !== 'linux' || process.getuid?.() !== 0 || !fs.existsSync('/usr/bin/apt-get')) return false;
  const options = { stdio: 'inherit' as const, env: { ...process.env, DEBIAN_FRONTEND: 'noninteractive' } };
  const apt = ['-o', 'DPkg::Lock::Timeout=300', '-qq'];
  spawnSync('apt-get', [...apt, 'update'], options);
  spawnSync('apt-get', [...apt, 'install', '-y', '--no-install-recommends', 'chromium', 'fonts-dejavu-core'], options);
  return works(SYSTEM[0]);
}

if (import.meta.main) console.log((await findBrowser()).executablePath ?? 'the test runner’s own');
