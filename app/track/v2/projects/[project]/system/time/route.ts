import { answerTime } from '@/lib/next';

export async function GET(request: Request, { params }: { params: Promise<{ project: string }> }): Promise<Response> {
  return answerTime(request, (await params).project);
}
