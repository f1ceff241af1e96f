'use client';

import { RotateCw, TriangleAlert } from 'lucide-react';
import type { ReactNode } from 'react';
import { Button } from './button';
import { cn } from './cn';

export interface ErrorStateProps {
  title?: string;
  /** What went wrong and what to do; an error's message will do. */
  children?: ReactNode;
  /** Stands in the log too. */
  reference?: string;
  onRetry?: () => void;
  className?: string;
}

/** What stands where something could not be loaded. */
export function ErrorState({
  title = 'This could not be loaded',
  children,
  reference,
  onRetry,
  className,
}: ErrorStateProps) {
  return (
    <div
      role="alert"
      className={cn('flex flex-col items-center justify-center gap-3 px-6 py-14 text-center', className)}
    >
      <div className="flex size-10 items-center justify-center rounded-full bg-danger-soft text-danger">
        <TriangleAlert aria-hidden />
      </div>
      <div className="max-w-md">
        <h2 className="font-semibold text-base">{title}</h2>
        {children ? <p className="mt-1 text-muted [overflow-wrap:anywhere]">{children}</p> : null}
        {reference ? <p className="mt-2 font-mono text-faint text-xs">Reference {reference}</p> : null}
      </div>
      {onRetry ? (
        <Button icon={<RotateCw aria-hidden />} onClick={onRetry}>
          Try again
        </Button>
      ) : null}
    </div>
  );
}
