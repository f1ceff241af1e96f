import decodeQR from 'qr/decode.js';
import { describe, expect, it } from 'vitest';
import { qrPath } from '../../../components/ui/qr-code.tsx';
import { newTotpSecret, totpUri } from '../../../lib/services/totp-code.ts';

/** The picture that a path paints, four pixels a module. */
function painted({ side, path }: { side: number; path: string }) {
  const [scale, width] = [4, side * 4];
  const data = new Uint8Array(width * width * 4).fill(255);
  for (const [, x, y] of path.matchAll(/M(\d+) (\d+)h1v1h-1z/g))
    for (let down = 0; down < scale; down++)
      for (let right = 0; right < scale; right++) {
        const at = ((Number(y) * scale + down) * width + Number(x) * scale + right) * 4;
        data.fill(0, at, at + 3);
      }
  return { width, height: width, data };
}

describe('a QR code', () => {
  it('says what it was made of, for addresses of any length', () => {
    for (const account of [
      'a@b.co',
      'somebody.with.a.long.name+and-a-tag@department.example.com',
      'žofie@example.com',
    ]) {
      const uri = totpUri(newTotpSecret(), account);
      expect(decodeQR(painted(qrPath(uri)))).toBe(uri);
    }
  });

  it('keeps the light margin of four modules that scanners need', () => {
    const { side, path } = qrPath('otpauth://totp/x');
    const places = [...path.matchAll(/M(\d+) (\d+)h1/g)].flatMap(([, x, y]) => [Number(x), Number(y)]);
    expect(Math.min(...places)).toBe(4);
    expect(Math.max(...places)).toBe(side - 5);
  });
});
