import { answerApi } from '@/lib/next';
import { verbs } from '@/lib/services';

/** How a run goes: its state and, for each node, where everybody is. */
export async function GET(request: Request, { params }: { params: Promise<{ run: string }> }): Promise<Response> {
  const { run: id } = await params;
  return answerApi(request, {
    async work(ctx) {
      const { run, ...rest } = await verbs['run.open'](ctx, { run: id });
      const { document: _document, ...told } = run;
      return { run: told, ...rest };
    },
  });
}
