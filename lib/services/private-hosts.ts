import { env } from '../env.ts';
import { egressRules, openedOnly } from '../transport/index.ts';

/**
 * The hosts of these URLs that may be reached only because the operator opened them, e.g. "10.0.0.5:8080". Whoever reads
 * the audit log, or presses Start, sees what goes into the inner network.
 */
export async function privateHosts(urls: readonly string[]): Promise<string[]> {
  const rules = egressRules(env());
  const found = await Promise.all([...new Set(urls)].map((url) => openedOnly(url, rules)));
  return [...new Set(found.filter((host) => host !== null))].sort();
}

/** What an entry of the audit log says of them: nothing when there are none. */
export async function privateNote(urls: readonly string[]): Promise<{ privateHosts?: string[] }> {
  const hosts = await privateHosts(urls);
  return hosts.length > 0 ? { privateHosts: hosts } : {};
}
