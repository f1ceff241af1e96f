'use client';

import { cva, type VariantProps } from 'class-variance-authority';
import { LoaderCircle } from 'lucide-react';
import Link from 'next/link';
import type { ComponentProps, ReactNode } from 'react';
import { cn } from './cn';

/** The look of a button; for links that look like one use LinkButton. */
export const buttonStyle = cva(
  'inline-flex shrink-0 select-none items-center justify-center gap-1.5 whitespace-nowrap rounded-md border font-medium transition-colors duration-100 disabled:pointer-events-none disabled:opacity-50 aria-disabled:pointer-events-none aria-disabled:opacity-50',
  {
    variants: {
      variant: {
        primary: 'border-transparent bg-accent text-on-accent hover:bg-accent-hover',
        secondary: 'border-line-strong bg-panel text-ink hover:bg-hover active:bg-pressed',
        ghost: 'border-transparent bg-transparent text-ink hover:bg-hover active:bg-pressed',
        danger: 'border-transparent bg-danger text-on-danger hover:bg-danger-hover',
        'danger-ghost': 'border-transparent bg-transparent text-danger hover:bg-danger-soft',
      },
      size: { sm: 'h-7 px-2 text-sm', md: 'h-8 px-3 text-base', lg: 'h-10 px-4 text-base' },
    },
    defaultVariants: { variant: 'secondary', size: 'md' },
  },
);

type Look = VariantProps<typeof buttonStyle>;

export interface ButtonProps extends ComponentProps<'button'>, Look {
  /** Shows a spinner and takes no more clicks; the label stays, so the button keeps its width. */
  loading?: boolean;
  /** An icon before the label. */
  icon?: ReactNode;
}

export function Button({ variant, size, loading = false, icon, className, children, disabled, ...props }: ButtonProps) {
  return (
    <button
      type="button"
      className={cn(buttonStyle({ variant, size }), className)}
      disabled={disabled || loading}
      aria-busy={loading || undefined}
      {...props}
    >
      {loading ? <LoaderCircle className="animate-spin" aria-hidden /> : icon}
      {children}
    </button>
  );
}

export interface LinkButtonProps extends ComponentProps<typeof Link>, Look {
  icon?: ReactNode;
}

/** A link that looks like a button. */
export function LinkButton({ variant, size, icon, className, children, ...props }: LinkButtonProps) {
  return (
    <Link className={cn(buttonStyle({ variant, size }), className)} {...props}>
      {icon}
      {children}
    </Link>
  );
}
