import { forbidden, notFound, redirect } from 'next/navigation';
import { ServiceError, type VerbName, type Verbs, verbs } from '../services/index.ts';
import { caller } from './caller.ts';
import { signInPath } from './paths.ts';

export type InputOf<Name extends VerbName> = Parameters<Verbs[Name]>[1];
export type OutputOf<Name extends VerbName> = Awaited<ReturnType<Verbs[Name]>>;

/**
 * Asks a verb for a page. A refusal becomes a page of its own: sign-in, "not found" or "not allowed".
 * @throws what the verb throws otherwise; app/error.tsx shows it
 */
export async function ask<Name extends VerbName>(
  name: Name,
  projectId: string,
  input: InputOf<Name>,
): Promise<OutputOf<Name>> {
  const ctx = await caller(projectId);
  if (!ctx) redirect(await signInPath());
  try {
    const verb = verbs[name] as unknown as (ctx: unknown, input: unknown) => Promise<OutputOf<Name>>;
    return await verb(ctx, input);
  } catch (error) {
    if (error instanceof ServiceError && error.code === 'not-found') notFound();
    if (error instanceof ServiceError && error.code === 'forbidden') forbidden();
    throw error;
  }
}
