import { answerTrack } from '@/lib/next';

export async function POST(request: Request, { params }: { params: Promise<{ project: string }> }): Promise<Response> {
  return answerTrack(request, (await params).project, 'customers/events');
}
