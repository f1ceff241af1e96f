import { headers } from 'next/headers';

/** A path of ours out of a query, or `/`: never an address that leads elsewhere. */
export function ownPath(given: string | undefined): string {
  return given && /^\/(?![/\\])[^\\\s]*$/.test(given) ? given : '/';
}

/** The sign-in page, which leads back to the page of this request. */
export async function signInPath(): Promise<string> {
  const path = (await headers()).get('x-path');
  return path ? `/sign-in?then=${encodeURIComponent(path)}` : '/sign-in';
}
