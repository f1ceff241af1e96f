import { coverUrl } from '@/lib/core/prefix-cover';

const TAG = /\{\{.*?\}\}|\{%.*?%\}|\{#.*?#\}|\[\[.*?\]\]/g;

/**
 * Why an integration's credentials will not go to a URL that is still a template, as far as that can be told before it is
 * rendered; null when they will or when the rendered URL decides.
 */
export function prefixCover(url: string, { name, prefix }: { name: string; prefix: string | null }): string | null {
  if (!prefix || !/^https?:\/\/[^/?#{}[\]]+(?:[/?#]|$)/i.test(url.trim())) return null;
  const cover = coverUrl(url.trim().replaceAll(TAG, 'x'), prefix);
  return cover.ok ? null : `${name} does not reach this URL: ${cover.reason}.`;
}
