import type { EarlierResponse } from '@/lib/core/response-view';

/** Sample responses of earlier webhooks, kept in the browser by scenario and node: what a test sent back, or what was typed. */

const key = (scenario: string, node: string) => `hookline:sample:${scenario}:${node}`;

export function keepSample(scenario: string, node: string, response: EarlierResponse): void {
  localStorage.setItem(key(scenario, node), JSON.stringify(response));
}

export function forgetSample(scenario: string, node: string): void {
  localStorage.removeItem(key(scenario, node));
}

/** The sample of a node, or null when there is none or it cannot be read. */
export function sampleOf(scenario: string, node: string): EarlierResponse | null {
  const text = localStorage.getItem(key(scenario, node));
  if (text === null) return null;
  try {
    const found = JSON.parse(text) as Partial<EarlierResponse>;
    if (typeof found.statusCode !== 'number') return null;
    return {
      name: String(found.name ?? ''),
      data: found.data,
      isText: found.isText === true,
      statusCode: found.statusCode,
      success: found.success !== false,
    };
  } catch {
    return null;
  }
}

/** What stands for a response that nobody has seen yet. */
export function blankResponse(name: string): EarlierResponse {
  return { name, data: {}, isText: false, statusCode: 200, success: true };
}
