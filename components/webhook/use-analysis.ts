'use client';

import { useEffect, useRef, useState } from 'react';
import type { Sources } from '@/components/monaco/sources';
import type { WebhookSettings } from '@/lib/core/webhook';
import type { Analysis, AnalysisInput } from './analysis';

const PAUSE_MS = 200;
const NOTHING: Analysis = {};

/** The faults of the templates as they are written, found in a worker a moment after the last key. */
export function useAnalysis(settings: WebhookSettings, sources: Sources): Analysis {
  const [analysis, setAnalysis] = useState(NOTHING);
  const worker = useRef<Worker | null>(null);
  const asked = useRef(0);
  useEffect(() => {
    const own = new Worker(new URL('./analysis.worker.ts', import.meta.url), { type: 'module' });
    own.onmessage = ({ data }: MessageEvent<{ id: number; analysis: Analysis }>) => {
      if (data.id === asked.current) setAnalysis(data.analysis);
    };
    worker.current = own;
    return () => own.terminate();
  }, []);
  useEffect(() => {
    const timer = setTimeout(() => {
      const input: AnalysisInput = { settings, sources };
      worker.current?.postMessage({ id: ++asked.current, input });
    }, PAUSE_MS);
    return () => clearTimeout(timer);
  }, [settings, sources]);
  return analysis;
}
