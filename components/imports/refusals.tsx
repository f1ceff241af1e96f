'use client';

import type { ReactNode } from 'react';
import type { OutputOf } from '@/components/call';
import { Card } from '@/components/ui/card';
import { type Column, DataTable } from '@/components/ui/table';

type Shown = OutputOf<'import.get'>;
type Refusal = Shown['refusals'][number];

/** Rows that were not taken, each with its line in the file, the reason and the row as it was. */
export function Refusals({ shown, action }: { shown: Shown; action: ReactNode }) {
  const { refusals, refusedRows, header } = shown;
  const isPart = refusals.length < refusedRows && refusals.every(({ toLine }) => toLine === null);
  return (
    <Card
      flush
      title="Refused rows"
      description={
        isPart
          ? `The first ${refusals.length}; the report has all ${refusedRows.toLocaleString('en')}. Correct them in it and import it again: it can be read as it is.`
          : 'None of these is stored. The report can be corrected and imported again as it is.'
      }
      actions={action}
    >
      <DataTable
        label="Refused rows"
        dense
        columns={columnsFor(header)}
        rows={refusals}
        rowKey={(refusal) => String(refusal.line)}
      />
    </Card>
  );
}

const columnsFor = (header: readonly string[]): Column<Refusal>[] => [
  {
    id: 'line',
    header: 'Line',
    align: 'right',
    width: '96px',
    cell: ({ line, toLine }) => (toLine === null ? line : `${line}–${toLine}`),
  },
  { id: 'reason', header: 'Reason', width: '44%', cell: ({ reason }) => <span>{reason}</span> },
  {
    id: 'row',
    header: 'Row',
    className: 'max-w-0',
    cell: ({ cells }) => (
      <span className="block truncate font-mono text-muted text-xs" title={told(cells, header)}>
        {cells.map((cell) => cell || '–').join(' · ')}
      </span>
    ),
  },
];

const told = (cells: readonly string[], header: readonly string[]) =>
  cells.map((cell, index) => `${header[index] ?? `column ${index + 1}`}: ${cell}`).join('\n');
