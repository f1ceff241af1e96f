import { answerBatch } from '@/lib/next';

export async function POST(request: Request, { params }: { params: Promise<{ project: string }> }): Promise<Response> {
  return answerBatch(request, (await params).project);
}
