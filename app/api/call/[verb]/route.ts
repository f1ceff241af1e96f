import { answerCall } from '@/lib/next';

/** Every call of the app's own pages: the body is `{ project, input }`. */
export async function POST(request: Request, { params }: { params: Promise<{ verb: string }> }): Promise<Response> {
  return answerCall(request, (await params).verb);
}
