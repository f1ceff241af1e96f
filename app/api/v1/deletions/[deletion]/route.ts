import { answerApi } from '@/lib/next';
import { verbs } from '@/lib/services';

/** How far the deletion of a customer is. */
export async function GET(request: Request, { params }: { params: Promise<{ deletion: string }> }): Promise<Response> {
  const { deletion: id } = await params;
  return answerApi(request, { work: (ctx) => verbs['customer.deletion'](ctx, { id }) });
}
