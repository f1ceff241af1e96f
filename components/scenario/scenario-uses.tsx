'use client';

import Link from 'next/link';
import { useProject } from '@/components/shell/project-context';
import { Badge } from '@/components/ui/badge';
import { Button } from '@/components/ui/button';
import { Popover, PopoverContent, PopoverTrigger } from '@/components/ui/popover';

interface Use {
  scenarioId: string;
  name: string;
  isRunning: boolean;
}

/** The scenarios that use something of the project, as a number that opens their list. */
export function ScenarioUses({ uses }: { uses: readonly Use[] }) {
  const project = useProject();
  if (uses.length === 0) return <span className="text-faint">nothing</span>;
  return (
    <Popover>
      <PopoverTrigger asChild>
        <Button size="sm" variant="ghost" className="-ml-2">
          {uses.length === 1 ? '1 scenario' : `${uses.length} scenarios`}
        </Button>
      </PopoverTrigger>
      <PopoverContent>
        <ul className="flex flex-col gap-1.5">
          {uses.map((use) => (
            <li key={use.scenarioId} className="flex items-center justify-between gap-3">
              <Link
                href={`/p/${project.id}/campaigns/scenarios/${use.scenarioId}`}
                className="truncate hover:underline"
              >
                {use.name}
              </Link>
              {use.isRunning ? <Badge tone="success">Active</Badge> : null}
            </li>
          ))}
        </ul>
      </PopoverContent>
    </Popover>
  );
}
