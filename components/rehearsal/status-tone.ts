import type { Tone } from '@/components/ui/badge';

/** The colour of an answer's status; "reset" and "silence" are no answers. */
export function statusTone(status: number | string): Tone {
  const code = Number(status);
  if (Number.isNaN(code) || code >= 500) return 'danger';
  return code >= 400 ? 'warning' : code >= 300 ? 'info' : 'success';
}
