import type { ReactNode } from 'react';
import { cn } from './cn';

export interface CardProps {
  title?: ReactNode;
  description?: ReactNode;
  actions?: ReactNode;
  footer?: ReactNode;
  /** Without padding, for a table that goes to the edges. */
  flush?: boolean;
  className?: string;
  children?: ReactNode;
}

/** A section of a page on a surface of its own. */
export function Card({ title, description, actions, footer, flush, className, children }: CardProps) {
  return (
    <section className={cn('overflow-hidden rounded-lg border border-line bg-panel', className)}>
      {title ? (
        <div
          className={cn(
            'flex items-start justify-between gap-4 px-4 pt-3',
            !children && 'pb-4',
            flush && 'border-line border-b px-3 pb-3',
          )}
        >
          <div className="min-w-0">
            <h2 className="flex min-h-7 items-center font-semibold text-base">{title}</h2>
            {description ? <p className="text-muted text-sm">{description}</p> : null}
          </div>
          {actions ? <div className="flex items-center gap-2">{actions}</div> : null}
        </div>
      ) : null}
      {children ? <div className={cn(!flush && 'p-4', !flush && title && 'pt-3')}>{children}</div> : null}
      {footer ? (
        <div className="flex items-center justify-end gap-2 border-line border-t bg-page px-4 py-3">{footer}</div>
      ) : null}
    </section>
  );
}
