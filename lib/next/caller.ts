import { randomUUID } from 'node:crypto';
import { headers } from 'next/headers';
import { getServerSession } from 'next-auth';
import { cache } from 'react';
import { type Ctx, ServiceError } from '../services/index.ts';
import { roleIn } from '../services/project.ts';
import { liveSession } from '../services/session.ts';
import { addressOf, authOptions } from './auth.ts';

export interface CurrentUser {
  id: string;
  name: string;
  email: string;
  sessionId: string;
}

/** Who is signed in; null when nobody is, or when the session has ended or was revoked. Asked once a request. */
export const currentUser = cache(async (): Promise<CurrentUser | null> => {
  const session = await getServerSession(authOptions());
  if (!session?.sessionId) return null;
  const user = await liveSession(session.sessionId);
  return user && { ...user, sessionId: session.sessionId };
});

/** Who asks, in which role of the project, from where; null when nobody is signed in. */
export async function caller(projectId: string): Promise<Ctx | null> {
  const user = await currentUser();
  if (!user) return null;
  const [role, sent] = await Promise.all([roleIn(projectId, user.id), headers()]);
  return {
    projectId,
    actor: { kind: 'user', id: user.id, name: user.name, sessionId: user.sessionId },
    role,
    requestId: randomUUID(),
    address: addressOf((name) => sent.get(name)),
  };
}

/**
 * `caller`, for a route.
 * @throws ServiceError when nobody is signed in
 */
export async function requireCaller(projectId: string): Promise<Ctx> {
  const ctx = await caller(projectId);
  if (!ctx) throw new ServiceError('signed-out', 'Your session has ended. Sign in again.');
  return ctx;
}
