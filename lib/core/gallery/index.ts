import type { GalleryEntry } from './entry.ts';
import { GENERIC } from './generic.ts';
import { MESSAGING } from './messaging.ts';
import { SERVICES } from './services.ts';

export type { GalleryEntry, GalleryTag } from './entry.ts';

/** The built-in webhook templates, by name with the generic ones last. */
export const GALLERY: readonly GalleryEntry[] = [
  ...[...MESSAGING, ...SERVICES].sort((a, b) => (a.name < b.name ? -1 : 1)),
  ...GENERIC,
];
