import { answerApi } from '@/lib/next';
import { verbs } from '@/lib/services';

/** Takes up to 1000 events: `{ events: [{ customer_ids, event_type, timestamp?, properties? }] }`. */
export function POST(request: Request): Promise<Response> {
  return answerApi(request, {
    work: (ctx, body) => verbs['event.receive'](ctx, body as Parameters<(typeof verbs)['event.receive']>[1]),
  });
}
