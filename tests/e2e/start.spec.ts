import { type ChildProcess, execFileSync, spawn } from 'node:child_process';
import fs from 'node:fs';
import path from 'node:path';
import { expect, test } from '@playwright/test';
import { freePort } from '../../tools/postgres.ts';

const ROOT = path.join(import.meta.dirname, '../..');

/** `npm start` with a data folder of its own, and what it has printed so far. */
class Installation {
  readonly folder = fs.mkdtempSync('/var/tmp/hookline-installation-');
  private child: ChildProcess | undefined;
  private said = '';
  private readonly port: number;

  constructor(port: number) {
    this.port = port;
    fs.chmodSync(this.folder, 0o755);
  }

  /** Starts it and waits for the address that it prints. */
  async start(): Promise<string> {
    this.said = '';
    const { DATABASE_URL: _d, ENCRYPTION_KEY: _e, NEXTAUTH_SECRET: _n, REHEARSAL_URL: _r, ...env } = process.env;
    this.child = spawn('npm', ['start'], {
      cwd: ROOT,
      detached: true,
      env: {
        ...env,
        EGRESS_ALLOW: '',
        EGRESS_CA_FILE: '',
        OIDC_ISSUER: '',
        OIDC_CLIENT_ID: '',
        OIDC_CLIENT_SECRET: '',
        PORT: String(this.port),
        HOOKLINE_DATA: path.join(this.folder, 'data'),
      } as never,
    });
    this.child.stdout!.on('data', (chunk) => (this.said += String(chunk)));
    this.child.stderr!.on('data', (chunk) => (this.said += String(chunk)));
    await expect
      .poll(() => this.said, { timeout: 90_000 })
      .toMatch(/http:\/\/127\.0\.0\.1:\d+\/auth\/link\?token=[\w-]+/);
    return /http:\/\/\S+\/auth\/link\?token=[\w-]+/.exec(this.said)![0];
  }

  /** Presses Ctrl-C in its terminal and waits for the end; gives what it printed. */
  async stop(): Promise<string> {
    const ended = new Promise((resolve) => this.child!.once('exit', resolve));
    process.kill(-this.child!.pid!, 'SIGINT');
    await ended;
    await expect.poll(() => this.processes()).toEqual([]);
    return this.said;
  }

  /** Command lines of processes that still use the data folder. */
  processes(): string[] {
    const all = execFileSync('ps', ['-eo', 'args'], { encoding: 'utf8' }).split('\n');
    return all.filter((line) => line.includes(this.folder) && !line.startsWith('ps '));
  }
}

test('npm start prints a link that signs in; Ctrl-C stops all of it; the second start keeps what was made', async ({
  browser,
}) => {
  test.setTimeout(240_000);
  const installation = new Installation(await freePort());
  try {
    const page = await (await browser.newContext()).newPage();
    await page.goto(await installation.start());
    await page.getByRole('button', { name: 'Sign in' }).click();
    await page.waitForURL(/\/p\/[^/]+\/campaigns\/scenarios/);
    await expect(page.getByText('Spring SMS')).toBeVisible();
    await page.goto(page.url().replace(/campaigns.*/, 'settings/general'));
    await page.getByLabel('Name').fill('Kept over a restart');
    await page.getByRole('button', { name: /save/i }).click();
    await expect(page.getByRole('button', { name: /^Kept over a restart|Project Kept over a restart/ })).toBeVisible();
    const keys = path.join(installation.folder, 'data/keys.json');
    expect(fs.statSync(keys).mode & 0o777).toBe(0o600);
    const said = await installation.stop();
    expect(said.match(/stopping (\S+)/g)).toEqual([
      'stopping web',
      'stopping worker',
      'stopping rehearsal',
      'stopping database',
    ]);

    const link = await installation.start();
    const again = await (await browser.newContext()).newPage();
    await again.goto(link);
    await again.getByRole('button', { name: 'Sign in' }).click();
    await again.waitForURL(/\/p\/[^/]+\/campaigns\/scenarios/);
    await expect(again.getByText('Kept over a restart').first()).toBeVisible();
    await installation.stop();
  } finally {
    for (const line of installation.processes()) console.error('left behind:', line);
    fs.rmSync(installation.folder, { recursive: true, force: true });
  }
});
