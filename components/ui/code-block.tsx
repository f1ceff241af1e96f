'use client';

import type { ReactNode } from 'react';
import { cn } from './cn';
import { CopyButton } from './copy-button';

export interface CodeBlockProps {
  /** What is copied, and shown unless there are children. */
  code: string;
  /** A quiet line above: what this is. */
  title?: ReactNode;
  wrap?: boolean;
  /** CSS height at which it starts to scroll. */
  maxHeight?: string;
  className?: string;
  /** The same text with marks in it. */
  children?: ReactNode;
}

/** Text that machines read, to look at and to copy. To edit it, use the Monaco editor. */
export function CodeBlock({ code, title, wrap = false, maxHeight = '320px', className, children }: CodeBlockProps) {
  return (
    <div className={cn('group relative min-w-0 overflow-hidden rounded-md border border-line bg-sunken', className)}>
      {title ? (
        <div className="flex h-8 items-center justify-between border-line border-b pr-1 pl-3 text-muted text-xs">
          <span className="truncate">{title}</span>
          <CopyButton text={code} />
        </div>
      ) : (
        <CopyButton
          text={code}
          className="absolute top-1 right-1 bg-sunken opacity-60 group-hover:opacity-100 focus-visible:opacity-100"
        />
      )}
      <pre
        // biome-ignore lint/a11y/noNoninteractiveTabindex: a scroll area must be reachable by keyboard
        tabIndex={0}
        style={{ maxHeight }}
        className={cn(
          'scroll-thin overflow-auto px-3 py-2 text-sm',
          wrap && 'whitespace-pre-wrap [overflow-wrap:anywhere]',
        )}
      >
        <code>{children ?? code}</code>
      </pre>
    </div>
  );
}
