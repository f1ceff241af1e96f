import { answerApi } from '@/lib/next';
import { verbs } from '@/lib/services';

interface Where {
  params: Promise<{ scenario: string }>;
}

/** Stops a scenario: `{ mode: "finish" }` (who is in it goes on, the default) or `{ mode: "now" }`. */
export async function POST(request: Request, { params }: Where): Promise<Response> {
  const { scenario } = await params;
  return answerApi(request, {
    isRun: true,
    work: (ctx, body) => verbs['scenario.stop'](ctx, { mode: 'finish', ...body, id: scenario }),
  });
}
