'use client';

import type { ReactNode } from 'react';
import { Banner } from '@/components/ui/banner';
import { Field } from '@/components/ui/field';
import { Input } from '@/components/ui/input';
import { KeyValues } from '@/components/ui/key-values';
import { RadioGroup } from '@/components/ui/radio-group';
import { RelativeTime } from '@/components/ui/relative-time';
import { Segmented } from '@/components/ui/segmented';
import type { IntegrationKind, SettingsOf } from '@/lib/core/integration';
import { useForm, useSecret } from './form-context';
import { HeaderRows } from './header-rows';
import { SecretInput, type SecretInputProps } from './secret-input';
import { SigningSecret } from './signing-secret';

const DAY = 86_400_000;

/** The credentials of each kind. */
export const KIND_FIELDS: { [Kind in IntegrationKind]: (props: { settings: SettingsOf<Kind> }) => ReactNode } = {
  http: HttpFields,
  responsys: ResponsysFields,
  oauth2: OAuthFields,
  'api-key': ApiKeyFields,
  signature: SigningSecret,
  certificate: CertificateFields,
};

type SecretProps = Pick<SecretInputProps, 'label' | 'hint' | 'required' | 'long' | 'placeholder'> & { field: string };

function Secret({ field, ...props }: SecretProps) {
  return <SecretInput {...useSecret(field)} {...props} />;
}

function HttpFields({ settings }: { settings: SettingsOf<'http'> }) {
  const { change } = useForm();
  return (
    <>
      <Segmented
        label="Schema"
        value={settings.scheme}
        onChange={(scheme) => {
          const headers = settings.headers.length > 0 ? settings.headers : [{ name: 'Authorization', value: null }];
          change({ settings: { ...settings, scheme, headers } });
        }}
        options={[
          { value: 'basic', label: 'Basic' },
          { value: 'headers', label: 'Custom headers' },
        ]}
      />
      {settings.scheme === 'basic' ? (
        <>
          <Secret field="username" label="User name" required />
          <Secret field="password" label="Password" hint="May stay empty where the user name is the key." />
        </>
      ) : (
        <>
          <p className="text-muted text-sm">
            Sent with each request. Secret values can be replaced, never read; public ones are seen by developers.
          </p>
          <HeaderRows settings={settings} />
        </>
      )}
    </>
  );
}

function ResponsysFields() {
  return (
    <>
      <Banner tone="warning" title="Use an account of its own">
        Give it the smallest roles that do the job and use it for nothing else: a second login elsewhere can end the
        session that Hookline works with.
      </Banner>
      <Secret field="username" label="User name" required />
      <Secret field="password" label="Password" required />
    </>
  );
}

function OAuthFields({ settings }: { settings: SettingsOf<'oauth2'> }) {
  const { change, fault } = useForm();
  const set = (part: Partial<SettingsOf<'oauth2'>>) => change({ settings: { ...settings, ...part } });
  return (
    <>
      <Field label="Token address" required error={fault?.field('settings.tokenUrl')}>
        <Input
          mono
          value={settings.tokenUrl}
          placeholder="https://id.example.com/oauth/token"
          onChange={(event) => set({ tokenUrl: event.target.value })}
        />
      </Field>
      <Field label="Client ID" required error={fault?.field('settings.clientId')}>
        <Input
          mono
          autoComplete="off"
          value={settings.clientId}
          onChange={(event) => set({ clientId: event.target.value })}
        />
      </Field>
      <Secret field="clientSecret" label="Client secret" required />
      <div className="grid grid-cols-2 gap-3">
        <Field label="Scope" hint="Separated by spaces; may stay empty." error={fault?.field('settings.scope')}>
          <Input mono value={settings.scope} onChange={(event) => set({ scope: event.target.value })} />
        </Field>
        <Field label="Audience" hint="Only where the service asks for it." error={fault?.field('settings.audience')}>
          <Input mono value={settings.audience} onChange={(event) => set({ audience: event.target.value })} />
        </Field>
      </div>
      <Field label="How the client ID and secret are sent">
        <RadioGroup
          direction="row"
          value={settings.clientAuthentication}
          onChange={(clientAuthentication) => set({ clientAuthentication })}
          options={[
            { value: 'header', label: 'In the Authorization header' },
            { value: 'body', label: 'In the form' },
          ]}
        />
      </Field>
    </>
  );
}

function ApiKeyFields({ settings }: { settings: SettingsOf<'api-key'> }) {
  const { change, fault } = useForm();
  return (
    <>
      <Field
        label="Parameter"
        required
        error={fault?.field('settings.parameter')}
        hint={`Added to each URL as ?${settings.parameter || 'api_key'}=…`}
      >
        <Input
          mono
          value={settings.parameter}
          onChange={(event) => change({ settings: { ...settings, parameter: event.target.value } })}
        />
      </Field>
      <Secret field="value" label="API key" required />
    </>
  );
}

function CertificateFields({ settings: { subject, expiresAt } }: { settings: SettingsOf<'certificate'> }) {
  const { stored } = useForm();
  const ends = expiresAt ? Date.parse(expiresAt) : null;
  return (
    <>
      {ends !== null && stored && ends - Date.parse(stored.updatedAt) > 0 ? (
        <KeyValues
          items={[
            ['Subject', <span key="subject">{subject}</span>],
            ['Expires', <RelativeTime key="expires" at={expiresAt} exact />],
          ]}
        />
      ) : null}
      {ends !== null ? <ExpiryNotice ends={ends} /> : null}
      <Secret
        field="certificate"
        label="Certificate"
        required
        long
        placeholder="-----BEGIN CERTIFICATE-----"
        hint="In PEM, with the certificates between it and the authority below it."
      />
      <Secret
        field="key"
        label="Private key"
        required
        long
        placeholder="-----BEGIN PRIVATE KEY-----"
        hint="In PEM, without a passphrase. Certificate and key are replaced together."
      />
    </>
  );
}

function ExpiryNotice({ ends }: { ends: number }) {
  const days = Math.floor((ends - Date.now()) / DAY);
  if (days >= 30) return null;
  return days < 0 ? (
    <Banner tone="danger">This certificate has expired: connections with it fail. Replace it.</Banner>
  ) : (
    <Banner tone="warning">
      This certificate expires {days === 0 ? 'today' : `in ${days} ${days === 1 ? 'day' : 'days'}`}. Replace it in time.
    </Banner>
  );
}
