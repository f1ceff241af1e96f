import type { ReactNode } from 'react';
import { cn } from './cn';

/** What a colour means. */
export type Tone = 'neutral' | 'accent' | 'danger' | 'warning' | 'success' | 'info' | 'trigger' | 'operator' | 'action';

export const toneText: Record<Tone, string> = {
  neutral: 'text-muted',
  accent: 'text-accent',
  danger: 'text-danger',
  warning: 'text-warning',
  success: 'text-success',
  info: 'text-info',
  trigger: 'text-trigger',
  operator: 'text-operator',
  action: 'text-action',
};

export const toneSoft: Record<Tone, string> = {
  neutral: 'bg-hover text-muted',
  accent: 'bg-accent-soft text-accent',
  danger: 'bg-danger-soft text-danger',
  warning: 'bg-warning-soft text-warning',
  success: 'bg-success-soft text-success',
  info: 'bg-info-soft text-info',
  trigger: 'bg-trigger-soft text-trigger',
  operator: 'bg-operator-soft text-operator',
  action: 'bg-action-soft text-action',
};

/** A word about a thing: a tag, a role, a scope, a count. */
export function Badge({
  tone = 'neutral',
  icon,
  className,
  children,
}: {
  tone?: Tone;
  icon?: ReactNode;
  className?: string;
  children: ReactNode;
}) {
  return (
    <span
      className={cn(
        'inline-flex h-5 items-center gap-1 whitespace-nowrap rounded-md px-1.5 font-medium text-xs',
        toneSoft[tone],
        className,
      )}
    >
      {icon}
      {children}
    </span>
  );
}

/** The state of a thing: a dot and a word. `live` lets the dot breathe while something is going on. */
export function StatusPill({
  tone = 'neutral',
  live = false,
  className,
  children,
}: {
  tone?: Tone;
  live?: boolean;
  className?: string;
  children: ReactNode;
}) {
  return (
    <span
      className={cn(
        'inline-flex h-6 items-center gap-1.5 whitespace-nowrap rounded-full border border-line bg-panel px-2 font-medium text-ink text-xs',
        className,
      )}
    >
      <span aria-hidden className={cn('size-2 rounded-full bg-current', toneText[tone], live && 'animate-pulse')} />
      {children}
    </span>
  );
}
