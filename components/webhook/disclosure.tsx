import { ChevronRight } from 'lucide-react';
import type { ReactNode } from 'react';
import { cn } from '@/components/ui/cn';

/** Something that opens below its title. */
export function Disclosure({
  title,
  isOpen,
  className,
  titleClassName,
  children,
}: {
  title: ReactNode;
  /** Open at first. */
  isOpen?: boolean;
  className?: string;
  titleClassName?: string;
  children: ReactNode;
}) {
  return (
    <details open={isOpen} className={cn('group/details', className)}>
      <summary
        className={cn(
          'flex cursor-pointer list-none items-center gap-1.5 rounded-md text-muted text-xs hover:text-ink [&::-webkit-details-marker]:hidden',
          titleClassName,
        )}
      >
        <ChevronRight
          className="size-3.5 text-faint transition-transform duration-100 group-open/details:rotate-90"
          aria-hidden
        />
        {title}
      </summary>
      {children}
    </details>
  );
}
