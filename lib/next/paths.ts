import { headers } from 'next/headers';

/** A path of ours out of a query, or `/`: never an address that leads elsewhere. */
export function ownPath(given: string | undefined): string {
  return given && /^\/(?![/\\])[^\\\s]*$/.test(given) ? given : '/';
}

/** An address of our own, given as a path or whole; else the first page: a sign-in must not be a springboard elsewhere. */
export function ownAddress(given: string, baseUrl: string): string {
  const address = URL.canParse(given, baseUrl) ? new URL(given, baseUrl) : null;
  return address && address.origin === new URL(baseUrl).origin ? address.href : baseUrl;
}

/** The sign-in page, which leads back to the page of this request. */
export async function signInPath(): Promise<string> {
  const path = (await headers()).get('x-path');
  return path ? `/sign-in?then=${encodeURIComponent(path)}` : '/sign-in';
}
