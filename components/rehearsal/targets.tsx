'use client';

import { FlaskConical, Plus } from 'lucide-react';
import { useRouter } from 'next/navigation';
import { useState } from 'react';
import { type OutputOf, useAsk } from '@/components/call';
import { Crumbs } from '@/components/shell/crumbs';
import { useProject } from '@/components/shell/project-context';
import { Banner } from '@/components/ui/banner';
import { Button } from '@/components/ui/button';
import { Card } from '@/components/ui/card';
import { CopyButton } from '@/components/ui/copy-button';
import { Count } from '@/components/ui/count';
import { Dialog } from '@/components/ui/dialog';
import { EmptyState } from '@/components/ui/empty-state';
import { Field } from '@/components/ui/field';
import { Input } from '@/components/ui/input';
import { Page, PageHeader } from '@/components/ui/page-header';
import { RelativeTime } from '@/components/ui/relative-time';
import { type Column, DataTable } from '@/components/ui/table';

type Targets = OutputOf<'rehearsal.list'>;
type Target = Targets['targets'][number];

/** The targets of the built-in third party. */
export function RehearsalTargets({ initial }: { initial: Targets }) {
  const project = useProject();
  const router = useRouter();
  const { data = initial } = useAsk('rehearsal.list', {}, { initial, refetchInterval: 2000 });
  const [naming, setNaming] = useState(false);
  const open = (name: string) => router.push(`/p/${project.id}/data/rehearsal/${name}`);
  const add = (
    <Button variant="primary" icon={<Plus aria-hidden />} onClick={() => setNaming(true)}>
      New target
    </Button>
  );
  return (
    <Page>
      <Crumbs items={[{ label: 'Data & Assets' }, { label: 'Rehearsal target' }]} />
      <PageHeader
        title="Rehearsal target"
        description="A third party of our own: it takes any request, answers as you tell it, and shows what it received. For demos and for trying a scenario out before it meets the real one."
        actions={data.base !== null && data.targets.length > 0 ? add : undefined}
      />
      {data.fault ? (
        <Banner tone="danger" title="The rehearsal target does not answer" className="mb-4">
          {data.fault}
        </Banner>
      ) : null}
      <Card flush>
        <DataTable
          label="Rehearsal targets"
          columns={COLUMNS}
          rows={data.targets}
          rowKey={(target) => target.name}
          onRowClick={(target) => open(target.name)}
          empty={
            data.base === null ? (
              <EmptyState icon={<FlaskConical aria-hidden />} title="No rehearsal target runs here">
                Start one with tools/start-rehearsal.ts and give its address to the web app and the workers as
                REHEARSAL_URL.
              </EmptyState>
            ) : (
              <EmptyState icon={<FlaskConical aria-hidden />} title="Nothing was sent here yet" action={add}>
                Point a webhook at <code className="text-ink">{data.base}any-name/</code> and start its scenario, or
                press Done in its test. The target appears by itself.
              </EmptyState>
            )
          }
        />
      </Card>
      {naming && data.base !== null ? (
        <NewTarget base={data.base} onClose={() => setNaming(false)} onNamed={open} />
      ) : null}
    </Page>
  );
}

const COLUMNS: Column<Target>[] = [
  { id: 'name', header: 'Name', cell: (target) => <span className="font-medium">{target.name}</span>, width: '200px' },
  {
    id: 'url',
    header: 'URL',
    cell: (target) => (
      <span className="flex min-w-0 items-center gap-1">
        <code className="truncate text-muted text-sm">{target.url}</code>
        <CopyButton text={target.url} label={`Copy the URL of ${target.name}`} />
      </span>
    ),
  },
  {
    id: 'requests',
    header: 'Requests',
    align: 'right',
    width: '120px',
    sortValue: (target) => target.requests,
    cell: (target) => <Count value={target.requests} />,
  },
  {
    id: 'in-flight',
    header: 'In flight',
    align: 'right',
    width: '100px',
    cell: (target) => <Count value={target.inFlight} />,
  },
  {
    id: 'last',
    header: 'Last called',
    width: '160px',
    sortValue: (target) => target.lastAt,
    cell: (target) => <RelativeTime at={target.lastAt} className="text-muted" />,
  },
];

function NewTarget({ base, onClose, onNamed }: { base: string; onClose: () => void; onNamed: (name: string) => void }) {
  const [name, setName] = useState('');
  const [isRefused, setIsRefused] = useState(false);
  const isFine = /^[a-z0-9-]{1,40}$/.test(name);
  return (
    <Dialog
      open
      onOpenChange={onClose}
      title="New target"
      description="Each target has a behaviour and books of its own."
      onSubmit={() => (isFine ? onNamed(name) : setIsRefused(true))}
      footer={
        <>
          <Button onClick={onClose}>Cancel</Button>
          <Button type="submit" variant="primary">
            Open target
          </Button>
        </>
      }
    >
      <Field
        label="Name"
        hint={
          <>
            Webhooks call it at <code>{`${base}${name || 'name'}/`}</code> with any path behind.
          </>
        }
        error={isRefused && !isFine ? 'Use small letters, digits and hyphens, at most 40.' : undefined}
      >
        <Input autoFocus mono value={name} onChange={(event) => setName(event.target.value)} placeholder="sms" />
      </Field>
    </Dialog>
  );
}
