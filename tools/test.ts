// npm test: every check and every test, browser included. The last line is a plain "N passed, N failed" over all of them.
import { spawnSync } from 'node:child_process';
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { findBrowser } from './browser.ts';
import { ROOT, run } from './stack.ts';

interface Tally {
  passed: number;
  failed: number;
}

const reports = fs.mkdtempSync(path.join(os.tmpdir(), 'hookline-tests-'));

/** Runs a command with its output shown; a runner that dies without a report counts as one failure. */
function execute(command: string, args: string[], env: Record<string, string> = {}): boolean {
  console.log(`\n> ${command} ${args.join(' ')}`);
  const result = spawnSync(command, args, {
    cwd: ROOT,
    stdio: ['ignore', 'inherit', 'inherit'],
    env: { ...process.env, ...env },
  });
  return result.status === 0;
}

function vitest(project: string): Tally {
  const file = path.join(reports, `${project}.json`);
  const fine = execute('vitest', [
    'run',
    '--project',
    project,
    '--reporter=default',
    '--reporter=json',
    `--outputFile=${file}`,
  ]);
  if (!fs.existsSync(file)) return { passed: 0, failed: 1 };
  const report = JSON.parse(fs.readFileSync(file, 'utf8')) as { numPassedTests: number; numFailedTests: number };
  // A file that does not even load has no failed test of its own.
  return { passed: report.numPassedTests, failed: report.numFailedTests || (fine ? 0 : 1) };
}

function playwright(): Tally {
  const file = path.join(reports, 'browser.json');
  const fine = execute('playwright', ['test'], { PLAYWRIGHT_JSON_OUTPUT_NAME: file });
  if (!fs.existsSync(file)) return { passed: 0, failed: 1 };
  const { stats } = JSON.parse(fs.readFileSync(file, 'utf8')) as {
    stats: { expected: number; unexpected: number; flaky: number };
  };
  return { passed: stats.expected + stats.flaky, failed: stats.unexpected || (fine ? 0 : 1) };
}

const check = (command: string, args: string[]): Tally =>
  execute(command, args) ? { passed: 1, failed: 0 } : { passed: 0, failed: 1 };

await run(async () => {
  const quick = process.argv.includes('--quick');
  const tallies = [check('biome', ['ci', '.']), check('next', ['typegen']), check('tsc', ['--noEmit']), vitest('unit')];
  if (!quick) {
    await findBrowser();
    tallies.push(check('node', ['tools/audit.ts']), vitest('integration'), playwright());
  }
  const passed = tallies.reduce((sum, tally) => sum + tally.passed, 0);
  const failed = tallies.reduce((sum, tally) => sum + tally.failed, 0);
  console.log(`\n${passed} passed, ${failed} failed`);
  process.exitCode = failed === 0 ? 0 : 1;
});
