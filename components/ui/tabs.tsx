'use client';

import Link from 'next/link';
import { Tabs as Radix } from 'radix-ui';
import type { ReactNode } from 'react';
import { cn } from './cn';

/** The look of one tab, for tabs that stand in a bar of their own. */
export const tabStyle =
  '-mb-px inline-flex h-9 items-center gap-1.5 border-transparent border-b-2 px-1 text-base text-muted transition-colors duration-100 hover:text-ink data-[state=active]:border-accent data-[state=active]:font-medium data-[state=active]:text-ink disabled:opacity-50';

export interface TabItem<Value extends string = string> {
  value: Value;
  label: ReactNode;
  /** A quiet number or mark after the label. */
  count?: ReactNode;
  disabled?: boolean;
}

export interface TabsProps<Value extends string> {
  value: Value;
  onChange: (value: Value) => void;
  tabs: readonly TabItem<Value>[];
  /** What the tabs divide, for screen readers. */
  label: string;
  /** At the right end of the tabs' line. */
  aside?: ReactNode;
  className?: string;
  /** `<TabPanel value=…>` for each tab. */
  children?: ReactNode;
}

/** Views of one thing in one page. For tabs that are addresses use LinkTabs. */
export function Tabs<Value extends string>({
  value,
  onChange,
  tabs,
  label,
  aside,
  className,
  children,
}: TabsProps<Value>) {
  return (
    <Radix.Root
      value={value}
      onValueChange={(next) => onChange(next as Value)}
      className={cn('flex min-h-0 flex-col', className)}
    >
      <div className="flex items-end justify-between gap-4 border-line border-b">
        <Radix.List aria-label={label} className="flex gap-4">
          {tabs.map((tab) => (
            <Radix.Trigger key={tab.value} value={tab.value} disabled={tab.disabled} className={tabStyle}>
              {tab.label}
              {tab.count !== undefined ? <span className="text-faint text-xs tabular-nums">{tab.count}</span> : null}
            </Radix.Trigger>
          ))}
        </Radix.List>
        {aside ? <div className="pb-1">{aside}</div> : null}
      </div>
      {children}
    </Radix.Root>
  );
}

export function TabPanel({ value, className, children }: { value: string; className?: string; children: ReactNode }) {
  return (
    <Radix.Content value={value} className={cn('min-h-0 flex-1 pt-4 outline-none', className)}>
      {children}
    </Radix.Content>
  );
}

/** The look of Tabs for pages with addresses of their own. */
export function LinkTabs({
  tabs,
  current,
  label,
}: {
  tabs: readonly { href: string; label: ReactNode; count?: ReactNode }[];
  /** The href of the current tab. */
  current: string;
  label: string;
}) {
  return (
    <nav aria-label={label} className="flex gap-4 border-line border-b">
      {tabs.map((tab) => (
        <Link
          key={tab.href}
          href={tab.href}
          aria-current={tab.href === current ? 'page' : undefined}
          data-state={tab.href === current ? 'active' : 'inactive'}
          className={tabStyle}
        >
          {tab.label}
          {tab.count !== undefined ? <span className="text-faint text-xs tabular-nums">{tab.count}</span> : null}
        </Link>
      ))}
    </nav>
  );
}
