import { answerDownload, requireCaller } from '@/lib/next';
import { ServiceError } from '@/lib/services';
import { exportAudit } from '@/lib/services/audit';
import { exportCustomers, exportEvents } from '@/lib/services/export';

/** Customers, events or the audit log of a project as CSV, for the link on their page. */
export async function GET(request: Request, { params }: { params: Promise<{ what: string }> }): Promise<Response> {
  const { what } = await params;
  const query = new URL(request.url).searchParams;
  return answerDownload(request, async () => {
    const ctx = await requireCaller(query.get('project') ?? '');
    if (what === 'customers') return exportCustomers(ctx, { query: query.get('q') ?? '' });
    if (what === 'events') return exportEvents(ctx, { type: query.get('type') || null });
    if (what === 'audit')
      return exportAudit(ctx, {
        area: query.get('area') || null,
        actor: query.get('actor') || null,
        query: query.get('q') ?? '',
        from: query.get('from') || null,
      });
    throw new ServiceError('not-found', 'There is no such export.');
  });
}
