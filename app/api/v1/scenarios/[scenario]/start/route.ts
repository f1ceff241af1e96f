import { answerApi } from '@/lib/next';
import { verbs } from '@/lib/services';

interface Where {
  params: Promise<{ scenario: string }>;
}

/** Starts a scenario as the button does; 409 when it is running already, 400 with its problems when it has errors. */
export async function POST(request: Request, { params }: Where): Promise<Response> {
  const { scenario } = await params;
  return answerApi(request, {
    isRun: true,
    work: (ctx, body) => verbs['scenario.start'](ctx, { ...body, id: scenario }),
  });
}
