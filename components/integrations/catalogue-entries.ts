import {
  Braces,
  FileBadge2,
  KeyRound,
  LifeBuoy,
  type LucideIcon,
  Mail,
  Megaphone,
  MessageSquareText,
  ShieldCheck,
  Signature,
  TicketCheck,
  Users,
  Webhook,
  Workflow,
} from 'lucide-react';
import { GALLERY, type GalleryTag } from '@/lib/core/gallery';
import type { IntegrationKind } from '@/lib/core/integration';

export type Tag = 'Authentication' | 'Webhooks' | GalleryTag;
export const TAGS: readonly Tag[] = [
  'Authentication',
  'Webhooks',
  'Messaging',
  'E-mail',
  'Support',
  'CRM',
  'Advertising',
  'Automation',
  'Generic',
];

export interface Entry {
  /** Where it is made, below the page of the integrations. */
  path: string;
  tags: readonly Tag[];
  title: string;
  icon: LucideIcon;
  /** What it is for, on its card. */
  summary: string;
  /** Other words that people look for. */
  aliases: string;
}

interface KindEntry extends Entry {
  kind: IntegrationKind;
}

const authentication = (entry: Omit<KindEntry, 'path' | 'tags'>): KindEntry => ({
  ...entry,
  path: `new?kind=${entry.kind}`,
  tags: ['Authentication'],
});

const KINDS: readonly KindEntry[] = [
  authentication({
    kind: 'http',
    title: 'HTTP Authentication Schemas',
    icon: ShieldCheck,
    summary: 'A user name and password, or headers of your own such as a Bearer token.',
    aliases: 'basic bearer authorization header proxy-authorization token password',
  }),
  authentication({
    kind: 'responsys',
    title: 'Responsys',
    icon: Mail,
    summary: 'Logs in to Oracle Responsys, renews its token before three hours are over, and finds the right endpoint.',
    aliases: 'oracle email campaign management login token',
  }),
  authentication({
    kind: 'oauth2',
    title: 'OAuth 2.0 client credentials',
    icon: TicketCheck,
    summary: 'Fetches an access token with a client ID and secret, and a new one before it ends.',
    aliases: 'oauth2 client id secret bearer jwt machine to machine',
  }),
  authentication({
    kind: 'api-key',
    title: 'API key in the URL',
    icon: KeyRound,
    summary: 'Adds a key to the query of each request, for services that want it there.',
    aliases: 'query parameter token apikey',
  }),
  authentication({
    kind: 'signature',
    title: 'Webhook signature',
    icon: Signature,
    summary: 'Signs each request by Standard Webhooks, so that the receiver knows it came from you.',
    aliases: 'hmac sha256 standard webhooks svix signing secret whsec',
  }),
  authentication({
    kind: 'certificate',
    title: 'Client certificate',
    icon: FileBadge2,
    summary: 'Shows a certificate of yours when the connection is made (mutual TLS).',
    aliases: 'mtls tls x509 pem key',
  }),
];

const PRESET: Entry = {
  path: 'presets/new',
  tags: ['Webhooks'],
  title: 'Webhook preset',
  icon: Webhook,
  summary: 'A webhook that you prepare once. Others use it in their scenarios and fill in its parameters.',
  aliases: 'template reusable widget',
};

const ICONS: Record<GalleryTag, LucideIcon> = {
  Messaging: MessageSquareText,
  'E-mail': Mail,
  Support: LifeBuoy,
  CRM: Users,
  Advertising: Megaphone,
  Automation: Workflow,
  Generic: Braces,
};

const TEMPLATES: readonly Entry[] = GALLERY.map(({ id, name, about, tags }) => ({
  path: `presets/new?template=${id}`,
  tags: ['Webhooks', ...tags],
  title: name,
  icon: ICONS[tags[0]!],
  summary: about,
  aliases: 'webhook template preset',
}));

/** What "Add new integration" offers, in the order of its cards. */
export const ENTRIES: readonly Entry[] = [...KINDS, PRESET, ...TEMPLATES];

/** How a kind of authentication is called and drawn. */
export function entryOf(kind: IntegrationKind): Entry {
  return KINDS.find((entry) => entry.kind === kind)!;
}
