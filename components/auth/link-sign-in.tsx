'use client';

import { signIn } from 'next-auth/react';
import { useState } from 'react';
import { Banner } from '@/components/ui/banner';
import { Button, LinkButton } from '@/components/ui/button';
import { wordsOf } from './sign-in-form';

/** Signs in by a one-time link, when its button is pressed. */
export function LinkSignIn({ token }: { token: string }) {
  const [working, setWorking] = useState(false);
  const [fault, setFault] = useState<string | null>(null);
  const submit = async () => {
    setWorking(true);
    setFault(null);
    const answer = await signIn('link', { token, redirect: false }).catch(() => undefined);
    if (answer?.ok) return window.location.assign('/');
    setWorking(false);
    setFault(
      answer?.error
        ? wordsOf(answer.error, 'This link was used already, or it is too old. Ask for a new one.')
        : 'Hookline did not answer. Check the connection and try again.',
    );
  };
  return (
    <div className="flex flex-col gap-4">
      <h1 className="font-semibold text-xl">Sign in with this link</h1>
      <p className="text-muted">The link works once. You stay signed in on this browser for up to seven days.</p>
      {fault ? <Banner tone="danger">{fault}</Banner> : null}
      <Button variant="primary" size="lg" loading={working} onClick={() => void submit()}>
        Sign in
      </Button>
      {fault ? (
        <LinkButton href="/sign-in" variant="ghost">
          Use a password instead
        </LinkButton>
      ) : null}
    </div>
  );
}
