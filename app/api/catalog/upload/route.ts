import { answerUpload, requireCaller } from '@/lib/next';
import { uploadCatalog } from '@/lib/services/catalog-upload';

/** Takes a file of items: the body is the file, `X-Project`, `X-Catalog` and `X-File-Name` say whose and what. */
export function POST(request: Request): Promise<Response> {
  return answerUpload(request, async ({ bytes, name }) => {
    const ctx = await requireCaller(request.headers.get('x-project') ?? '');
    return uploadCatalog(ctx, { id: request.headers.get('x-catalog') ?? '', fileName: name, bytes });
  });
}
