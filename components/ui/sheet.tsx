'use client';

import { X } from 'lucide-react';
import { Dialog as Radix } from 'radix-ui';
import type { ReactNode } from 'react';
import { Button } from './button';
import { cn } from './cn';

const WIDTH = { sm: 'w-[420px]', md: 'w-[640px]', lg: 'w-[960px]', full: 'w-[calc(100vw-24px)]' };

export interface SheetProps {
  open: boolean;
  onOpenChange: (open: boolean) => void;
  title: ReactNode;
  /** The accessible name when `title` is not a text. */
  label?: string;
  description?: ReactNode;
  size?: keyof typeof WIDTH;
  /** Beside the title, before the closing button. */
  actions?: ReactNode;
  footer?: ReactNode;
  /** False lets the page behind be used (a details drawer over a table). */
  modal?: boolean;
  /** Called before Escape, a click outside or the closing button closes it; return false to keep it open. */
  mayClose?: () => boolean;
  /** The body without padding and scrolling of its own, for editors that fill it. */
  bare?: boolean;
  children: ReactNode;
}

/** A drawer from the right, full height: details of a row, or (size "full") an editor over the page. */
export function Sheet(props: SheetProps) {
  const {
    open,
    onOpenChange,
    title,
    label,
    description,
    size = 'sm',
    actions,
    footer,
    modal = true,
    mayClose,
    bare,
    children,
  } = props;
  return (
    <Radix.Root
      open={open}
      onOpenChange={(next) => (next || !mayClose || mayClose() ? onOpenChange(next) : undefined)}
      modal={modal}
    >
      <Radix.Portal>
        {modal ? <Radix.Overlay className="fixed inset-0 z-40 bg-overlay" /> : null}
        <Radix.Content
          {...(description ? {} : { 'aria-describedby': undefined })}
          aria-label={label}
          onInteractOutside={(event) => {
            if (!modal) event.preventDefault();
          }}
          className={cn(
            'slide-in fixed inset-y-0 right-0 z-40 flex max-w-[100vw] flex-col border-line border-l bg-panel shadow-raised outline-none',
            WIDTH[size],
          )}
        >
          <div className="flex min-h-12 items-center justify-between gap-4 border-line border-b px-4 py-2">
            <div className="min-w-0 flex-1">
              <Radix.Title asChild>
                <div className="truncate font-semibold text-lg">{title}</div>
              </Radix.Title>
              {description ? (
                <Radix.Description className="truncate text-muted text-sm">{description}</Radix.Description>
              ) : null}
            </div>
            <div className="flex items-center gap-1">
              {actions}
              <Radix.Close asChild>
                <Button variant="ghost" aria-label="Close" icon={<X aria-hidden />} className="w-8 px-0" />
              </Radix.Close>
            </div>
          </div>
          <div className={cn('min-h-0 flex-1', bare ? 'flex flex-col' : 'scroll-thin overflow-y-auto p-4')}>
            {children}
          </div>
          {footer ? (
            <div className="flex justify-end gap-2 border-line border-t bg-page px-4 py-3">{footer}</div>
          ) : null}
        </Radix.Content>
      </Radix.Portal>
    </Radix.Root>
  );
}
