'use client';

import { Eye, EyeOff } from 'lucide-react';
import { Button } from './button';
import { cn } from './cn';

export interface RevealBarProps {
  /** Whether values are shown now. */
  revealed: boolean;
  /** Without a way to it, why is said instead of a button. */
  onReveal: (() => void) | null;
  onHide: () => void;
  loading?: boolean;
  /** Why nobody can reveal; the role by default. */
  why?: string;
  className?: string;
}

/** Says that values of customers are hidden, and shows them to whoever may see them. */
export function RevealBar({ revealed, onReveal, onHide, loading, why, className }: RevealBarProps) {
  return (
    <div
      className={cn(
        'flex min-h-8 items-center justify-between gap-3 rounded-md bg-sunken px-2.5 py-1 text-sm',
        className,
      )}
    >
      <p className="text-muted">
        {revealed
          ? 'Values are shown. The audit log says so.'
          : onReveal
            ? 'Values are hidden.'
            : `Values are hidden. ${why ?? 'Your role does not show them.'}`}
      </p>
      {revealed ? (
        <Button size="sm" variant="ghost" icon={<EyeOff aria-hidden />} onClick={onHide}>
          Hide values
        </Button>
      ) : onReveal ? (
        <Button size="sm" icon={<Eye aria-hidden />} loading={loading} onClick={onReveal}>
          Reveal values
        </Button>
      ) : null}
    </div>
  );
}
