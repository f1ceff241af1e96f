'use client';

import { Command } from 'cmdk';
import { useMemo, useRef } from 'react';
import { cn } from '@/components/ui/cn';
import { floatStyle, itemStyle } from '@/components/ui/menu';
import { Popover, PopoverAnchor, PopoverContent } from '@/components/ui/popover';
import type { Document } from '@/lib/core/document';
import type { Place } from './edits';
import { PieceIcon } from './piece-icon';
import { isPrepared, type PaletteGroup, type PaletteItem, rank, refusal } from './pieces';
import { useEditorStore } from './store';
import { usePaletteGroups } from './use-palette';

export interface Offer {
  place: Place;
  anchor: DOMRect;
}

const NODES = { title: 'Add a node', find: 'Find a node', nothing: 'No node is called that.' };
const TEMPLATES = { title: 'Choose a template', find: 'Find a template', nothing: 'No template is called that.' };

/** The palette as a list at the place where the node will go. */
export function AddPopover({
  offer,
  onlyPrepared = false,
  onClose,
  onAdd,
}: {
  offer: Offer | null;
  /** Presets and templates alone. */
  onlyPrepared?: boolean;
  onClose: () => void;
  onAdd: (item: PaletteItem, place: Place) => void;
}) {
  const store = useEditorStore();
  const all = usePaletteGroups();
  const groups = useMemo(
    () => (offer ? offered(onlyPrepared ? prepared(all) : all, offer.place, store.getState().document) : []),
    [all, offer, onlyPrepared, store],
  );
  const items = useMemo(() => new Map(groups.flatMap((group) => group.items.map((item) => [item.id, item]))), [groups]);
  const words = onlyPrepared ? TEMPLATES : NODES;
  const anchor = useRef({ getBoundingClientRect: () => new DOMRect() });
  if (offer) anchor.current = { getBoundingClientRect: () => offer.anchor };
  return (
    <Popover open={offer !== null} onOpenChange={(open) => !open && onClose()}>
      <PopoverAnchor virtualRef={anchor} />
      <PopoverContent
        side={onlyPrepared ? 'bottom' : 'right'}
        align="start"
        className={cn(floatStyle, 'w-72 overflow-hidden p-0')}
        aria-label={words.title}
      >
        {offer ? (
          <Command label={words.title} loop filter={(id, query) => rank(items.get(id)!, query)}>
            <Command.Input
              placeholder={words.find}
              className="h-10 w-full border-line border-b bg-transparent px-3 text-base outline-none"
            />
            <Command.List className={cn('scroll-thin overflow-y-auto p-1', onlyPrepared ? 'max-h-56' : 'max-h-80')}>
              <Command.Empty className="px-2 py-4 text-center text-faint text-sm">{words.nothing}</Command.Empty>
              {groups.map((group) => (
                <Command.Group
                  key={group.heading}
                  heading={group.heading}
                  className="[&_[cmdk-group-heading]]:px-2 [&_[cmdk-group-heading]]:pt-2 [&_[cmdk-group-heading]]:pb-1 [&_[cmdk-group-heading]]:font-medium [&_[cmdk-group-heading]]:text-faint [&_[cmdk-group-heading]]:text-xs"
                >
                  {group.reason ? <p className="px-2 pb-1 text-faint text-xs">{group.reason}</p> : null}
                  {group.items.map((item) => (
                    <Command.Item
                      key={item.id}
                      value={item.id}
                      disabled={group.reason !== null}
                      onSelect={() => onAdd(item, offer.place)}
                      className={itemStyle}
                    >
                      <PieceIcon item={item} />
                      <span className="min-w-0 flex-1 truncate">{item.title}</span>
                    </Command.Item>
                  ))}
                </Command.Group>
              ))}
            </Command.List>
          </Command>
        ) : null}
      </PopoverContent>
    </Popover>
  );
}

const prepared = (groups: readonly PaletteGroup[]): PaletteGroup[] =>
  groups.map((group) => ({ ...group, items: group.items.filter(isPrepared) })).filter(({ items }) => items.length > 0);

/** The groups for a place: what cannot go there stands last, with the reason. */
function offered(groups: readonly PaletteGroup[], place: Place, document: Document) {
  return groups
    .map(({ title, section, items }) => ({
      heading: section ? `${title} · ${section}` : title,
      items,
      reason: items[0] ? refusal(items[0], document, place) : null,
    }))
    .sort((a, b) => Number(a.reason !== null) - Number(b.reason !== null));
}
