import {
  FileBadge2,
  KeyRound,
  type LucideIcon,
  Mail,
  ShieldCheck,
  Signature,
  TicketCheck,
  Webhook,
} from 'lucide-react';
import type { IntegrationKind } from '@/lib/core/integration';

export type Tag = 'Authentication' | 'Webhooks';
export const TAGS: readonly Tag[] = ['Authentication', 'Webhooks'];

export interface Entry {
  /** Null is the webhook preset, which has an editor of its own. */
  kind: IntegrationKind | null;
  tag: Tag;
  title: string;
  icon: LucideIcon;
  /** What it is for, on its card. */
  summary: string;
  /** Other words that people look for. */
  aliases: string;
}

/** What "Add new integration" offers, in the order of its cards. */
export const ENTRIES: readonly Entry[] = [
  {
    kind: 'http',
    tag: 'Authentication',
    title: 'HTTP Authentication Schemas',
    icon: ShieldCheck,
    summary: 'A user name and password, or headers of your own such as a Bearer token.',
    aliases: 'basic bearer authorization header proxy-authorization token password',
  },
  {
    kind: 'responsys',
    tag: 'Authentication',
    title: 'Responsys',
    icon: Mail,
    summary: 'Logs in to Oracle Responsys, renews its token before three hours are over, and finds the right endpoint.',
    aliases: 'oracle email campaign management login token',
  },
  {
    kind: 'oauth2',
    tag: 'Authentication',
    title: 'OAuth 2.0 client credentials',
    icon: TicketCheck,
    summary: 'Fetches an access token with a client ID and secret, and a new one before it ends.',
    aliases: 'oauth2 client id secret bearer jwt machine to machine',
  },
  {
    kind: 'api-key',
    tag: 'Authentication',
    title: 'API key in the URL',
    icon: KeyRound,
    summary: 'Adds a key to the query of each request, for services that want it there.',
    aliases: 'query parameter token apikey',
  },
  {
    kind: 'signature',
    tag: 'Authentication',
    title: 'Webhook signature',
    icon: Signature,
    summary: 'Signs each request by Standard Webhooks, so that the receiver knows it came from you.',
    aliases: 'hmac sha256 standard webhooks svix signing secret whsec',
  },
  {
    kind: 'certificate',
    tag: 'Authentication',
    title: 'Client certificate',
    icon: FileBadge2,
    summary: 'Shows a certificate of yours when the connection is made (mutual TLS).',
    aliases: 'mtls tls x509 pem key',
  },
  {
    kind: null,
    tag: 'Webhooks',
    title: 'Webhook preset',
    icon: Webhook,
    summary: 'A webhook that you prepare once. Others use it in their scenarios and fill in its parameters.',
    aliases: 'template reusable widget',
  },
];

export function entryOf(kind: IntegrationKind): Entry {
  return ENTRIES.find((entry) => entry.kind === kind)!;
}
