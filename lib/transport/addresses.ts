import ipaddr from 'ipaddr.js';
import type { EgressRules } from './types.ts';

/**
 * Which addresses a webhook may reach: public unicast ones, and what the operator opened. Everything that can mean this
 * machine, its network or a cloud's metadata service is refused, in whatever notation it is written.
 */
export interface AddressRules {
  /** Why a host as written in the URL may not be dialled, or null. A name is judged by its addresses later, when resolved. */
  refuseHost(hostname: string, port: number): string | null;
  /** Why a resolved address may not be dialled for this host, or null. */
  refuseAddress(address: string, hostname: string, port: number): string | null;
}

type Range = [ipaddr.IPv4 | ipaddr.IPv6, number];

/** Private meanings that a plain "is it unicast" overlooks: IPv4 inside IPv6 (deprecated and translated), cloud services. */
const ALSO_REFUSED: Range[] = [
  '::/96',
  '::ffff:0:0:0/96',
  '64:ff9b::/96',
  '64:ff9b:1::/48',
  '2002::/16',
  '2001::/32',
  '168.63.129.16/32',
  '192.0.0.0/24',
  '198.18.0.0/15',
  'fec0::/10',
].map((cidr) => ipaddr.parseCIDR(cidr) as Range);

export function addressRules(rules: EgressRules): AddressRules {
  const cidrs: Range[] = [];
  const hosts = new Set<string>();
  for (const entry of rules.allow) {
    if (ipaddr.isValidCIDR(entry)) cidrs.push(ipaddr.parseCIDR(entry) as Range);
    else hosts.add(entry.toLowerCase());
  }
  const opened = (hostname: string, port: number) =>
    hosts.has(hostname) || hosts.has(`${hostname}:${port}`) || hosts.has(`[${hostname}]:${port}`);
  const refuseAddress = (address: string, hostname: string, port: number): string | null => {
    if (opened(hostname, port)) return null;
    const parsed = ipaddr.process(address);
    if (cidrs.some((range) => inside(parsed, range))) return null;
    if (parsed.range() !== 'unicast' || ALSO_REFUSED.some((range) => inside(parsed, range)))
      return `${hostname} is an address that webhooks may not reach (private, local or reserved); an operator can open it with EGRESS_ALLOW`;
    return null;
  };
  return {
    refuseAddress,
    refuseHost(hostname, port) {
      if (ipaddr.isValid(hostname)) return refuseAddress(hostname, hostname, port);
      if (opened(hostname, port)) return null;
      // Names that by definition mean this machine or this network (RFC 6761, RFC 6762, RFC 8375).
      if (/(^|\.)(localhost|local|internal|home\.arpa)\.?$/.test(hostname))
        return `${hostname} is a name inside this network, which webhooks may not reach; an operator can open it with EGRESS_ALLOW`;
      return null;
    },
  };
}

const inside = (address: ipaddr.IPv4 | ipaddr.IPv6, [base, bits]: Range): boolean =>
  address.kind() === base.kind() && address.match(base, bits);
