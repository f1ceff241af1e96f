'use client';

import { Check, ChevronsUpDown, Plus } from 'lucide-react';
import Link from 'next/link';
import { useState } from 'react';
import { Menu, MenuContent, MenuItem, MenuLabel, MenuSeparator, MenuTrigger } from '@/components/ui/menu';
import { NewProjectDialog } from './new-project-dialog';
import { useProject } from './project-context';

/** The name of the project in the top row; opens the list of the user's projects. */
export function ProjectSwitcher({ projects }: { projects: readonly { id: string; name: string }[] }) {
  const project = useProject();
  const [creating, setCreating] = useState(false);
  return (
    <>
      <Menu>
        <MenuTrigger asChild>
          <button
            type="button"
            aria-label={`Project ${project.name}, switch`}
            className="flex h-8 min-w-0 max-w-56 items-center gap-1.5 rounded-md px-2 font-medium hover:bg-hover data-[state=open]:bg-hover"
          >
            <span className="truncate">{project.name}</span>
            <ChevronsUpDown className="text-faint" aria-hidden />
          </button>
        </MenuTrigger>
        <MenuContent align="start" className="min-w-56">
          <MenuLabel>Projects</MenuLabel>
          {projects.map(({ id, name }) => (
            <MenuItem key={id} asChild>
              <Link href={`/p/${id}/campaigns/scenarios`}>
                <span className="min-w-0 flex-1 truncate">{name}</span>
                {id === project.id ? <Check className="text-accent" aria-label="current" /> : null}
              </Link>
            </MenuItem>
          ))}
          {project.can.administer ? (
            <>
              <MenuSeparator />
              <MenuItem icon={<Plus aria-hidden />} onSelect={() => setCreating(true)}>
                New project
              </MenuItem>
            </>
          ) : null}
        </MenuContent>
      </Menu>
      <NewProjectDialog open={creating} onOpenChange={setCreating} />
    </>
  );
}
