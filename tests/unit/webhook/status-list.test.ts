import { describe, expect, it } from 'vitest';
import { statusesOf, statusesText } from '@/components/webhook/status-list';

describe('statuses typed as a list', () => {
  it('are parted by commas, semicolons or spaces', () => {
    expect(statusesOf('400, 422;409 500')).toEqual([400, 409, 422, 500]);
  });

  it('stand once each, in order', () => {
    expect(statusesOf('422,400,422')).toEqual([400, 422]);
  });

  it('may be none', () => {
    expect(statusesOf(' ')).toEqual([]);
  });

  it.each(['200', '399', '600', '4xx', '-400', '400.5', '4e2', '400 Bad Request'])('are not %s', (text) => {
    expect(statusesOf(text)).toBeNull();
  });

  it('are twenty at most', () => {
    const many = (count: number) => Array.from({ length: count }, (_, i) => 400 + i).join();
    expect(statusesOf(many(20))).toHaveLength(20);
    expect(statusesOf(many(21))).toBeNull();
  });

  it('read back as they are shown', () => {
    expect(statusesOf(statusesText([400, 422]))).toEqual([400, 422]);
  });
});
