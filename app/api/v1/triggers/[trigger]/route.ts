import { answerApi } from '@/lib/next';
import { verbs } from '@/lib/services';

interface Where {
  params: Promise<{ trigger: string }>;
}

/**
 * Calls an API trigger: `{ parameters: { … } }`. 202 with the runs that began; 409 when it is switched off or no active
 * scenario waits for it, 429 with `Retry-After` when the last accepted call of the project was too recent.
 */
export async function POST(request: Request, { params }: Where): Promise<Response> {
  const { trigger } = await params;
  return answerApi(request, {
    status: 202,
    bodyLimit: 128 * 1024,
    work: (ctx, body) => verbs['api-trigger.call'](ctx, { ...body, id: trigger }),
  });
}
