import dns from 'node:dns/promises';
import { addressRules } from './addresses.ts';
import type { EgressRules } from './types.ts';

const PATIENCE_MS = 1500;

/**
 * The host and port of a URL that may be reached only because the operator opened it (EGRESS_ALLOW): private and local
 * addresses, names that mean them, and ports that are not the web's. Null for any other destination, also one that may not
 * be reached at all or whose name cannot be resolved in time. What is dialled is judged anew by every request.
 * @param resolve the addresses of a name; by the system when not given
 */
export async function openedOnly(
  url: string,
  rules: EgressRules,
  resolve: (hostname: string) => Promise<string[]> = resolved,
): Promise<string | null> {
  if (rules.allow.length === 0 || !URL.canParse(url)) return null;
  const { hostname: written, port: given, protocol } = new URL(url);
  const hostname = written.replace(/^\[|\]$/g, '');
  const port = Number(given) || (protocol === 'https:' ? 443 : 80);
  const opened = addressRules(rules);
  const usual = addressRules({ ...rules, allow: [] });
  if (opened.refuseHost(hostname, port) !== null) return null;
  const named = written.startsWith('[') ? written : hostname;
  const told = `${named}:${port}`;
  if (usual.refuseHost(hostname, port) !== null) return told;
  const addresses = rules.proxy ? [] : await resolve(hostname);
  const isOpened = (address: string) =>
    usual.refuseAddress(address, hostname, port) !== null && opened.refuseAddress(address, hostname, port) === null;
  return addresses.some(isOpened) ? told : null;
}

async function resolved(hostname: string): Promise<string[]> {
  const late = new Promise<string[]>((resolve) => setTimeout(() => resolve([]), PATIENCE_MS).unref());
  const found = dns.lookup(hostname, { all: true }).then(
    (all) => all.map(({ address }) => address),
    () => [],
  );
  return Promise.race([found, late]);
}
