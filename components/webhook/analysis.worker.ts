import { type AnalysisInput, analyseWebhook } from './analysis';

/** Judges templates off the page's thread, so that typing stays smooth with a long one. */
self.onmessage = ({ data }: MessageEvent<{ id: number; input: AnalysisInput }>) => {
  self.postMessage({ id: data.id, analysis: analyseWebhook(data.input) });
};
