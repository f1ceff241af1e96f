'use client';

import { signIn } from 'next-auth/react';
import { useState } from 'react';
import { CallError, post } from '@/components/call';
import { TIME_ZONES } from '@/components/shell/time-zones';
import { Banner } from '@/components/ui/banner';
import { Button } from '@/components/ui/button';
import { Combobox } from '@/components/ui/combobox';
import { Field } from '@/components/ui/field';
import { Input } from '@/components/ui/input';

/** The first account and its project. */
export function FirstRunForm() {
  const [form, setForm] = useState({ name: '', email: '', password: '', projectName: '', timeZone: browserZone() });
  const [working, setWorking] = useState(false);
  const [fault, setFault] = useState<CallError | null>(null);
  const set = (part: Partial<typeof form>) => setForm((before) => ({ ...before, ...part }));
  const submit = async () => {
    setWorking(true);
    setFault(null);
    try {
      await post('/api/first-run', form);
      await signIn('password', { email: form.email, password: form.password, redirect: false });
      window.location.assign('/');
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
        <h1 className="font-semibold text-xl">Set up Hookline</h1>
        <p className="mt-1 text-muted">
          Nobody has an account yet. The first one becomes the admin of the first project.
        </p>
      </div>
      {fault && fault.fields.length === 0 ? <Banner tone="danger">{fault.message}</Banner> : null}
      <Field label="Your name" error={fault?.field('name')}>
        <Input
          autoComplete="name"
          autoFocus
          value={form.name}
          onChange={(event) => set({ name: event.target.value })}
        />
      </Field>
      <Field label="E-mail address" error={fault?.field('email')}>
        <Input
          type="email"
          autoComplete="username"
          value={form.email}
          onChange={(event) => set({ email: event.target.value })}
        />
      </Field>
      <Field label="Password" hint="At least 15 characters; a few words will do." error={fault?.field('password')}>
        <Input
          type="password"
          autoComplete="new-password"
          value={form.password}
          onChange={(event) => set({ password: event.target.value })}
        />
      </Field>
      <Field label="Project" hint="Usually the name of the company or brand." error={fault?.field('projectName')}>
        <Input value={form.projectName} onChange={(event) => set({ projectName: event.target.value })} />
      </Field>
      <Field
        label="Time zone"
        hint="Times on screen and in schedules are meant in it."
        error={fault?.field('timeZone')}
      >
        <Combobox value={form.timeZone} onChange={(zone) => zone && set({ timeZone: zone })} options={TIME_ZONES} />
      </Field>
      <Button type="submit" variant="primary" size="lg" loading={working}>
        Create account and project
      </Button>
    </form>
  );
}

function browserZone(): string {
  return Intl.DateTimeFormat().resolvedOptions().timeZone ?? 'UTC';
}
