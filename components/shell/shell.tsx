'use client';

import { CircleHelp, Moon, Search, Sun } from 'lucide-react';
import { usePathname } from 'next/navigation';
import { useTheme } from 'next-themes';
import { type ReactNode, useEffect, useState } from 'react';
import { IconButton } from '@/components/ui/icon-button';
import { Kbd } from '@/components/ui/kbd';
import { CommandPalette } from './command-palette';
import { CommandsProvider } from './commands';
import { CrumbsSlot } from './crumbs';
import { findInProject } from './find';
import { Navigation } from './navigation';
import { ProjectProvider, type ShellProject } from './project-context';
import { ProjectSwitcher } from './project-switcher';
import { ShortcutsDialog } from './shortcuts-dialog';
import { type ShellUser, UserMenu } from './user-menu';

export interface ShellProps {
  project: ShellProject;
  projects: readonly { id: string; name: string }[];
  user: ShellUser;
  /** How the navigation was left. */
  collapsed: boolean;
  children: ReactNode;
}

const YEAR = 365 * 86_400;
const remember = (name: string, value: string) => {
  // biome-ignore lint/suspicious/noDocumentCookie: the server reads it when it renders the next page
  document.cookie = `${name}=${encodeURIComponent(value)}; path=/; max-age=${YEAR}; samesite=lax`;
};

/** What every page of a project stands in: navigation, top row, commands. */
export function Shell({ project, projects, user, collapsed, children }: ShellProps) {
  const [narrow, setNarrow] = useState(collapsed);
  const [slot, setSlot] = useState<HTMLElement | null>(null);
  const [open, setOpen] = useState<'commands' | 'shortcuts' | null>(null);
  useEffect(() => remember('hookline-project', project.id), [project.id]);
  useShellKeys(setOpen);
  return (
    <ProjectProvider project={project}>
      <CommandsProvider>
        <CrumbsSlot value={slot}>
          <a
            href="#content"
            className="sr-only focus:not-sr-only focus:absolute focus:top-2 focus:left-2 focus:z-50 focus:rounded-md focus:bg-inverse focus:px-3 focus:py-2 focus:text-on-inverse"
          >
            Skip to the content
          </a>
          <div className="flex h-dvh min-w-0">
            <Navigation
              collapsed={narrow}
              onCollapsedChange={(next) => {
                setNarrow(next);
                remember('hookline-navigation', next ? 'narrow' : 'wide');
              }}
            />
            <div className="flex min-w-0 flex-1 flex-col">
              <header className="flex h-12 shrink-0 items-center gap-2 border-line border-b bg-panel pr-4 pl-3">
                <ProjectSwitcher projects={projects} />
                <span aria-hidden className="h-4 w-px bg-line" />
                <nav aria-label="Where you are" ref={setSlot} className="min-w-0 flex-1" />
                <button
                  type="button"
                  onClick={() => setOpen('commands')}
                  className="flex h-8 items-center gap-2 rounded-md border border-line px-2 text-faint hover:border-line-strong hover:text-ink"
                >
                  <Search aria-hidden />
                  <span className="max-lg:sr-only">Search or go to</span>
                  <Kbd>⌘K</Kbd>
                </button>
                <IconButton
                  label="Keyboard shortcuts"
                  hint="?"
                  side="bottom"
                  icon={<CircleHelp aria-hidden />}
                  onClick={() => setOpen('shortcuts')}
                />
                <ThemeSwitch />
                <UserMenu user={user} />
              </header>
              <main id="content" tabIndex={-1} className="min-h-0 min-w-0 flex-1 overflow-hidden outline-none">
                {children}
              </main>
            </div>
          </div>
          <CommandPalette
            open={open === 'commands'}
            onOpenChange={(next) => setOpen(next ? 'commands' : null)}
            projects={projects}
            find={(query, signal) => findInProject(project.id, query, signal)}
          />
          <ShortcutsDialog open={open === 'shortcuts'} onOpenChange={(next) => setOpen(next ? 'shortcuts' : null)} />
        </CrumbsSlot>
      </CommandsProvider>
    </ProjectProvider>
  );
}

function ThemeSwitch() {
  const { resolvedTheme, setTheme } = useTheme();
  return (
    <IconButton
      label="Switch between light and dark"
      side="bottom"
      icon={
        <>
          <Moon aria-hidden className="dark:hidden" />
          <Sun aria-hidden className="hidden dark:block" />
        </>
      }
      onClick={() => setTheme(resolvedTheme === 'dark' ? 'light' : 'dark')}
    />
  );
}

/** ⌘K and ? open their dialogs, unless somebody is typing (?) . Leaving a page closes them. */
function useShellKeys(setOpen: (open: 'commands' | 'shortcuts' | null) => void) {
  const here = usePathname();
  // biome-ignore lint/correctness/useExhaustiveDependencies: the path is the reason
  useEffect(() => setOpen(null), [here]);
  useEffect(() => {
    const onKey = (event: KeyboardEvent) => {
      if ((event.metaKey || event.ctrlKey) && !event.shiftKey && !event.altKey && event.key.toLowerCase() === 'k') {
        event.preventDefault();
        setOpen('commands');
      } else if (event.key === '?' && !event.metaKey && !event.ctrlKey && !isTyping(event.target)) {
        event.preventDefault();
        setOpen('shortcuts');
      }
    };
    window.addEventListener('keydown', onKey);
    return () => window.removeEventListener('keydown', onKey);
  }, [setOpen]);
}

const isTyping = (target: EventTarget | null) =>
  target instanceof HTMLElement &&
  (target.isContentEditable || target.closest('input, textarea, select, [role="textbox"]') !== null);
