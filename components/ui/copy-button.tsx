'use client';

import { Check, Copy } from 'lucide-react';
import { useEffect, useState } from 'react';
import { IconButton } from './icon-button';
import { toast } from './toast';

/** Copies a text; tells so for two seconds. */
export function CopyButton({
  text,
  label = 'Copy',
  size = 'sm',
  className,
}: {
  text: string | (() => string);
  label?: string;
  size?: 'sm' | 'md';
  className?: string;
}) {
  const [copied, setCopied] = useState(false);
  useEffect(() => {
    if (!copied) return;
    const timer = setTimeout(() => setCopied(false), 2000);
    return () => clearTimeout(timer);
  }, [copied]);
  const copy = async () => {
    try {
      await navigator.clipboard.writeText(typeof text === 'string' ? text : text());
      setCopied(true);
    } catch {
      toast.error('The browser did not allow copying', { description: 'Select the text and press Ctrl C.' });
    }
  };
  return (
    <IconButton
      size={size}
      label={copied ? 'Copied' : label}
      icon={copied ? <Check className="text-success" aria-hidden /> : <Copy aria-hidden />}
      onClick={copy}
      className={className}
    />
  );
}
