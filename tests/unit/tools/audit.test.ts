import { spawnSync } from 'node:child_process';
import fs from 'node:fs';
import path from 'node:path';
import { describe, expect, it } from 'vitest';
import { EXCEPTIONS, type Exception, FLOORS, isAtLeast, judge } from '../../../tools/audit.ts';
import { temporaryFolder } from '../../support/folder.ts';

const ROOT = path.join(import.meta.dirname, '../../..');
const lock = JSON.parse(fs.readFileSync(path.join(ROOT, 'package-lock.json'), 'utf8'));
const TODAY = '2026-11-25';

const advisory = (name: string, severity: string, id = 'GHSA-aaaa-bbbb-cccc') => ({
  source: 1,
  name,
  dependency: name,
  title: `A hole in ${name}`,
  url: `https://github.com/advisories/${id}`,
  severity,
  range: '<9.0.0',
});

/** As `npm audit --json` writes it. */
const report = (vulnerabilities: Record<string, (string | object)[]>) =>
  JSON.stringify({
    auditReportVersion: 2,
    vulnerabilities: Object.fromEntries(
      Object.entries(vulnerabilities).map(([name, via]) => [
        name,
        { name, severity: 'high', isDirect: true, via, effects: [], range: '*', nodes: [], fixAvailable: true },
      ]),
    ),
    metadata: { vulnerabilities: { total: 1 } },
  });

const judged = (output: string, exceptions: Exception[] = []) => judge(output, lock, exceptions, TODAY);

describe('a report with advisories', () => {
  it('passes without a high one in production', () => {
    expect(judged(report({}))).toEqual({
      failed: false,
      lines: ['registry answered: 0 of 0 high or critical advisories of production packages are open'],
    });
    expect(judged(report({ pino: [advisory('pino', 'moderate'), advisory('pino', 'low')] })).failed).toBe(false);
  });

  it.each(['high', 'critical'])('fails on a %s one, and names package, range, title and advisory', (severity) => {
    const { failed, lines } = judged(report({ pino: [advisory('pino', severity)] }));
    expect(failed).toBe(true);
    expect(lines[1]).toBe(`pino <9.0.0: A hole in pino (${severity}, GHSA-aaaa-bbbb-cccc)`);
  });

  it('counts a hole once, however many packages lead to it', () => {
    const hole = advisory('cookie', 'high');
    const { lines } = judged(report({ cookie: [hole, hole], 'next-auth': ['cookie'], other: [hole] }));
    expect(lines).toHaveLength(2);
    expect(lines[0]).toContain('1 of 1');
  });
});

describe('an exception', () => {
  const exception = { package: 'pino', advisory: 'GHSA-aaaa-bbbb-cccc', reason: 'we never call it', until: TODAY };

  it('lets its hole pass up to its last day, with its reason', () => {
    const { failed, lines } = judged(report({ pino: [advisory('pino', 'high')] }), [exception]);
    expect(failed).toBe(false);
    expect(lines).toContain(`accepted until ${TODAY}: pino GHSA-aaaa-bbbb-cccc, we never call it`);
  });

  it('is worth nothing afterwards, and says so', () => {
    const past = { ...exception, until: '2026-11-24' };
    const { failed, lines } = judged(report({ pino: [advisory('pino', 'high')] }), [past]);
    expect(failed).toBe(true);
    expect(lines[1]).toContain('its exception ended on 2026-11-24');
  });

  it('is for one package and one advisory', () => {
    const other = report({ pino: [advisory('pino', 'high', 'GHSA-xxxx-yyyy-zzzz')], pg: [advisory('pg', 'high')] });
    expect(judged(other, [exception]).lines[0]).toContain('2 of 2');
  });

  it('of ours has an advisory, a reason and a day', () => {
    for (const { advisory: id, reason, until } of EXCEPTIONS) {
      expect(id).toMatch(/^GHSA(-\w{4}){3}$/);
      expect(reason.length).toBeGreaterThan(20);
      expect(until).toMatch(/^\d{4}-\d{2}-\d{2}$/);
    }
  });
});

describe('a registry that gives no advisories', () => {
  it.each([
    [
      'does not know the question',
      '{"message":"405 Method Not Allowed - POST https://registry.example/-/npm/v1/security/advisories/bulk","statusCode":405,"error":{"summary":"","detail":""}}',
      '405 Method Not Allowed',
    ],
    ['cannot be reached', '{"error":{"code":"ENOTFOUND","summary":"network is away","detail":""}}', 'network is away'],
    ['answers something else', '<html>', 'its answer is not a report'],
    ['answers nothing', '', 'its answer is not a report'],
  ])('%s: that is said, and the floors decide', (_, output, reason) => {
    expect(judged(output)).toEqual({
      failed: false,
      lines: [`registry gives no advisories: checked against the floor list only (${reason})`],
    });
    const old = { packages: { ...lock.packages, 'node_modules/a/node_modules/undici': { version: '6.21.0' } } };
    const { failed, lines } = judge(output, old, [], TODAY);
    expect(failed).toBe(true);
    expect(lines[1]).toMatch(/^undici 6\.21\.0 is below its floor/);
  });
});

describe('the floors', () => {
  it('hold for what is installed, and count beside advisories too', () => {
    const old = { packages: { ...lock.packages, 'node_modules/next': { version: '16.2.5' } } };
    expect(judge(report({}), old, [], TODAY)).toMatchObject({ failed: true });
    expect(judge(report({}), lock, [], TODAY)).toMatchObject({ failed: false });
  });

  it('name packages that are there', () => {
    const { next: _, ...packages } = FLOORS;
    expect(Object.keys(packages).length).toBeGreaterThan(3);
    expect(judge('', { packages: {} }, [], TODAY).failed).toBe(true);
  });

  it('are compared as numbers', () => {
    expect(isAtLeast('16.10.0', '16.2.6')).toBe(true);
    expect(isAtLeast('16.2.5', '16.2.6')).toBe(false);
    expect(isAtLeast('15.99.0', '16.2.6')).toBe(false);
    expect(isAtLeast('16.2.6', '16.2.6')).toBe(true);
  });
});

describe('npm run audit', () => {
  /** Runs the tool with an npm that answers as told. */
  function run(answer: string) {
    const folder = temporaryFolder();
    fs.writeFileSync(path.join(folder, 'answer'), answer);
    fs.writeFileSync(
      path.join(folder, 'npm'),
      `#!/bin/sh\necho "$@" > ${folder}/asked\ncat ${folder}/answer\nexit 1\n`,
      {
        mode: 0o755,
      },
    );
    const env = { ...process.env, PATH: `${folder}:${process.env.PATH}` };
    const { status, stdout } = spawnSync('node', ['tools/audit.ts'], { cwd: ROOT, env, encoding: 'utf8' });
    const asked = fs.readFileSync(path.join(folder, 'asked'), 'utf8');
    fs.rmSync(folder, { recursive: true });
    return { status, stdout, asked };
  }

  it('asks for what production runs, and ends with status 1 on a hole, 0 without', () => {
    const holed = run(report({ pino: [advisory('pino', 'high')] }));
    expect(holed).toMatchObject({ status: 1, stdout: expect.stringContaining('A hole in pino') });
    expect(holed.asked).toMatch(/^audit --omit=dev --json/);
    expect(run(report({}))).toMatchObject({ status: 0, stdout: expect.stringContaining('registry answered: 0 of 0') });
    expect(run('')).toMatchObject({
      status: 0,
      stdout: expect.stringContaining('checked against the floor list only'),
    });
  });
});
