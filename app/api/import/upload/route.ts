import { answerUpload, caller } from '@/lib/next';
import { ServiceError } from '@/lib/services';
import { uploadImport } from '@/lib/services/import';

/** Takes a file of an import: the body is the file, `X-Project` and `X-File-Name` say whose and what. */
export function POST(request: Request): Promise<Response> {
  return answerUpload(request, async ({ bytes, name, size }) => {
    const ctx = await caller(request.headers.get('x-project') ?? '');
    if (!ctx) throw new ServiceError('signed-out', 'Your session has ended. Sign in again.');
    return uploadImport(ctx, { fileName: name, bytes, size });
  });
}
