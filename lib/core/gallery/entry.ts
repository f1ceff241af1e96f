import type { WebhookSettings } from '../webhook.ts';

/** Shown as filters of the catalogue. */
export type GalleryTag = 'Messaging' | 'Support' | 'CRM' | 'Advertising' | 'E-mail' | 'Automation' | 'Generic';

/** A built-in webhook template, written from the platform's public API. */
export interface GalleryEntry {
  id: string;
  name: string;
  /** One sentence: what a customer gets. */
  about: string;
  tags: GalleryTag[];
  settings: Partial<WebhookSettings>;
  /** What the template declares as `[[ name ]]`, explained to the person who fills it in. */
  parameters: { name: string; about: string }[];
  /** The properties of a customer that it reads. */
  properties: string[];
  /** The integration that it needs, in words; null when the URL itself is the credential or none is needed. */
  authentication: { kind: 'basic' | 'bearer' | 'header'; prefix: string; about: string } | null;
  /** The platform's own pages. */
  links: { label: string; url: string }[];
}

/** A header of the document. */
export const header = (name: string, value: string) => ({ name, value, secretId: null });
