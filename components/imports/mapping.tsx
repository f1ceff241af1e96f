'use client';

import { type ReactNode, useState } from 'react';
import { type InputOf, type OutputOf, useAsk, useDo } from '@/components/call';
import { Banner } from '@/components/ui/banner';
import { Button } from '@/components/ui/button';
import { Card } from '@/components/ui/card';
import { ErrorState } from '@/components/ui/error-state';
import { Field } from '@/components/ui/field';
import { Input } from '@/components/ui/input';
import { Segmented } from '@/components/ui/segmented';
import { Select } from '@/components/ui/select';
import { Skeleton } from '@/components/ui/skeleton';
import { Table, Td, THead, Th } from '@/components/ui/table';
import { ColumnUses } from './column-uses';

export type Preview = OutputOf<'import.preview'>;
export type Kind = Preview['kind'];
type Delimiter = Preview['delimiter'];

const DELIMITERS: { value: Delimiter; label: string }[] = [
  { value: ',', label: 'Comma ,' },
  { value: ';', label: 'Semicolon ;' },
  { value: '\t', label: 'Tab' },
  { value: '|', label: 'Bar |' },
];

/** What the file looks like and what becomes of its columns, before anything is stored. */
export function ImportMapping({ id, onStarted }: { id: string; onStarted: () => void }) {
  const [choice, setChoice] = useState<{ delimiter: Delimiter | null; kind: Kind | null }>({
    delimiter: null,
    kind: null,
  });
  const preview = useAsk('import.preview', { id, ...choice }, { keepPrevious: true });
  if (preview.isError)
    return (
      <Card>
        <ErrorState
          title="This file cannot be read as CSV"
          reference={preview.error.reference}
          onRetry={() => void preview.refetch()}
        >
          {preview.error.message}
        </ErrorState>
      </Card>
    );
  if (!preview.data)
    return (
      <Card>
        <Skeleton className="h-64" />
      </Card>
    );
  const { kind, delimiter } = preview.data;
  return (
    <MappingForm
      key={`${kind} ${delimiter} ${preview.data.columns.length}`}
      id={id}
      preview={preview.data}
      onStarted={onStarted}
    >
      <Field label="The file has">
        <Segmented
          value={kind}
          onChange={(next) => setChoice({ ...choice, kind: next })}
          options={[
            { value: 'customers', label: 'Customers' },
            { value: 'events', label: 'Events' },
          ]}
        />
      </Field>
      <Field label="Delimiter">
        <Select
          className="w-40"
          value={delimiter}
          onChange={(next) => setChoice({ ...choice, delimiter: next })}
          options={DELIMITERS}
        />
      </Field>
    </MappingForm>
  );
}

function MappingForm({
  id,
  preview,
  onStarted,
  children,
}: {
  id: string;
  preview: Preview;
  onStarted: () => void;
  children: ReactNode;
}) {
  const { kind, delimiter } = preview;
  const [uses, setUses] = useState(() => preview.columns.map(({ use }) => use));
  const [eventType, setEventType] = useState('');
  const start = useDo('import.start', { quiet: true });
  const hasType = uses.some(({ as }) => as === 'type');
  const mapping: InputOf<'import.start'>['mapping'] = {
    delimiter,
    kind,
    eventType: kind === 'events' && !hasType && eventType.trim() ? eventType.trim() : null,
    header: preview.columns.map(({ header }) => header),
    columns: uses,
  };
  return (
    <div className="flex flex-col gap-4">
      <div className="flex flex-wrap items-end gap-x-6 gap-y-3">
        {children}
        {kind === 'events' && !hasType ? (
          <Field label="Type of the events" required>
            <Input
              className="w-56"
              placeholder="e.g. purchase"
              value={eventType}
              onChange={(event) => setEventType(event.target.value)}
            />
          </Field>
        ) : null}
        <Button
          variant="primary"
          className="ml-auto"
          loading={start.isPending}
          onClick={() => start.mutate({ id, mapping }, { onSuccess: onStarted })}
        >
          Start import
        </Button>
      </div>
      {start.error ? <Banner tone="danger">{start.error.message}</Banner> : null}
      <Card flush title="Columns" description="Where each column goes. Empty cells change nothing.">
        <ColumnUses kind={kind} columns={preview.columns} uses={uses} onChange={setUses} />
      </Card>
      <FirstRows preview={preview} />
    </div>
  );
}

function FirstRows({ preview }: { preview: Preview }) {
  return (
    <Card flush title="First rows" description="As the file has them.">
      <div
        // biome-ignore lint/a11y/noNoninteractiveTabindex: a scroll area must be reachable by keyboard
        tabIndex={0}
        className="scroll-thin max-h-72 overflow-auto"
      >
        <Table aria-label="First rows of the file">
          <THead sticky>
            <tr>
              {preview.columns.map(({ header }, index) => (
                // biome-ignore lint/suspicious/noArrayIndexKey: a column is its place
                <Th key={index}>{header || `(column ${index + 1})`}</Th>
              ))}
            </tr>
          </THead>
          <tbody>
            {preview.rows.map((cells, row) => (
              // biome-ignore lint/suspicious/noArrayIndexKey: a row is its place
              <tr key={row} className="last:[&>td]:border-b-0">
                {cells.map((cell, index) => (
                  // biome-ignore lint/suspicious/noArrayIndexKey: a cell is its place
                  <Td key={index} dense className="max-w-64">
                    <span className="block truncate" title={cell.length > 30 ? cell : undefined}>
                      {cell}
                    </span>
                  </Td>
                ))}
              </tr>
            ))}
          </tbody>
        </Table>
      </div>
    </Card>
  );
}
