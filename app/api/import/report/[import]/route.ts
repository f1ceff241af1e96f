import { answerDownload, requireCaller } from '@/lib/next';
import { importReport } from '@/lib/services/import';

/** The refused rows of an import as CSV. */
export async function GET(request: Request, { params }: { params: Promise<{ import: string }> }): Promise<Response> {
  const { import: id } = await params;
  return answerDownload(request, async () => {
    const ctx = await requireCaller(new URL(request.url).searchParams.get('project') ?? '');
    return importReport(ctx, { id });
  });
}
