import { execFileSync } from 'node:child_process';
import { describe, expect, it } from 'vitest';
import { type CurlRequest, toCurl } from '../../../lib/core/curl.ts';
import { readPaste } from '../../../lib/core/paste.ts';

const request: CurlRequest = {
  method: 'POST',
  url: 'https://api.example.com/v1/send',
  headers: [
    ['Content-Type', 'application/json'],
    ['Authorization', '••••••••'],
    ['Content-Length', '12'],
  ],
  body: '{"a":"it\'s"}',
};

/** What a shell makes of the command's words. */
function words(command: string): string[] {
  const out = execFileSync('sh', ['-c', `printf '%s\\0' ${command}`], { encoding: 'utf8' });
  return out.split('\0').slice(0, -1);
}

describe('a request as a curl command', () => {
  it('has one option a line and no header that curl writes by itself', () => {
    expect(toCurl(request)).toBe(
      [
        "curl 'https://api.example.com/v1/send' \\",
        "  --header 'Content-Type: application/json' \\",
        "  --header 'Authorization: ••••••••' \\",
        `  --data-raw '{"a":"it'\\''s"}'`,
      ].join('\n'),
    );
  });

  it('names the method only where curl would choose another', () => {
    expect(toCurl({ ...request, method: 'PUT' })).toContain('--request PUT');
    expect(toCurl({ ...request, method: 'GET', body: null })).not.toContain('--request');
    expect(toCurl({ ...request, body: null })).toContain('--request POST');
    expect(toCurl({ ...request, method: 'GET' })).toContain('--request GET');
  });

  it('is one command for a shell, whatever stands in the body', () => {
    const body = `$(id) \`id\` "x" 'y' \\ \n!;&|`;
    expect(words(toCurl({ ...request, headers: [], body }))).toEqual(['curl', request.url, '--data-raw', body]);
  });

  it('turns patterns of curl off where the URL has brackets', () => {
    expect(toCurl({ ...request, url: 'https://a.example/?f[0]=1' })).toContain('--globoff');
  });

  it('read back is the same request', () => {
    const pasted = readPaste(
      toCurl({
        ...request,
        headers: [
          ['X-Empty', ''],
          ['X-Id', "it's"],
        ],
        body: 'a=\n"b"',
      }),
    );
    expect(pasted).toMatchObject({
      ok: true,
      settings: {
        method: 'POST',
        url: request.url,
        payload: 'a=\n"b"',
        headers: [{ name: 'X-Empty', value: '' }, { name: 'X-Id', value: "it's" }, { name: 'Content-Type' }],
      },
    });
  });
});
