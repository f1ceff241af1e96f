'use client';

import { signIn } from 'next-auth/react';
import { useState } from 'react';
import { Banner } from '@/components/ui/banner';
import { Button } from '@/components/ui/button';
import { Field } from '@/components/ui/field';
import { Input } from '@/components/ui/input';
import { IdentityButton, identityRefusal } from './identity-button';

/** What next-auth answers, in words. Its own code stands for "wrong"; other texts come from us. */
export function wordsOf(error: string, wrong: string): string {
  return error === 'CredentialsSignin' ? wrong : error;
}

/** What the server answers when the password is right and a second factor is due. */
const SECOND_FACTOR = 'second-factor';

export interface SignInFormProps {
  then: string;
  /** What the organisation's own sign-in is called; null where there is none. */
  identity: string | null;
  /** The code with which that sign-in came back; null when it did not. */
  refusal: string | null;
}

/** E-mail address and password, then the code of a second factor where there is one; goes to `then` afterwards. */
export function SignInForm({ then, identity, refusal }: SignInFormProps) {
  const [email, setEmail] = useState('');
  const [password, setPassword] = useState('');
  const [code, setCode] = useState<string | null>(null);
  const [working, setWorking] = useState(false);
  const [fault, setFault] = useState(refusal && identityRefusal(refusal, identity));
  const submit = async () => {
    setWorking(true);
    setFault(null);
    const answer = await signIn('password', { email, password, code: code ?? '', redirect: false }).catch(
      () => undefined,
    );
    if (answer?.ok) return window.location.assign(then);
    setWorking(false);
    if (answer?.error === SECOND_FACTOR) return setCode('');
    setFault(
      answer?.error
        ? wordsOf(answer.error, 'The e-mail address or the password is not right.')
        : 'Hookline did not answer. Check the connection and try again.',
    );
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
      <h1 className="font-semibold text-xl">Sign in</h1>
      {fault ? <Banner tone="danger">{fault}</Banner> : null}
      <Field label="E-mail address">
        <Input
          type="email"
          name="email"
          autoComplete="username"
          autoFocus
          required
          value={email}
          onChange={(event) => setEmail(event.target.value)}
        />
      </Field>
      <Field label="Password">
        <Input
          type="password"
          name="password"
          autoComplete="current-password"
          required
          value={password}
          onChange={(event) => setPassword(event.target.value)}
        />
      </Field>
      {code === null ? null : (
        <Field label="Code" hint="The six digits of your authenticator app, or a recovery code.">
          <Input
            name="code"
            autoComplete="one-time-code"
            inputMode="text"
            autoFocus
            value={code}
            onChange={(event) => setCode(event.target.value)}
          />
        </Field>
      )}
      <Button type="submit" variant="primary" size="lg" loading={working} disabled={!email || !password || code === ''}>
        Sign in
      </Button>
      {identity ? <IdentityButton name={identity} then={then} /> : null}
      <p className="text-muted text-sm">No account yet? Ask an admin of your project for an invitation.</p>
    </form>
  );
}
