import type { ReactNode } from 'react';
import { cn } from './cn';

export interface EmptyStateProps {
  icon?: ReactNode;
  title: string;
  /** Why it is empty and what to do. */
  children?: ReactNode;
  action?: ReactNode;
  className?: string;
}

/** What stands where nothing is yet. */
export function EmptyState({ icon, title, children, action, className }: EmptyStateProps) {
  return (
    <div className={cn('flex flex-col items-center justify-center gap-3 px-6 py-14 text-center', className)}>
      {icon ? (
        <div className="flex size-10 items-center justify-center rounded-full bg-sunken text-muted">{icon}</div>
      ) : null}
      <div className="max-w-md">
        <h2 className="font-semibold text-base">{title}</h2>
        {children ? <p className="mt-1 text-balance text-muted">{children}</p> : null}
      </div>
      {action ? <div className="flex gap-2">{action}</div> : null}
    </div>
  );
}
