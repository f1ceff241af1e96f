'use client';

import { signIn } from 'next-auth/react';
import { useState } from 'react';
import { Button } from '@/components/ui/button';

/** The way in by the organisation's own sign-in, below a form that asks for a password; goes to `then` afterwards. */
export function IdentityButton({ name, then }: { name: string; then: string }) {
  const [leaving, setLeaving] = useState(false);
  return (
    <>
      <div className="flex items-center gap-3 text-faint text-sm">
        <span className="h-px flex-1 bg-line" />
        or
        <span className="h-px flex-1 bg-line" />
      </div>
      <Button
        size="lg"
        loading={leaving}
        onClick={() => {
          setLeaving(true);
          void signIn('identity', { callbackUrl: then }).catch(() => setLeaving(false));
        }}
      >
        Sign in with {name}
      </Button>
    </>
  );
}

/**
 * Why the organisation's own sign-in did not let somebody in, in words. "AccessDenied" is next-auth's code for a person
 * whom we do not let in; every other code stands for an exchange that did not succeed.
 */
export function identityRefusal(code: string, name: string | null): string {
  const way = name ? `The sign-in with ${name}` : 'The sign-in';
  return code === 'AccessDenied'
    ? `${way} succeeded, but no account here belongs to an e-mail address that it has verified. Ask an admin of your project for an invitation.`
    : `${way} did not succeed. Try again; if it keeps failing, ask whoever runs Hookline: the log has the reason.`;
}
