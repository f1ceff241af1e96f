import { answerApi } from '@/lib/next';
import { verbs } from '@/lib/services';

/**
 * Deletes a customer for good: 202 with the job that does it. `?by=registered` names the customer by an identifier of that
 * kind instead of the internal number.
 */
export async function DELETE(
  request: Request,
  { params }: { params: Promise<{ customer: string }> },
): Promise<Response> {
  const { customer: id } = await params;
  const by = new URL(request.url).searchParams.get('by') ?? undefined;
  return answerApi(request, { status: 202, work: (ctx) => verbs['customer.delete'](ctx, { id, by }) });
}
