'use client';

import { useState } from 'react';
import { leave } from '@/components/auth/leave';
import { type OutputOf, useAsk, useDo } from '@/components/call';
import { Badge } from '@/components/ui/badge';
import { Button } from '@/components/ui/button';
import { Card } from '@/components/ui/card';
import { ErrorState } from '@/components/ui/error-state';
import { Field } from '@/components/ui/field';
import { Input } from '@/components/ui/input';
import { RelativeTime } from '@/components/ui/relative-time';
import { type Column, DataTable } from '@/components/ui/table';
import { SecondFactor } from './second-factor';

type Session = OutputOf<'session.list'>[number];

/** What belongs to the signed-in user: sessions and the password. */
export function Account() {
  const sessions = useAsk('session.list', {});
  const revoke = useDo('session.revoke', { success: 'The session is ended' });
  const columns: Column<Session>[] = [
    {
      id: 'browser',
      header: 'Browser',
      cell: (session) => (
        <span className="flex items-center gap-2">
          <span className="truncate" title={session.agent ?? undefined}>
            {browserOf(session.agent)}
          </span>
          {session.isCurrent ? <Badge tone="accent">This one</Badge> : null}
        </span>
      ),
    },
    {
      id: 'address',
      header: 'Address',
      width: '200px',
      cell: (session) => <span className="font-mono text-muted text-sm">{session.address ?? 'unknown'}</span>,
    },
    {
      id: 'seen',
      header: 'Last used',
      width: '130px',
      cell: (session) => <RelativeTime at={session.lastSeenAt} className="text-muted" />,
    },
    {
      id: 'since',
      header: 'Signed in',
      width: '130px',
      cell: (session) => <RelativeTime at={session.createdAt} className="text-muted" />,
    },
    {
      id: 'end',
      header: <span className="sr-only">End</span>,
      width: '100px',
      align: 'right',
      cell: (session) => (
        <Button
          size="sm"
          variant="ghost"
          onClick={() => (session.isCurrent ? void leave() : revoke.mutate({ id: session.id }))}
        >
          {session.isCurrent ? 'Sign out' : 'End'}
        </Button>
      ),
    },
  ];
  return (
    <div className="flex flex-col gap-4">
      <Card
        flush
        title="Your sessions"
        description="A session ends after twelve hours without use, and after seven days in any case."
      >
        {sessions.isError ? (
          <ErrorState reference={sessions.error.reference} onRetry={() => void sessions.refetch()}>
            {sessions.error.message}
          </ErrorState>
        ) : (
          <DataTable label="Your sessions" columns={columns} rows={sessions.data} rowKey={(session) => session.id} />
        )}
      </Card>
      <PasswordCard />
      <SecondFactor />
    </div>
  );
}

function PasswordCard() {
  const [form, setForm] = useState({ current: '', next: '' });
  const change = useDo('session.change-password', { quiet: true });
  const fault = change.error;
  const submit = () => change.mutate(form, { onSuccess: () => void leave() });
  return (
    <form
      noValidate
      onSubmit={(event) => {
        event.preventDefault();
        submit();
      }}
    >
      <Card
        title="Password"
        description="Changing it ends all of your sessions, this one too: you sign in again with the new one."
        footer={
          <Button type="submit" disabled={!form.next} loading={change.isPending}>
            Change password
          </Button>
        }
      >
        <div className="grid max-w-2xl gap-4 sm:grid-cols-2">
          <Field label="Current password" hint="Leave empty if you have none yet." error={fault?.field('current')}>
            <Input
              type="password"
              autoComplete="current-password"
              value={form.current}
              onChange={(event) => setForm({ ...form, current: event.target.value })}
            />
          </Field>
          <Field label="New password" hint="At least 15 characters; a few words will do." error={fault?.field('next')}>
            <Input
              type="password"
              autoComplete="new-password"
              value={form.next}
              onChange={(event) => setForm({ ...form, next: event.target.value })}
            />
          </Field>
        </div>
        {fault && fault.fields.length === 0 ? (
          <p role="alert" className="mt-3 text-danger text-sm">
            {fault.message}
          </p>
        ) : null}
      </Card>
    </form>
  );
}

/** "Firefox on Linux", as far as a user agent tells. */
function browserOf(agent: string | null): string {
  if (!agent) return 'Unknown browser';
  const browser = [
    ['Edg/', 'Edge'],
    ['OPR/', 'Opera'],
    ['Firefox/', 'Firefox'],
    ['HeadlessChrome/', 'Chrome, without a window'],
    ['Chrome/', 'Chrome'],
    ['Safari/', 'Safari'],
  ].find(([sign]) => agent.includes(sign!))?.[1];
  const system = [
    ['Android', 'Android'],
    ['iPhone', 'iPhone'],
    ['Windows', 'Windows'],
    ['Mac OS', 'macOS'],
    ['Linux', 'Linux'],
  ].find(([sign]) => agent.includes(sign!))?.[1];
  return [browser ?? 'Unknown browser', system && `on ${system}`].filter(Boolean).join(' ');
}
