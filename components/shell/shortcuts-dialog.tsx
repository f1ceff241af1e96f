'use client';

import { Dialog } from '@/components/ui/dialog';
import { Kbd } from '@/components/ui/kbd';
import { usePageCommands } from './commands';

const EVERYWHERE = [
  ['⌘K or Ctrl K', 'Commands: go to, create, find'],
  ['?', 'This list'],
  ['Esc', 'Close what is open'],
] as const;

/** The list of shortcuts: those of the shell and those of the page. */
export function ShortcutsDialog({ open, onOpenChange }: { open: boolean; onOpenChange: (open: boolean) => void }) {
  const page = usePageCommands().filter((command) => command.shortcut);
  return (
    <Dialog open={open} onOpenChange={onOpenChange} title="Keyboard shortcuts">
      <div className="flex flex-col gap-5">
        <List title="Everywhere" rows={EVERYWHERE} />
        {page.length > 0 ? (
          <List title="This page" rows={page.map((command) => [command.shortcut!, command.label] as const)} />
        ) : null}
      </div>
    </Dialog>
  );
}

function List({ title, rows }: { title: string; rows: readonly (readonly [string, string])[] }) {
  return (
    <section>
      <h3 className="pb-1 font-medium text-faint text-xs">{title}</h3>
      <dl>
        {rows.map(([keys, what]) => (
          <div
            key={keys + what}
            className="flex items-center justify-between gap-4 border-line border-b py-1.5 last:border-0"
          >
            <dt className="order-last">
              <Kbd>{keys}</Kbd>
            </dt>
            <dd>{what}</dd>
          </div>
        ))}
      </dl>
    </section>
  );
}
