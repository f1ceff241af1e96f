'use client';

import { useTheme } from 'next-themes';
import { Toaster as Sonner } from 'sonner';

/** `toast('Saved')`, `toast.error('…', { description })`, with `action: { label, onClick }` for an undo. */
export { toast } from 'sonner';

export function Toaster() {
  const { resolvedTheme } = useTheme();
  return (
    <Sonner
      theme={resolvedTheme === 'dark' ? 'dark' : 'light'}
      position="bottom-right"
      gap={8}
      style={
        {
          '--normal-bg': 'var(--color-raised)',
          '--normal-text': 'var(--color-ink)',
          '--normal-border': 'var(--color-line)',
          '--border-radius': 'var(--radius-md)',
          fontFamily: 'var(--font-sans)',
        } as React.CSSProperties
      }
      toastOptions={{
        classNames: {
          toast: 'shadow-raised! text-base!',
          description: 'text-muted!',
          error: '[&_[data-icon]]:text-danger',
          success: '[&_[data-icon]]:text-success',
          actionButton: 'bg-accent! text-on-accent!',
        },
      }}
    />
  );
}
