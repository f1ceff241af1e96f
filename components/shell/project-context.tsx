'use client';

import { createContext, type ReactNode, useContext } from 'react';
import { TimeZoneProvider } from '@/components/ui/relative-time';
import type { Capability, Role } from '@/lib/services';

export interface ShellProject {
  id: string;
  name: string;
  timeZone: string;
  role: Role;
  /** What the role may do; screens leave out what would be refused. */
  can: Record<Capability, boolean>;
}

const ProjectContext = createContext<ShellProject | null>(null);

export function ProjectProvider({ project, children }: { project: ShellProject; children: ReactNode }) {
  return (
    <ProjectContext value={project}>
      <TimeZoneProvider zone={project.timeZone}>{children}</TimeZoneProvider>
    </ProjectContext>
  );
}

/** The project of the page. */
export function useProject(): ShellProject {
  const project = useContext(ProjectContext);
  if (!project) throw new Error('useProject stands outside of a project page.');
  return project;
}
