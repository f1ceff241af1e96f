import type { LucideIcon } from 'lucide-react';
import type { Document } from '@/lib/core/document';
import { MAX_NODES } from '@/lib/core/document';
import { GALLERY } from '@/lib/core/gallery';
import { type Family, KINDS, NODE_KINDS } from '@/lib/core/node-kinds';
import { type Piece, type Place, takesInput } from './edits';
import { FAMILIES, NODE_VIEWS } from './node-kinds';

/** One entry of the palette. */
export interface PaletteItem {
  id: string;
  title: string;
  about: string;
  family: Family;
  icon: LucideIcon;
  /** A small picture in place of the icon, as a data URL. */
  image?: string | null;
  piece: Piece;
  /** The piece is this preset, whose settings the server knows. */
  preset?: string;
  /** Words that people know it by elsewhere. */
  aliases: string;
}

export interface PaletteGroup {
  title: string;
  family: Family;
  /** A heading below the family's, such as "Other". */
  section: string | null;
  /** Shown on demand or when searched for: there are many, and few are needed. */
  isFolded?: boolean;
  items: PaletteItem[];
}

/** The kinds of nodes by family, those with a section of their own last. */
export function kindGroups(): PaletteGroup[] {
  return FAMILIES.flatMap(({ family, title }) => {
    const items = KINDS.filter((kind) => NODE_KINDS[kind].family === family).map((kind) => ({
      id: kind,
      title: NODE_KINDS[kind].title,
      about: NODE_KINDS[kind].about,
      family,
      icon: NODE_VIEWS[kind].icon,
      piece: { kind },
      aliases: NODE_VIEWS[kind].aliases,
      section: NODE_VIEWS[kind].section ?? null,
    }));
    const sections = [...new Set(items.map(({ section }) => section))].sort(
      (a, b) => Number(a !== null) - Number(b !== null),
    );
    return sections.map((section) => ({
      title,
      family,
      section,
      items: items.filter((item) => item.section === section),
    }));
  });
}

interface PresetName {
  id: string;
  name: string;
  description: string;
  icon: string | null;
}

/** The project's presets: webhooks that a developer has prepared. */
export function presetGroup(presets: readonly PresetName[]): PaletteGroup {
  return {
    title: 'Actions',
    family: 'action',
    section: 'Webhook presets',
    items: presets.map(({ id, name, description, icon }) => ({
      id: `preset:${id}`,
      title: name,
      about: description || 'A webhook that is prepared: fill in its parameters.',
      family: 'action',
      icon: NODE_VIEWS.webhook.icon,
      image: icon?.startsWith('data:image/') ? icon : null,
      piece: { kind: 'webhook', name },
      preset: id,
      aliases: 'webhook preset',
    })),
  };
}

/** The built-in templates: webhooks for well-known services, to be filled in. */
export function templateGroup(): PaletteGroup {
  return {
    title: 'Actions',
    family: 'action',
    section: 'Webhook templates',
    isFolded: true,
    items: GALLERY.map(({ id, name, about, settings, tags }) => ({
      id: `template:${id}`,
      title: name,
      about,
      family: 'action',
      icon: NODE_VIEWS.webhook.icon,
      piece: { kind: 'webhook', name, settings },
      aliases: `webhook template ${tags.join(' ')}`,
    })),
  };
}

/** Whether it is a webhook that is filled in already: a preset or a built-in template. */
export const isPrepared = ({ id, piece }: PaletteItem): boolean => id !== piece.kind;

/** Whether every word that was typed begins a word of the item's name, description or aliases. */
export function isFound(item: PaletteItem, query: string): boolean {
  const text = ` ${item.title} ${item.about} ${item.aliases}`.toLowerCase();
  return query
    .toLowerCase()
    .trim()
    .split(/\s+/)
    .every((word) => text.includes(` ${word}`) || item.title.toLowerCase().includes(word));
}

/** How well an item fits what was typed, 0 when not at all: for lists that show the best first. */
export function rank(item: PaletteItem, query: string): number {
  if (query.trim() === '') return 1;
  const [title, text] = [item.title.toLowerCase(), query.trim().toLowerCase()];
  if (title.startsWith(text)) return 1;
  return isFound(item, text) ? (title.includes(text) ? 0.8 : 0.4) : 0;
}

/** Why an item cannot go to a place, or null when it can. */
export function refusal(item: PaletteItem, document: Document, place: Place): string | null {
  if (document.nodes.length >= MAX_NODES) return `A scenario has at most ${MAX_NODES} nodes.`;
  const needsInput = place.at === 'port' || place.at === 'line' || place.at === 'edge';
  if (needsInput && !takesInput(item.piece.kind)) return 'A trigger stands at the beginning: nothing leads into it.';
  if (place.at === 'edge' && NODE_KINDS[item.piece.kind].ports.length === 0) return 'It has no output to go on from.';
  return null;
}

/** The type under which a palette item is dragged. */
export const PIECE_TYPE = 'application/x-hookline-piece';
