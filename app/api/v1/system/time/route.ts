import { answerApi } from '@/lib/next';

/** The clock that timestamps are measured by; also a way to try a key. */
export function GET(request: Request): Promise<Response> {
  return answerApi(request, { work: async () => ({ time: Date.now() / 1000 }) });
}
