import { answerJson, currentUser } from '@/lib/next';
import { type AcceptanceInput, acceptInvitation } from '@/lib/services/member';

/** Accepts an invitation, for the signed-in user or for a new account. */
export function POST(request: Request): Promise<Response> {
  return answerJson(request, async (body) =>
    acceptInvitation(body as AcceptanceInput, (await currentUser())?.id ?? null),
  );
}
