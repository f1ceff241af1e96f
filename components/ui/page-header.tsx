import type { ReactNode } from 'react';
import { cn } from './cn';

export interface PageHeaderProps {
  title: ReactNode;
  description?: ReactNode;
  /** Quiet things after the title, e.g. a status. */
  badge?: ReactNode;
  /** The page's actions; the one primary button last. */
  actions?: ReactNode;
  className?: string;
}

/** The head of a page: what it is and the one thing to do here. */
export function PageHeader({ title, description, badge, actions, className }: PageHeaderProps) {
  return (
    <header className={cn('flex flex-wrap items-start justify-between gap-x-6 gap-y-3 pb-5 lg:flex-nowrap', className)}>
      <div className="min-w-0">
        <div className="flex min-h-8 items-center gap-3">
          <h1 className="truncate font-semibold text-xl">{title}</h1>
          {badge}
        </div>
        {description ? <p className="mt-1 max-w-2xl text-muted">{description}</p> : null}
      </div>
      {actions ? <div className="flex shrink-0 items-center gap-2">{actions}</div> : null}
    </header>
  );
}

/** The padded, scrolling body of an ordinary page (a canvas fills its place by itself). A narrow one holds a form. */
export function Page({
  width = 'wide',
  className,
  children,
}: {
  width?: 'narrow' | 'wide';
  className?: string;
  children: ReactNode;
}) {
  return (
    <div className="scroll-thin h-full overflow-y-auto">
      <div className="mx-auto w-full max-w-[1320px] px-6 py-6">
        <div className={cn(width === 'narrow' && 'max-w-3xl', className)}>{children}</div>
      </div>
    </div>
  );
}
