'use client';

import { ChevronRight } from 'lucide-react';
import { useState } from 'react';
import { cn } from '@/components/ui/cn';
import { SearchInput } from '@/components/ui/input';
import { Tooltip } from '@/components/ui/tooltip';
import { PieceIcon } from './piece-icon';
import { isFound, type PaletteGroup, type PaletteItem, PIECE_TYPE, refusal } from './pieces';
import { useEditor } from './store';
import { usePaletteGroups } from './use-palette';

/** The nodes that can be added: dragged to the canvas, or put at the next free place by a click or Enter. */
export function Palette({ onAdd }: { onAdd: (item: PaletteItem) => void }) {
  const [query, setQuery] = useState('');
  const all = usePaletteGroups();
  const isSearching = query.trim() !== '';
  const groups = all
    .map((group) => ({ ...group, items: group.items.filter((item) => !isSearching || isFound(item, query)) }))
    .filter(({ items }) => items.length > 0);
  return (
    <nav aria-label="Nodes" className="flex w-[52px] shrink-0 flex-col border-line border-r bg-panel xl:w-[220px]">
      <div className="p-3 max-xl:hidden">
        <SearchInput value={query} onChange={setQuery} label="Find a node" className="w-full" />
      </div>
      <div className="scroll-thin min-h-0 flex-1 overflow-y-auto px-2 pb-3 max-xl:pt-2">
        {groups.length === 0 ? (
          <p className="px-2 py-4 text-center text-faint text-sm">No node is called that.</p>
        ) : null}
        {groups.map((group, index) => (
          <Group
            key={`${group.family} ${group.section}`}
            group={group}
            before={groups[index - 1]}
            isSearching={isSearching}
            onAdd={onAdd}
          />
        ))}
      </div>
    </nav>
  );
}

function Group({
  group,
  before,
  isSearching,
  onAdd,
}: {
  group: PaletteGroup;
  before: PaletteGroup | undefined;
  isSearching: boolean;
  onAdd: (item: PaletteItem) => void;
}) {
  const [isUnfolded, setUnfolded] = useState(false);
  const isFirst = before?.family !== group.family;
  const isOpen = !group.isFolded || isUnfolded || isSearching;
  return (
    <section
      aria-label={group.section ? `${group.title}, ${group.section}` : group.title}
      className={cn(group.isFolded && 'max-xl:hidden')}
    >
      {isFirst ? <h2 className="px-2 pt-2 pb-1 font-medium text-muted text-xs max-xl:sr-only">{group.title}</h2> : null}
      {isFirst && before ? <div aria-hidden className="mx-1 my-1.5 h-px bg-line xl:hidden" /> : null}
      {group.isFolded && !isSearching ? (
        <button
          type="button"
          aria-expanded={isOpen}
          onClick={() => setUnfolded(!isUnfolded)}
          className="mt-1 flex h-7 w-full items-center gap-1 rounded-md px-1 text-faint text-xs hover:bg-hover hover:text-ink"
        >
          <ChevronRight aria-hidden className={cn('size-3.5 transition-transform', isOpen && 'rotate-90')} />
          {group.section}
          <span className="ml-auto pr-1 tabular-nums">{group.items.length}</span>
        </button>
      ) : group.section ? (
        <h3 className="px-2 pt-1.5 pb-1 text-faint text-xs max-xl:sr-only">{group.section}</h3>
      ) : null}
      {isOpen ? (
        <ul>
          {group.items.map((item) => (
            <li key={item.id}>
              <Item item={item} onAdd={onAdd} />
            </li>
          ))}
        </ul>
      ) : null}
    </section>
  );
}

function Item({ item, onAdd }: { item: PaletteItem; onAdd: (item: PaletteItem) => void }) {
  const reason = useEditor(({ document }) => refusal(item, document, { at: 'anywhere', selected: null }));
  return (
    <Tooltip side="right" content={reason ?? item.about}>
      <button
        type="button"
        aria-label={item.title}
        aria-disabled={reason !== null || undefined}
        draggable={reason === null}
        onDragStart={(event) => {
          event.dataTransfer.setData(PIECE_TYPE, item.id);
          event.dataTransfer.effectAllowed = 'copy';
        }}
        // The second click of a double click adds nothing more.
        onClick={(event) => reason === null && event.detail < 2 && onAdd(item)}
        className="flex h-8 w-full cursor-grab! select-none items-center gap-2 rounded-md px-1.5 text-left hover:bg-hover active:cursor-grabbing! aria-disabled:opacity-50 max-xl:justify-center"
      >
        <PieceIcon item={item} />
        <span className="truncate max-xl:sr-only">{item.title}</span>
      </button>
    </Tooltip>
  );
}
