'use client';

import Link from 'next/link';
import { useProject } from '@/components/shell/project-context';
import { Badge } from '@/components/ui/badge';
import { Button } from '@/components/ui/button';
import { Popover, PopoverContent, PopoverTrigger } from '@/components/ui/popover';
import type { Integration } from './integration-state';

type Use = Integration['uses'][number];

/** Where an integration is used, as a count that opens the list. */
export function Uses({ uses }: { uses: readonly Use[] }) {
  if (uses.length === 0) return <span className="text-faint">Not used</span>;
  return (
    <Popover>
      <PopoverTrigger asChild>
        <Button size="sm" variant="ghost" className="-mx-2">
          {countOf(uses)}
        </Button>
      </PopoverTrigger>
      <PopoverContent>
        <UseList uses={uses} />
      </PopoverContent>
    </Popover>
  );
}

export function UseList({ uses }: { uses: readonly Use[] }) {
  const project = useProject();
  return (
    <ul className="flex flex-col gap-1.5">
      {uses.map((use) => (
        <li key={use.id} className="flex min-w-0 items-center justify-between gap-3">
          <Link
            href={
              use.kind === 'scenario'
                ? `/p/${project.id}/campaigns/scenarios/${use.id}`
                : `/p/${project.id}/data/integrations/presets/${use.id}`
            }
            className="truncate hover:underline"
          >
            {use.name}
          </Link>
          {use.isRunning ? (
            <Badge tone="success">Running</Badge>
          ) : (
            <Badge className="capitalize">{use.kind === 'preset' ? 'Preset' : use.status}</Badge>
          )}
        </li>
      ))}
    </ul>
  );
}

function countOf(uses: readonly Use[]): string {
  const scenarios = uses.filter(({ kind }) => kind === 'scenario').length;
  const presets = uses.length - scenarios;
  return [plural(scenarios, 'scenario'), plural(presets, 'preset')].filter(Boolean).join(', ');
}

const plural = (count: number, word: string) => (count === 0 ? '' : `${count} ${word}${count === 1 ? '' : 's'}`);
