'use client';

import type { ComponentProps } from 'react';
import { cn } from './cn';
import { useFieldControl } from './field';
import { controlStyle } from './input';

export function Textarea({ className, mono, ...props }: ComponentProps<'textarea'> & { mono?: boolean }) {
  const field = useFieldControl();
  return (
    <textarea
      {...field}
      {...(mono ? { spellCheck: false } : {})}
      className={cn(controlStyle, 'scroll-thin h-auto min-h-16 py-1.5', mono && 'font-mono text-sm', className)}
      {...props}
    />
  );
}
