'use client';

import { X } from 'lucide-react';
import { Dialog as Radix } from 'radix-ui';
import type { ReactNode } from 'react';
import { Button } from './button';
import { cn } from './cn';

const WIDTH = { sm: 'max-w-md', md: 'max-w-xl', lg: 'max-w-3xl' };

export interface DialogProps {
  open: boolean;
  onOpenChange: (open: boolean) => void;
  title: ReactNode;
  description?: ReactNode;
  size?: keyof typeof WIDTH;
  /** Buttons, right-aligned; the primary one last. */
  footer?: ReactNode;
  /** False while something must not be lost: Escape and a click outside do nothing. */
  dismissible?: boolean;
  /** Makes the whole dialog a form: Enter submits it. Put a `type="submit"` button into the footer. */
  onSubmit?: () => void;
  children?: ReactNode;
}

/** A modal question or form. Focus goes in, stays in, and comes back. */
export function Dialog({
  open,
  onOpenChange,
  title,
  description,
  size = 'sm',
  footer,
  dismissible = true,
  onSubmit,
  children,
}: DialogProps) {
  const hold = (event: Event) => {
    if (!dismissible) event.preventDefault();
  };
  const content = (
    <>
      {children ? <div className="scroll-thin min-h-0 flex-1 overflow-y-auto px-5 pb-5">{children}</div> : null}
      {footer ? (
        <div className="flex flex-wrap justify-end gap-2 border-line border-t bg-page px-5 py-3">{footer}</div>
      ) : null}
    </>
  );
  return (
    <Radix.Root open={open} onOpenChange={onOpenChange}>
      <Radix.Portal>
        <Radix.Overlay className="fixed inset-0 z-40 bg-overlay" />
        <div className="pointer-events-none fixed inset-0 z-40 flex items-start justify-center p-4 pt-[12vh]">
          <Radix.Content
            {...(description ? {} : { 'aria-describedby': undefined })}
            onEscapeKeyDown={hold}
            onInteractOutside={hold}
            className={cn(
              'float-in pointer-events-auto flex max-h-[80vh] w-full flex-col overflow-hidden rounded-lg border border-line bg-panel shadow-raised outline-none',
              WIDTH[size],
            )}
          >
            <div className="flex items-start justify-between gap-4 px-5 pt-4 pb-4">
              <div className="min-w-0">
                <Radix.Title className="font-semibold text-lg">{title}</Radix.Title>
                {description ? <Radix.Description className="mt-1 text-muted">{description}</Radix.Description> : null}
              </div>
              {dismissible ? (
                <Radix.Close asChild>
                  <Button
                    variant="ghost"
                    size="sm"
                    aria-label="Close"
                    icon={<X aria-hidden />}
                    className="-mr-2 w-7 px-0"
                  />
                </Radix.Close>
              ) : null}
            </div>
            {onSubmit ? (
              <form
                className="flex min-h-0 flex-1 flex-col"
                noValidate
                onSubmit={(event) => {
                  event.preventDefault();
                  event.stopPropagation();
                  onSubmit();
                }}
              >
                {content}
              </form>
            ) : (
              content
            )}
          </Radix.Content>
        </div>
      </Radix.Portal>
    </Radix.Root>
  );
}
