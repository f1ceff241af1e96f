import { answerUpload, requireCaller } from '@/lib/next';
import { uploadImport } from '@/lib/services/import';

/** Takes a file of an import: the body is the file, `X-Project` and `X-File-Name` say whose and what. */
export function POST(request: Request): Promise<Response> {
  return answerUpload(request, async ({ bytes, name, size }) => {
    const ctx = await requireCaller(request.headers.get('x-project') ?? '');
    return uploadImport(ctx, { fileName: name, bytes, size });
  });
}
