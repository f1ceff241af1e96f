import os from 'node:os';
import ipaddr from 'ipaddr.js';
import type { EgressRules } from './types.ts';

/**
 * Which addresses a webhook may reach: public unicast ones on the web's ports, and what the operator opened. Everything
 * that can mean this machine, its network or a cloud's metadata service is refused, in whatever notation it is written.
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
  '100::/64',
  '2002::/16',
  '2001::/23',
  '2001:db8::/32',
  '3fff::/20',
  '5f00::/16',
  'fec0::/10',
  '168.63.129.16/32',
  '192.0.0.0/24',
  '192.88.99.0/24',
  '198.18.0.0/15',
].map((cidr) => ipaddr.parseCIDR(cidr) as Range);

/** Names that by definition mean this machine or this network (RFC 6761, RFC 6762, RFC 8375), and metadata services. */
const INNER_NAMES = /(^|\.)(localhost|localdomain|local|internal|intranet|lan|home\.arpa)$/;

const WEB_PORTS = new Set([80, 443]);

export function addressRules(rules: EgressRules): AddressRules {
  const opened = openings(rules.allow);
  const own = new Set(rules.own?.map((host) => host.toLowerCase()));
  const mine = new Set(rules.machine ?? machineAddresses());

  const refusePort = (hostname: string, port: number) =>
    WEB_PORTS.has(port) || opened.port(port)
      ? null
      : `${hostname}: port ${port} is not a web port; an operator can open it with EGRESS_ALLOW (for example ${hostname}:${port})`;

  const refuseAddress = (address: string, hostname: string, port: number): string | null => {
    if (opened.host(hostname, port)) return null;
    if (!ipaddr.isValid(address)) return `${hostname} has an address that cannot be understood`;
    const parsed = ipaddr.process(address);
    if (opened.address(parsed)) return null;
    if (parsed.range() !== 'unicast' || ALSO_REFUSED.some((range) => inside(parsed, range)))
      return `${hostname} is or resolves to an address that webhooks may not reach (private, local or reserved); an operator can open it with EGRESS_ALLOW`;
    if (mine.has(parsed.toString()))
      return `${hostname} is the machine that Hookline runs on, which webhooks may not reach`;
    return refusePort(hostname, port);
  };

  return {
    refuseAddress,
    refuseHost(written, port) {
      const hostname = written.replace(/\.$/, '');
      if (opened.host(hostname, port)) return null;
      if (own.has(`${hostname}:${port}`)) return `${hostname} is Hookline itself, which webhooks may not call`;
      if (ipaddr.isValid(hostname)) return refuseAddress(hostname, hostname, port);
      if (INNER_NAMES.test(hostname))
        return `${hostname} is a name inside this network, which webhooks may not reach; an operator can open it with EGRESS_ALLOW`;
      // Where ranges are open the port is judged with the address.
      return opened.hasRanges ? null : refusePort(hostname, port);
    },
  };
}

/** What the operator opened: ranges (all ports), hosts (all ports), host:port, and `*:port` for any public host. */
function openings(allow: readonly string[]) {
  const ranges: Range[] = [];
  const hosts = new Set<string>();
  const ports = new Set<number>();
  for (const entry of allow) {
    const anywhere = /^\*:(\d+)$/.exec(entry)?.[1];
    if (anywhere) ports.add(Number(anywhere));
    else if (ipaddr.isValidCIDR(entry)) ranges.push(ipaddr.parseCIDR(entry) as Range);
    else hosts.add(entry.toLowerCase());
  }
  return {
    hasRanges: ranges.length > 0,
    port: (port: number) => ports.has(port),
    host: (name: string, port: number) =>
      hosts.has(name) || hosts.has(`${name}:${port}`) || hosts.has(`[${name}]:${port}`) || hosts.has(`[${name}]`),
    address: (address: ipaddr.IPv4 | ipaddr.IPv6) => ranges.some((range) => inside(address, range)),
  };
}

/** The addresses under which this machine may be reached from outside. */
function machineAddresses(): string[] {
  return Object.values(os.networkInterfaces()).flatMap((addresses) =>
    (addresses ?? []).map(({ address }) => ipaddr.process(address).toString()),
  );
}

const inside = (address: ipaddr.IPv4 | ipaddr.IPv6, [base, bits]: Range): boolean =>
  address.kind() === base.kind() && address.match(base, bits);
