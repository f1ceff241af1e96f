import { answerApi } from '@/lib/next';
import { verbs } from '@/lib/services';

/** Creates or changes up to 1000 customers: `{ customers: [{ customer_ids, properties }] }`. */
export function POST(request: Request): Promise<Response> {
  return answerApi(request, {
    work: (ctx, body) => verbs['customer.upsert'](ctx, body as Parameters<(typeof verbs)['customer.upsert']>[1]),
  });
}
