'use client';

import { ChevronRight, CircleAlert, Split, TriangleAlert, Wrench } from 'lucide-react';
import Link from 'next/link';
import { useState } from 'react';
import { useAsk } from '@/components/call';
import { useProject } from '@/components/shell/project-context';
import { Button } from '@/components/ui/button';
import { cn } from '@/components/ui/cn';
import { CodeBlock } from '@/components/ui/code-block';
import { Input } from '@/components/ui/input';
import { Popover, PopoverContent, PopoverTrigger } from '@/components/ui/popover';
import { Skeleton } from '@/components/ui/skeleton';
import { toast } from '@/components/ui/toast';
import type { Node } from '@/lib/core/document';
import type { Operation } from '@/lib/core/operations';
import type { Check } from './check-audience';
import { conditionInFront, withDefault } from './fixes';
import { useEditor, useEditorStore } from './store';

type Fault = NonNullable<Check['report']>['faults'][number];

/** What is wrong, by the line of the template, each with the customers it is wrong for and ways to mend it. */
export function CheckFaults(props: {
  check: string;
  faults: readonly Fault[];
  node: Node<'webhook'>;
  readOnly: boolean;
}) {
  return (
    <ul className="flex flex-col divide-y divide-line rounded-md border border-line" aria-label="What was found">
      {props.faults.map((fault, index) => (
        <li key={`${fault.template} ${fault.line} ${fault.message}`}>
          <FaultRow {...props} fault={fault} index={index} />
        </li>
      ))}
    </ul>
  );
}

function FaultRow({
  check,
  fault,
  index,
  node,
  readOnly,
}: {
  check: string;
  fault: Fault;
  index: number;
  node: Node<'webhook'>;
  readOnly: boolean;
}) {
  const [isOpen, setOpen] = useState(false);
  const Icon = fault.severity === 'error' ? CircleAlert : TriangleAlert;
  return (
    <div className="flex flex-col">
      <button
        type="button"
        aria-expanded={isOpen}
        onClick={() => setOpen(!isOpen)}
        className="flex w-full items-start gap-2 px-3 py-2 text-left hover:bg-hover"
      >
        <Icon
          aria-label={fault.severity === 'error' ? 'Error' : 'Warning'}
          className={cn('mt-0.5', fault.severity === 'error' ? 'text-danger' : 'text-warning')}
        />
        <span className="min-w-0 flex-1">
          <span className="block [overflow-wrap:anywhere]">
            <span className="font-medium tabular-nums">{fault.count.toLocaleString('en')}</span>{' '}
            {fault.count === 1 ? 'customer' : 'customers'}: {fault.message}
          </span>
          <span className="block text-faint text-xs">
            {fault.template}
            {fault.line === null ? '' : `, line ${fault.line}`}
          </span>
        </span>
        <ChevronRight aria-hidden className={cn('mt-0.5 text-faint transition-transform', isOpen && 'rotate-90')} />
      </button>
      {isOpen ? (
        <div className="flex flex-col gap-3 border-line border-t bg-page px-3 py-3">
          {fault.property && !readOnly ? <Fixes fault={fault} property={fault.property} node={node} /> : null}
          {fault.example ? (
            <CodeBlock
              wrap
              maxHeight="160px"
              title={`For ${fault.customer?.name ?? 'the first'}`}
              code={fault.example}
            />
          ) : null}
          <People check={check} index={index} count={fault.count} />
        </div>
      ) : null}
    </div>
  );
}

function People({ check, index, count }: { check: string; index: number; count: number }) {
  const project = useProject();
  const { data, error } = useAsk('webhook.check-people', { check, fault: index });
  if (error) return <p className="text-danger text-sm">{error.message}</p>;
  if (!data) return <Skeleton className="w-40" />;
  return (
    <div>
      <h4 className="pb-1 font-medium text-muted text-xs">
        {count > data.people.length ? `The first ${data.people.length} of them` : 'They are'}
      </h4>
      <ul className="scroll-thin flex max-h-40 flex-wrap gap-x-3 gap-y-1 overflow-y-auto text-sm">
        {data.people.map(({ customerId, name }) => (
          <li key={customerId}>
            <Link href={`/p/${project.id}/data/customers/${customerId}`} className="hover:underline">
              {name}
            </Link>
          </li>
        ))}
      </ul>
    </div>
  );
}

/** A value in place of what is missing, or a condition that keeps those people out. */
function Fixes({ fault, property, node }: { fault: Fault; property: string; node: Node<'webhook'> }) {
  const store = useEditorStore();
  const document = useEditor((editor) => editor.document);
  const [value, setValue] = useState('');
  const settings = withDefault(node.settings, fault, property, value);
  const operations = conditionInFront(document, node.id, property);
  const apply = (edits: Operation[], done: string) => {
    const refused = store.getState().edit(edits);
    if (refused) toast.error(refused);
    else toast.success(done, { action: { label: 'Undo', onClick: () => store.getState().undo() } });
  };
  return (
    <div className="flex flex-wrap gap-2">
      {settings ? (
        <Popover>
          <PopoverTrigger asChild>
            <Button size="sm" icon={<Wrench aria-hidden />}>
              Use a value instead
            </Button>
          </PopoverTrigger>
          <PopoverContent>
            <form
              className="flex flex-col gap-2"
              onSubmit={(event) => {
                event.preventDefault();
                apply([{ type: 'set', node: node.id, settings }], `${property} has a value to fall back on`);
              }}
            >
              <label className="text-sm" htmlFor="fallback">
                When {property} is empty, write
              </label>
              <Input id="fallback" mono value={value} onChange={(event) => setValue(event.target.value)} />
              <Button type="submit" size="sm" variant="primary" className="self-end">
                Use it
              </Button>
            </form>
          </PopoverContent>
        </Popover>
      ) : null}
      {operations ? (
        <Button
          size="sm"
          icon={<Split aria-hidden />}
          onClick={() => apply(operations, `A condition in front keeps out who has no ${property}`)}
        >
          Keep them out by a condition
        </Button>
      ) : null}
    </div>
  );
}
