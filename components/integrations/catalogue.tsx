'use client';

import { SearchX } from 'lucide-react';
import Link from 'next/link';
import { useState } from 'react';
import { Crumbs } from '@/components/shell/crumbs';
import { useProject } from '@/components/shell/project-context';
import { cn } from '@/components/ui/cn';
import { EmptyState } from '@/components/ui/empty-state';
import { SearchInput } from '@/components/ui/input';
import { Page, PageHeader } from '@/components/ui/page-header';
import { ENTRIES, type Entry, TAGS, type Tag } from './catalogue-entries';

/** What can be added: tags at the left, cards at the right. */
export function Catalogue() {
  const { id: project } = useProject();
  const [tag, setTag] = useState<Tag | null>(null);
  const [query, setQuery] = useState('');
  const wanted = query.trim().toLowerCase();
  const found = ENTRIES.filter(
    (entry) =>
      (tag === null || entry.tags.includes(tag)) &&
      `${entry.title} ${entry.summary} ${entry.aliases} ${entry.tags.join(' ')}`.toLowerCase().includes(wanted),
  );
  return (
    <Page>
      <Crumbs
        items={[
          { label: 'Data & Assets' },
          { label: 'Integrations', href: `/p/${project}/data/integrations` },
          { label: 'Add new integration' },
        ]}
      />
      <PageHeader title="Add new integration" />
      <div className="grid grid-cols-[184px_minmax(0,1fr)] gap-6">
        <div className="flex flex-col gap-4">
          <SearchInput
            value={query}
            onChange={setQuery}
            label="Search the catalogue"
            placeholder="Search"
            className="w-full"
            autoFocus
          />
          <nav aria-label="Tags" className="flex flex-col gap-0.5">
            <TagButton label="All" count={ENTRIES.length} isChosen={tag === null} onChoose={() => setTag(null)} />
            {TAGS.map((each) => (
              <TagButton
                key={each}
                label={each}
                count={ENTRIES.filter((entry) => entry.tags.includes(each)).length}
                isChosen={tag === each}
                onChoose={() => setTag(each)}
              />
            ))}
          </nav>
        </div>
        {found.length > 0 ? (
          <ul className="grid grid-cols-[repeat(auto-fill,minmax(280px,1fr))] content-start gap-3">
            {found.map((entry) => (
              <EntryCard key={entry.title} entry={entry} project={project} />
            ))}
          </ul>
        ) : (
          <EmptyState icon={<SearchX aria-hidden />} title="Nothing found">
            Nothing in the catalogue matches “{query}”. HTTP Authentication Schemas fits most services: it sends any
            header.
          </EmptyState>
        )}
      </div>
    </Page>
  );
}

interface TagButtonProps {
  label: string;
  count: number;
  isChosen: boolean;
  onChoose: () => void;
}

function TagButton({ label, count, isChosen, onChoose }: TagButtonProps) {
  return (
    <button
      type="button"
      aria-pressed={isChosen}
      onClick={onChoose}
      className={cn(
        'flex h-8 items-center justify-between rounded-md px-2 text-left hover:bg-hover',
        isChosen ? 'font-medium text-accent' : 'text-muted',
      )}
    >
      {label}
      <span className="font-normal text-faint text-xs tabular-nums">{count}</span>
    </button>
  );
}

function EntryCard({ entry, project }: { entry: Entry; project: string }) {
  const Icon = entry.icon;
  return (
    <li className="relative flex gap-3 rounded-lg border border-line bg-panel p-4 has-[a:hover]:border-line-strong">
      <span className="grid size-8 shrink-0 place-items-center rounded-md bg-hover text-muted">
        <Icon aria-hidden />
      </span>
      <div className="min-w-0">
        <Link
          href={`/p/${project}/data/integrations/${entry.path}`}
          className="font-medium after:absolute after:inset-0 after:rounded-lg"
        >
          {entry.title}
        </Link>
        <p className="mt-0.5 text-muted text-sm">{entry.summary}</p>
        <p className="mt-2 text-faint text-xs">{entry.tags.join(' · ')}</p>
      </div>
    </li>
  );
}
