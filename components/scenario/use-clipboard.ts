'use client';

import { useEffect } from 'react';
import { toast } from '@/components/ui/toast';
import type { CanvasCommands } from './canvas-commands';
import { isElsewhere, isTyping } from './key-targets';
import { useEditorStore } from './store';

/** The browser's own copy, cut and paste: they need no permission, and text that is marked stays their business. */
export function useClipboardEvents(commands: CanvasCommands, editable: boolean) {
  const store = useEditorStore();
  useEffect(() => {
    const isOurs = (event: ClipboardEvent) =>
      !isTyping(event.target) && !isElsewhere(event.target) && store.getState().opened === null;
    const onCopy = (event: ClipboardEvent) => {
      if (!isOurs(event) || !window.getSelection()?.isCollapsed) return;
      const text = commands.copy();
      if (text === null) return;
      event.clipboardData?.setData('text/plain', text);
      event.preventDefault();
      if (event.type === 'cut' && editable) commands.removeSelected();
    };
    const onPaste = (event: ClipboardEvent) => {
      if (!editable || !isOurs(event)) return;
      if (commands.paste(event.clipboardData?.getData('text/plain') ?? '')) event.preventDefault();
    };
    window.addEventListener('copy', onCopy);
    window.addEventListener('cut', onCopy);
    window.addEventListener('paste', onPaste);
    return () => {
      window.removeEventListener('copy', onCopy);
      window.removeEventListener('cut', onCopy);
      window.removeEventListener('paste', onPaste);
    };
  }, [commands, editable, store]);
}

export async function toClipboard(commands: CanvasCommands): Promise<boolean> {
  const text = commands.copy();
  if (text === null) return false;
  try {
    await navigator.clipboard.writeText(text);
    return true;
  } catch {
    toast.error('The browser does not let the page write to the clipboard. Use Ctrl C.');
    return false;
  }
}

export async function fromClipboard(commands: CanvasCommands): Promise<void> {
  try {
    if (!commands.paste(await navigator.clipboard.readText())) toast('There are no nodes in the clipboard.');
  } catch {
    toast.error('The browser does not let the page read the clipboard. Use Ctrl V.');
  }
}
