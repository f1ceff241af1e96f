'use client';

import { PanelLeftClose, PanelLeftOpen } from 'lucide-react';
import Link from 'next/link';
import { usePathname } from 'next/navigation';
import { cn } from '@/components/ui/cn';
import { IconButton } from '@/components/ui/icon-button';
import { Tooltip } from '@/components/ui/tooltip';
import { Mark } from './mark';
import { PLACES } from './places';
import { useProject } from './project-context';

/** The left navigation, 200 px or, collapsed, 56. */
export function Navigation({
  collapsed,
  onCollapsedChange,
}: {
  collapsed: boolean;
  onCollapsedChange: (collapsed: boolean) => void;
}) {
  const root = `/p/${useProject().id}`;
  const here = usePathname();
  return (
    <nav
      aria-label="Main"
      className={cn('flex h-full shrink-0 flex-col border-line border-r bg-panel', collapsed ? 'w-14' : 'w-50')}
    >
      <Link
        href={`${root}/campaigns/scenarios`}
        aria-label="Hookline, to the scenarios"
        className={cn(
          'flex h-12 items-center gap-2 border-line border-b font-semibold',
          collapsed ? 'justify-center' : 'px-4',
        )}
      >
        <Mark />
        {collapsed ? null : 'Hookline'}
      </Link>
      <div className="scroll-thin flex-1 overflow-y-auto py-3">
        {PLACES.map(({ title, places }, index) => (
          <div key={title} className={cn(index > 0 && (collapsed ? 'mt-2 border-line border-t pt-2' : 'mt-5'))}>
            {collapsed ? null : <h2 className="px-4 pb-1 font-medium text-faint text-xs">{title}</h2>}
            <ul>
              {places.map(({ path, label, icon: Icon }) => {
                const current = here === root + path || here.startsWith(`${root}${path}/`);
                const link = (
                  <Link
                    href={root + path}
                    aria-label={collapsed ? label : undefined}
                    aria-current={current ? 'page' : undefined}
                    className={cn(
                      'relative flex h-8 items-center gap-2.5 text-muted outline-offset-[-2px] transition-colors duration-100 hover:bg-hover hover:text-ink',
                      collapsed ? 'justify-center' : 'pr-3 pl-4',
                      current &&
                        'font-medium text-ink before:absolute before:inset-y-1.5 before:left-0 before:w-0.5 before:rounded-full before:bg-accent',
                    )}
                  >
                    <Icon aria-hidden className={cn(current && 'text-accent')} />
                    {collapsed ? null : <span className="truncate">{label}</span>}
                  </Link>
                );
                return (
                  <li key={path}>
                    {collapsed ? (
                      <Tooltip content={label} side="right">
                        {link}
                      </Tooltip>
                    ) : (
                      link
                    )}
                  </li>
                );
              })}
            </ul>
          </div>
        ))}
      </div>
      <div className={cn('flex border-line border-t p-2', collapsed ? 'justify-center' : 'justify-end')}>
        <IconButton
          label={collapsed ? 'Widen the navigation' : 'Narrow the navigation'}
          side="right"
          icon={collapsed ? <PanelLeftOpen aria-hidden /> : <PanelLeftClose aria-hidden />}
          onClick={() => onCollapsedChange(!collapsed)}
          className="text-faint"
        />
      </div>
    </nav>
  );
}
