'use client';

import { Download, Play, X } from 'lucide-react';
import { useState } from 'react';
import { type OutputOf, useAsk, useDo } from '@/components/call';
import { Crumbs } from '@/components/shell/crumbs';
import { useProject } from '@/components/shell/project-context';
import { Banner } from '@/components/ui/banner';
import { Button, buttonStyle } from '@/components/ui/button';
import { Card } from '@/components/ui/card';
import { ConfirmDialog } from '@/components/ui/confirm-dialog';
import { Count } from '@/components/ui/count';
import { EmptyState } from '@/components/ui/empty-state';
import { Page, PageHeader } from '@/components/ui/page-header';
import { Progress } from '@/components/ui/progress';
import { RelativeTime } from '@/components/ui/relative-time';
import { Stat } from '@/components/ui/stat';
import { ImportStatePill } from './import-state';
import { ImportMapping } from './mapping';
import { Refusals } from './refusals';

type Shown = OutputOf<'import.get'>;

/** One import: its columns before it starts, its progress, its report. */
export function ImportPage({ initial }: { initial: Shown }) {
  const project = useProject();
  const { id } = initial;
  const ask = useAsk(
    'import.get',
    { id },
    { initial, refetchInterval: (value) => (value?.state === 'running' ? 600 : false) },
  );
  const shown = ask.data ?? initial;
  return (
    <Page>
      <Crumbs
        items={[
          { label: 'Data & Assets' },
          { label: 'Imports', href: `/p/${project.id}/data/imports` },
          { label: shown.fileName },
        ]}
      />
      <PageHeader
        title={shown.fileName}
        badge={<ImportStatePill state={shown.state} />}
        description={
          <>
            {shown.kind === 'events' ? 'Events' : 'Customers'}, uploaded <RelativeTime at={shown.createdAt} />
            {shown.createdBy ? ` by ${shown.createdBy}` : null}
          </>
        }
        actions={<Actions shown={shown} />}
      />
      {shown.state === 'uploaded' ? (
        project.can.build ? (
          <ImportMapping id={id} onStarted={() => void ask.refetch()} />
        ) : (
          <Card>
            <EmptyState title="Not started yet">A marketer, a developer or an admin can start this import.</EmptyState>
          </Card>
        )
      ) : (
        <Report shown={shown} />
      )}
    </Page>
  );
}

function Actions({ shown: { id, state, fileName } }: { shown: Shown }) {
  const { can } = useProject();
  const resume = useDo('import.resume');
  const cancel = useDo('import.cancel', { quiet: true });
  const [cancelling, setCancelling] = useState(false);
  if (!can.build || state === 'done' || state === 'failed' || state === 'cancelled') return null;
  return (
    <>
      <Button icon={<X aria-hidden />} onClick={() => setCancelling(true)}>
        Cancel import
      </Button>
      {state === 'interrupted' ? (
        <Button
          variant="primary"
          icon={<Play aria-hidden />}
          loading={resume.isPending}
          onClick={() => resume.mutate({ id })}
        >
          Resume
        </Button>
      ) : null}
      <ConfirmDialog
        open={cancelling}
        onOpenChange={setCancelling}
        title={`Cancel the import of ${fileName}?`}
        description={
          state === 'uploaded'
            ? 'Nothing was stored yet. The uploaded file is removed.'
            : 'Rows that are stored stay. The rest of the file is not imported, and the import cannot be resumed.'
        }
        confirmLabel="Cancel import"
        tone="danger"
        onConfirm={() => cancel.mutateAsync({ id })}
      />
    </>
  );
}

function Report({ shown }: { shown: Shown }) {
  const project = useProject();
  const { state, doneRows, totalRows, createdRows, updatedRows, refusedRows, message, kind } = shown;
  const left = totalRows - doneRows;
  return (
    <div className="flex flex-col gap-4">
      {state === 'interrupted' ? (
        <Banner tone="warning" title="The import was interrupted">
          The process that worked on it ended. The first {doneRows.toLocaleString('en')} rows are dealt with, the other{' '}
          {left.toLocaleString('en')} are not. Resume goes on exactly behind them.
        </Banner>
      ) : null}
      {state === 'failed' ? (
        <Banner tone="danger" title="The file could not be read to its end">
          {message}
        </Banner>
      ) : null}
      {state === 'cancelled' ? <Banner tone="info">{message}</Banner> : null}
      <Card>
        <div className="flex flex-col gap-4">
          {state === 'running' ? (
            <Progress label="Rows imported" value={totalRows > 0 ? doneRows / totalRows : null} />
          ) : null}
          <div className="grid grid-cols-2 gap-4 lg:grid-cols-4" aria-live="polite">
            <Stat
              label={state === 'running' ? 'Rows done' : 'Rows'}
              value={<Count value={doneRows} exact />}
              note={
                doneRows < totalRows || state === 'running' ? `of ${totalRows.toLocaleString('en')}` : 'the whole file'
              }
            />
            <Stat
              label={kind === 'events' ? 'Events stored' : 'Customers created'}
              tone="success"
              value={<Count value={createdRows} exact />}
            />
            {kind === 'events' ? (
              <span />
            ) : (
              <Stat label="Rows that changed one" tone="info" value={<Count value={updatedRows} exact />} />
            )}
            <Stat
              label="Rows refused"
              tone={refusedRows > 0 ? 'warning' : 'neutral'}
              value={<Count value={refusedRows} exact />}
            />
          </div>
        </div>
      </Card>
      {refusedRows > 0 ? (
        <Refusals
          shown={shown}
          action={
            <a
              className={buttonStyle({ size: 'sm' })}
              href={`/api/import/report/${shown.id}?project=${project.id}`}
              download
            >
              <Download aria-hidden />
              Download report
            </a>
          }
        />
      ) : null}
    </div>
  );
}
