'use client';

import { Checkbox } from '@/components/ui/checkbox';
import { Field } from '@/components/ui/field';
import { Input } from '@/components/ui/input';
import { Select } from '@/components/ui/select';
import { Method } from '@/lib/core/webhook';
import { useForm } from './form-context';

const METHODS = Method.options.map((value) => ({ value, label: value }));

/** The request that shows whether the credentials work. */
export function TestSettings() {
  const { draft, change, fault } = useForm();
  const { settings } = draft;
  const { test } = settings;
  const logsIn = settings.kind === 'responsys' || settings.kind === 'oauth2';
  const set = (next: typeof test) => change({ settings: { ...settings, test: next } });
  const fields = test ? (
    <div className="grid grid-cols-[120px_minmax(0,1fr)] gap-2">
      <Field label="Method">
        <Select value={test.method} onChange={(method) => set({ ...test, method })} options={METHODS} />
      </Field>
      <Field
        label="Path"
        error={fault?.field('settings.test.path')}
        hint={whereTo(draft.prefix, test.path, settings.kind)}
      >
        <Input
          mono
          value={test.path}
          placeholder={settings.kind === 'responsys' ? '/rest/api/v1.3/campaigns' : '/me'}
          onChange={(event) => set({ ...test, path: event.target.value })}
        />
      </Field>
    </div>
  ) : null;
  return (
    <div className="flex flex-col gap-4">
      <p className="text-muted text-sm">
        A request with an empty body. The endpoint checks the credentials and answers 200; anything else is a failure.
      </p>
      <Checkbox
        checked={test !== null}
        onChange={(on) => set(on ? { method: 'GET', path: '' } : null)}
        hint={
          logsIn ? 'Without one, the login alone is tested.' : 'Without one, the integration cannot be tested here.'
        }
      >
        {logsIn ? 'Send a request after the login' : 'Send a test request'}
      </Checkbox>
      {fields}
    </div>
  );
}

function whereTo(prefix: string, path: string, kind: string): string {
  if (kind === 'responsys') return 'Resolved against the endpoint that the login names.';
  const base = prefix.trim().replace(/\/+$/, '') || 'https://…';
  return path === '' || path.startsWith('?') ? `${base}${path}` : `${base}/${path.replace(/^\//, '')}`;
}
