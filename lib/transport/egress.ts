import fs from 'node:fs';
import type { EgressRules } from './types.ts';

/**
 * The rules of the way out as the operator set them in the environment (lib/env.ts).
 * @throws Error when the file of further certificate authorities cannot be read
 */
export function egressRules(environment: {
  EGRESS_ALLOW: readonly string[];
  EGRESS_PROXY?: string | undefined;
  EGRESS_CA_FILE?: string | undefined;
  NEXTAUTH_URL?: string | undefined;
}): EgressRules {
  const { EGRESS_ALLOW: allow, EGRESS_PROXY: proxy, EGRESS_CA_FILE: file, NEXTAUTH_URL: own } = environment;
  return {
    allow,
    ...(own ? { own: [hostAndPort(new URL(own))] } : {}),
    ...(proxy ? { proxy } : {}),
    ...(file ? { extraCa: fs.readFileSync(file, 'utf8') } : {}),
  };
}

const hostAndPort = ({ hostname, port, protocol }: URL) =>
  `${hostname.replace(/^\[|\]$/g, '')}:${port || (protocol === 'https:' ? 443 : 80)}`;
