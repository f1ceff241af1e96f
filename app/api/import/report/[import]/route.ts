import { answerDownload, caller } from '@/lib/next';
import { ServiceError } from '@/lib/services';
import { importReport } from '@/lib/services/import';

/** The refused rows of an import as CSV. */
export async function GET(request: Request, { params }: { params: Promise<{ import: string }> }): Promise<Response> {
  const { import: id } = await params;
  return answerDownload(request, async () => {
    const ctx = await caller(new URL(request.url).searchParams.get('project') ?? '');
    if (!ctx) throw new ServiceError('signed-out', 'Your session has ended. Sign in again.');
    return importReport(ctx, { id });
  });
}
