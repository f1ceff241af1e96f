import { answerJson } from '@/lib/next';
import { type FirstRunInput, setUpFirstRun } from '@/lib/services/project';

/** Makes the first account and project; refused as soon as there is an account. */
export function POST(request: Request): Promise<Response> {
  return answerJson(request, (body) => setUpFirstRun(body as FirstRunInput));
}
