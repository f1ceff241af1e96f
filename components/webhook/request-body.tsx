'use client';

import { type ReactNode, useState } from 'react';
import type { CodeEditorProps } from '@/components/monaco/code-editor';
import { Button } from '@/components/ui/button';
import { cn } from '@/components/ui/cn';
import type { PayloadFormat } from '@/lib/core/webhook';
import { BodyViewer } from './body-viewer';
import type { Prepared } from './contract';
import type { GoTo } from './faults';
import { templateLine } from './x-ray';

export interface RequestBodyProps {
  label: string;
  request: Prepared;
  /** The body in another shape than it is sent: then it is no X-ray. */
  shown?: string;
  format: PayloadFormat;
  /** The Customer template of a batch. */
  customerTemplate: string;
  onGoTo: GoTo;
  origin?: CodeEditorProps['origin'];
  /** Below the body. */
  children: ReactNode;
}

/** The rendered body. Of a batch it is an X-ray: whose part is where, and which line of Customer made it. */
export function RequestBody(props: RequestBodyProps) {
  const { label, request, shown, format, customerTemplate, onGoTo, origin, children } = props;
  const { body } = request;
  const customers = shown === undefined ? request.customers : [];
  const [lit, setLit] = useState<number | null>(null);
  const [picked, setPicked] = useState<{ index: number; line: number } | null>(null);
  const pick = (index: number, offset: number) => {
    const { start, end } = customers[index]!;
    setPicked({ index, line: templateLine(customerTemplate, (body ?? '').slice(start, end), offset) });
  };
  return (
    <>
      {body === null ? (
        <p className="flex-1 p-3 text-muted text-sm">The request has no body.</p>
      ) : (
        <BodyViewer
          label={label}
          className="min-h-0 flex-1"
          body={shown ?? body}
          format={format}
          customers={customers}
          lit={lit}
          onLit={setLit}
          onPick={pick}
          origin={origin}
        />
      )}
      <div className="flex shrink-0 flex-col gap-2 border-line border-t p-3">
        {customers.length > 0 ? <Customers customers={customers} lit={lit} onLit={setLit} /> : null}
        {picked && customers[picked.index] ? (
          <div role="status" className="flex items-center justify-between gap-2 text-sm">
            <p className="min-w-0 truncate">
              <span className="font-medium">{customers[picked.index]!.name}</span>{' '}
              <span className="text-muted">made by Customer, line {picked.line}</span>
            </p>
            <Button size="sm" onClick={() => onGoTo('Customer', picked.line, 1)}>
              Go to
            </Button>
          </div>
        ) : null}
        {children}
      </div>
    </>
  );
}

const SHOWN = 200;

/** The customers of a batch; pointing at one lights up its part of the body. */
function Customers({
  customers,
  lit,
  onLit,
}: {
  customers: Prepared['customers'];
  lit: number | null;
  onLit: (index: number | null) => void;
}) {
  return (
    <ul aria-label="Customers of this request" className="scroll-thin flex max-h-24 flex-wrap gap-1 overflow-y-auto">
      {customers.slice(0, SHOWN).map((customer, i) => (
        <li key={customer.id ?? `${i} ${customer.name}`}>
          <button
            type="button"
            aria-pressed={i === lit}
            onMouseEnter={() => onLit(i)}
            onMouseLeave={() => onLit(null)}
            onFocus={() => onLit(i)}
            onBlur={() => onLit(null)}
            onClick={() => onLit(i)}
            className={cn(
              'rounded-md border px-1.5 py-0.5 text-xs',
              i === lit ? 'border-accent bg-accent-soft text-accent' : 'border-line text-muted hover:text-ink',
            )}
          >
            {customer.name}
          </button>
        </li>
      ))}
      {customers.length > SHOWN ? (
        <li className="self-center text-faint text-xs">and {customers.length - SHOWN} more</li>
      ) : null}
    </ul>
  );
}
