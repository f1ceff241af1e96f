'use client';

import type { ReactNode } from 'react';
import { Button, type ButtonProps } from './button';
import { cn } from './cn';
import { Tooltip } from './tooltip';

export interface IconButtonProps extends Omit<ButtonProps, 'children' | 'icon' | 'aria-label'> {
  /** What it does: the accessible name and the tooltip. */
  label: string;
  /** Shown in the tooltip after the label, e.g. a shortcut. */
  hint?: ReactNode;
  icon: ReactNode;
  side?: 'top' | 'right' | 'bottom' | 'left';
}

/** A square button with an icon only; its label is the tooltip. */
export function IconButton({
  label,
  hint,
  icon,
  side,
  size = 'md',
  variant = 'ghost',
  className,
  ...props
}: IconButtonProps) {
  return (
    <Tooltip
      side={side}
      content={
        <>
          {label}
          {hint ? <span className="ml-2 opacity-70">{hint}</span> : null}
        </>
      }
    >
      <Button
        variant={variant}
        size={size}
        aria-label={label}
        icon={icon}
        className={cn('px-0', size === 'sm' ? 'w-7' : size === 'lg' ? 'w-10' : 'w-8', className)}
        {...props}
      />
    </Tooltip>
  );
}
