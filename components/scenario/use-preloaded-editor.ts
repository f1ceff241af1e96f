'use client';

import { useEffect } from 'react';
import { loadMonaco } from '@/components/monaco/load';

/** Loads the wide editor of a webhook. */
export const loadEditor = () => import('@/components/webhook/webhook-editor');

/** The longest wait for an idle moment. */
const PATIENCE_MS = 3_000;

/** Loads the webhook's editor and Monaco as soon as the canvas has nothing to do, so that a double click opens it at once. */
export function usePreloadedEditor(): void {
  useEffect(() => {
    // Without a network nothing is lost: opening the editor loads it again.
    const load = () => void Promise.all([loadEditor(), loadMonaco()]).catch(() => {});
    // Safari has no idle callback.
    if (typeof requestIdleCallback !== 'function') {
      const timer = setTimeout(load, PATIENCE_MS);
      return () => clearTimeout(timer);
    }
    const idle = requestIdleCallback(load, { timeout: PATIENCE_MS });
    return () => cancelIdleCallback(idle);
  }, []);
}
