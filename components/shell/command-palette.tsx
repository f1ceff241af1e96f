'use client';

import { useQuery } from '@tanstack/react-query';
import { Command } from 'cmdk';
import { CornerDownLeft, FolderOpen, Moon, Plus, Search, Sun, Zap } from 'lucide-react';
import { useRouter } from 'next/navigation';
import { useTheme } from 'next-themes';
import { Dialog as Radix } from 'radix-ui';
import { type ReactNode, useState } from 'react';
import { cn } from '@/components/ui/cn';
import { Kbd } from '@/components/ui/kbd';
import { floatStyle, itemStyle } from '@/components/ui/menu';
import { usePageCommands } from './commands';
import { CREATABLE, PLACES } from './places';
import { useProject } from './project-context';

const groupStyle =
  '[&_[cmdk-group-heading]]:px-2 [&_[cmdk-group-heading]]:pt-2 [&_[cmdk-group-heading]]:pb-1 [&_[cmdk-group-heading]]:font-medium [&_[cmdk-group-heading]]:text-faint [&_[cmdk-group-heading]]:text-xs';

/** Something that a search of the project found. */
export interface Found {
  id: string;
  label: string;
  hint?: string;
  href: string;
  icon: ReactNode;
  group: string;
}

export interface CommandPaletteProps {
  open: boolean;
  onOpenChange: (open: boolean) => void;
  projects: readonly { id: string; name: string }[];
  /** Searches scenarios and customers; asked from the second letter on. */
  find?: (query: string, signal: AbortSignal) => Promise<Found[]>;
}

/** ⌘K: go anywhere, make anything, find a customer, run what the page offers. */
export function CommandPalette({ open, onOpenChange, projects, find }: CommandPaletteProps) {
  const [query, setQuery] = useState('');
  const router = useRouter();
  const project = useProject();
  const page = usePageCommands();
  const { resolvedTheme, setTheme } = useTheme();
  const found = useFound(query, open, find);
  const root = `/p/${project.id}`;
  const close = (next: boolean) => {
    onOpenChange(next);
    if (!next) setQuery('');
  };
  const doing = (action: () => void) => () => {
    close(false);
    action();
  };
  const go = (href: string) => doing(() => router.push(href));

  return (
    <Radix.Root open={open} onOpenChange={close}>
      <Radix.Portal>
        <Radix.Overlay className="fixed inset-0 z-50 bg-overlay" />
        <Radix.Content
          aria-describedby={undefined}
          className={cn(floatStyle, '-translate-x-1/2 fixed top-[12vh] left-1/2 w-[min(600px,calc(100vw-32px))] p-0')}
        >
          <Radix.Title className="sr-only">Commands</Radix.Title>
          <Command label="Commands" loop filter={byWords}>
            <div className="flex items-center gap-2 border-line border-b px-3">
              <Search className="text-faint" aria-hidden />
              <Command.Input
                value={query}
                onValueChange={setQuery}
                placeholder="Go to, create, find a customer or a scenario"
                className="h-11 w-full bg-transparent text-base outline-none"
              />
              <Kbd>Esc</Kbd>
            </div>
            <Command.List className="scroll-thin max-h-[min(420px,60vh)] overflow-y-auto p-1">
              {found.data?.length ? null : (
                <Command.Empty className="px-3 py-8 text-center text-muted">
                  {found.isFetching ? 'Searching' : `Nothing is called “${query}”`}
                </Command.Empty>
              )}
              {[...new Set(page.map((command) => command.group ?? 'This page'))].map((group) => (
                <Command.Group key={group} heading={group} className={groupStyle}>
                  {page
                    .filter((command) => (command.group ?? 'This page') === group)
                    .map((command) => (
                      <Item
                        key={command.id}
                        value={`page ${command.id}`}
                        text={command.label}
                        icon={command.icon ?? <Zap aria-hidden />}
                        shortcut={command.shortcut}
                        onSelect={doing(command.run)}
                      >
                        {command.label}
                      </Item>
                    ))}
                </Command.Group>
              ))}
              {[...new Set(found.data?.map((each) => each.group))].map((group) => (
                <Command.Group key={group} heading={group} className={groupStyle} forceMount>
                  {found.data
                    ?.filter((each) => each.group === group)
                    .map((each) => (
                      <Item
                        key={each.id}
                        value={`found ${each.id}`}
                        text={query}
                        icon={each.icon}
                        hint={each.hint}
                        onSelect={go(each.href)}
                        forceMount
                      >
                        {each.label}
                      </Item>
                    ))}
                </Command.Group>
              ))}
              <Command.Group heading="Go to" className={groupStyle}>
                {PLACES.flatMap(({ title, places }) =>
                  places.map(({ path, label, icon: Icon, aliases }) => (
                    <Item
                      key={path}
                      value={`go ${path}`}
                      text={`${title} ${label} ${aliases ?? ''}`}
                      icon={<Icon aria-hidden />}
                      hint={title}
                      onSelect={go(root + path)}
                    >
                      {label}
                    </Item>
                  )),
                )}
              </Command.Group>
              <Command.Group heading="Create" className={groupStyle}>
                {CREATABLE.filter(({ needs }) => project.can[needs]).map(({ path, label }) => (
                  <Item
                    key={path}
                    value={`create ${path}`}
                    text={`create ${label}`}
                    icon={<Plus aria-hidden />}
                    onSelect={go(`${root}${path}?create=1`)}
                  >
                    {label}
                  </Item>
                ))}
              </Command.Group>
              {projects.length > 1 ? (
                <Command.Group heading="Projects" className={groupStyle}>
                  {projects
                    .filter(({ id }) => id !== project.id)
                    .map(({ id, name }) => (
                      <Item
                        key={id}
                        value={`project ${id}`}
                        text={`project ${name}`}
                        icon={<FolderOpen aria-hidden />}
                        onSelect={go(`/p/${id}/campaigns/scenarios`)}
                      >
                        {name}
                      </Item>
                    ))}
                </Command.Group>
              ) : null}
              <Command.Group heading="Look" className={groupStyle}>
                <Item
                  value="theme"
                  text="theme dark light mode"
                  icon={resolvedTheme === 'dark' ? <Sun aria-hidden /> : <Moon aria-hidden />}
                  onSelect={doing(() => setTheme(resolvedTheme === 'dark' ? 'light' : 'dark'))}
                >
                  {resolvedTheme === 'dark' ? 'Light theme' : 'Dark theme'}
                </Item>
              </Command.Group>
            </Command.List>
          </Command>
        </Radix.Content>
      </Radix.Portal>
    </Radix.Root>
  );
}

function Item(props: {
  value: string;
  /** What the query is compared with. */
  text: string;
  icon: ReactNode;
  hint?: string;
  shortcut?: string;
  forceMount?: boolean;
  onSelect: () => void;
  children: ReactNode;
}) {
  return (
    <Command.Item
      value={props.value}
      keywords={[props.text]}
      onSelect={props.onSelect}
      forceMount={props.forceMount}
      className={cn(itemStyle, 'group')}
    >
      <span className="text-muted">{props.icon}</span>
      <span className="min-w-0 flex-1 truncate">{props.children}</span>
      {props.hint ? <span className="truncate text-faint text-xs">{props.hint}</span> : null}
      {props.shortcut ? <Kbd>{props.shortcut}</Kbd> : null}
      <CornerDownLeft className="hidden text-faint group-data-[selected=true]:block" aria-hidden />
    </Command.Item>
  );
}

/** Every word of the query must begin a word of the text; the earlier, the higher. */
function byWords(_value: string, query: string, keywords?: string[]): number {
  const text = ` ${(keywords ?? []).join(' ').toLowerCase()}`;
  const words = query.toLowerCase().split(/\s+/).filter(Boolean);
  if (!words.every((word) => text.includes(` ${word}`) || (word.length > 3 && text.includes(word)))) return 0;
  return 1 / (2 + text.indexOf(words[0] ?? ''));
}

function useFound(query: string, open: boolean, find: CommandPaletteProps['find']) {
  const text = query.trim();
  return useQuery({
    queryKey: ['find', text],
    queryFn: async ({ signal }) => {
      // A word that is still being typed is not worth a question.
      await new Promise((resolve) => setTimeout(resolve, 180));
      return signal.aborted ? [] : find!(text, signal);
    },
    enabled: Boolean(find) && open && text.length >= 2,
    staleTime: 5_000,
    retry: false,
  });
}
