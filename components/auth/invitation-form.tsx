'use client';

import { signIn } from 'next-auth/react';
import { useState } from 'react';
import { CallError, post } from '@/components/call';
import { Banner } from '@/components/ui/banner';
import { Button, LinkButton } from '@/components/ui/button';
import { Field } from '@/components/ui/field';
import { Input } from '@/components/ui/input';
import { IdentityButton } from './identity-button';

export interface InvitationFormProps {
  token: string;
  invitation: { email: string; role: string; projectName: string; hasAccount: boolean };
  signedInAs: string | null;
  /** What the organisation's own sign-in is called; null where there is none. */
  identity: string | null;
}

/** Accepts an invitation: with the account that the address has, or with a new one. */
export function InvitationForm({ token, invitation, signedInAs, identity }: InvitationFormProps) {
  const { email, role, projectName, hasAccount } = invitation;
  const [name, setName] = useState('');
  const [password, setPassword] = useState('');
  const [working, setWorking] = useState(false);
  const [fault, setFault] = useState<CallError | null>(null);
  const mine = signedInAs === email;
  const submit = async () => {
    setWorking(true);
    setFault(null);
    try {
      const joined = (await post('/api/invitation', {
        token,
        ...(hasAccount ? {} : { account: { name, password } }),
      })) as {
        projectId: string;
      };
      if (!hasAccount) await signIn('password', { email, password, redirect: false });
      window.location.assign(`/p/${joined.projectId}/campaigns/scenarios`);
    } catch (error) {
      setFault(error instanceof CallError ? error : new CallError({ code: 'failed', message: String(error) }));
      setWorking(false);
    }
  };
  return (
    <form
      className="flex flex-col gap-4"
      noValidate
      onSubmit={(event) => {
        event.preventDefault();
        void submit();
      }}
    >
      <div>
        <h1 className="font-semibold text-xl">Join {projectName}</h1>
        <p className="mt-1 text-muted">
          {email} is invited as {role}.
        </p>
      </div>
      {fault && fault.fields.length === 0 ? <Banner tone="danger">{fault.message}</Banner> : null}
      {hasAccount ? null : (
        <>
          <Field label="Your name" error={fault?.field('account.name')}>
            <Input autoComplete="name" autoFocus value={name} onChange={(event) => setName(event.target.value)} />
          </Field>
          <Field
            label="Password"
            hint="At least 15 characters; a few words will do."
            error={fault?.field('account.password')}
          >
            <Input
              type="password"
              autoComplete="new-password"
              value={password}
              onChange={(event) => setPassword(event.target.value)}
            />
          </Field>
        </>
      )}
      {hasAccount && !mine ? (
        <>
          <Banner>
            This address has an account. Sign in with it to accept{signedInAs ? `; now you are ${signedInAs}` : ''}.
          </Banner>
          <LinkButton
            variant="primary"
            size="lg"
            href={`/sign-in?then=${encodeURIComponent(`/auth/invite?token=${token}`)}`}
          >
            Sign in
          </LinkButton>
        </>
      ) : (
        <Button type="submit" variant="primary" size="lg" loading={working}>
          {hasAccount ? 'Join the project' : 'Create account and join'}
        </Button>
      )}
      {identity && !hasAccount ? (
        <>
          <IdentityButton name={identity} then="/" />
          <p className="text-muted text-sm">Signing in there as {email} makes the account without a password.</p>
        </>
      ) : null}
    </form>
  );
}
