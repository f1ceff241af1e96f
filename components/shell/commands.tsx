'use client';

import { createContext, type ReactNode, useContext, useEffect, useMemo, useRef, useState } from 'react';

export interface PageCommand {
  id: string;
  label: string;
  /** Heading in the palette; "This page" without one. */
  group?: string;
  /** Shown beside it, here and in the list of shortcuts; the page itself listens for the keys. */
  shortcut?: string;
  icon?: ReactNode;
  run: () => void;
}

interface Registry {
  commands: readonly PageCommand[];
  register: (owner: symbol, commands: readonly PageCommand[] | null) => void;
}

const CommandsContext = createContext<Registry | null>(null);

export function CommandsProvider({ children }: { children: ReactNode }) {
  const [sets, setSets] = useState<ReadonlyMap<symbol, readonly PageCommand[]>>(new Map());
  const registry = useMemo<Registry>(
    () => ({
      commands: [...sets.values()].flat(),
      register: (owner, commands) =>
        setSets((before) => {
          const after = new Map(before);
          if (commands) after.set(owner, commands);
          else after.delete(owner);
          return after;
        }),
    }),
    [sets],
  );
  return <CommandsContext value={registry}>{children}</CommandsContext>;
}

/** What the pages in sight offer. */
export function usePageCommands(): readonly PageCommand[] {
  return useContext(CommandsContext)?.commands ?? [];
}

/** Offers a page's actions in ⌘K and in the list of shortcuts while it is in sight. */
export function useCommands(commands: readonly PageCommand[]): void {
  const register = useContext(CommandsContext)?.register;
  const latest = useRef(commands);
  latest.current = commands;
  const shape = commands.map((command) => `${command.id} ${command.label} ${command.shortcut ?? ''}`).join('\n');
  // biome-ignore lint/correctness/useExhaustiveDependencies: `shape` stands for the commands; their `run` is read when called
  useEffect(() => {
    if (!register) return;
    const owner = Symbol('commands');
    register(
      owner,
      latest.current.map((command) => ({
        ...command,
        run: () => latest.current.find((now) => now.id === command.id)?.run(),
      })),
    );
    return () => register(owner, null);
  }, [shape]);
}
