'use client';

import { useState } from 'react';
import { Banner } from '@/components/ui/banner';
import { Field } from '@/components/ui/field';
import { RadioGroup } from '@/components/ui/radio-group';
import { RelativeTime } from '@/components/ui/relative-time';
import type { SettingsOf } from '@/lib/core/integration';
import { useForm, useSecret } from './form-context';
import { SecretInput } from './secret-input';

const FIELD = 'secret';

/** The secret that signs: made here and shown once, or the receiver's own. During a rotation the one before signs too. */
export function SigningSecret({ settings: { previousUntil } }: { settings: SettingsOf<'signature'> }) {
  const { stored } = useForm();
  const secret = useSecret(FIELD);
  const [own, setOwn] = useState(false);
  return (
    <>
      <p className="text-muted text-sm">
        Each request carries the headers webhook-id, webhook-timestamp and webhook-signature (HMAC-SHA-256 over id, time
        and body).
      </p>
      {stored && secret.stored ? (
        <>
          {previousUntil && Date.parse(previousUntil) > Date.now() ? (
            <Banner tone="info">
              Two secrets sign until <RelativeTime at={previousUntil} exact />, so that the receiver can change over.
            </Banner>
          ) : null}
          <SecretInput
            {...secret}
            label="Signing secret"
            hint="The one before signs too for another day."
            placeholder="whsec_…"
          />
        </>
      ) : (
        <>
          <Field label="Signing secret">
            <RadioGroup
              value={own ? 'own' : 'new'}
              onChange={(choice) => {
                setOwn(choice === 'own');
                secret.onChange(undefined);
              }}
              options={[
                { value: 'new', label: 'Make a new one', hint: 'It is shown once after saving, for the receiver.' },
                { value: 'own', label: 'Enter the one of the receiver' },
              ]}
            />
          </Field>
          {own ? <SecretInput {...secret} label="Secret of the receiver" required placeholder="whsec_…" /> : null}
        </>
      )}
    </>
  );
}
