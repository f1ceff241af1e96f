'use client';

import { Banner } from '@/components/ui/banner';
import { Button } from '@/components/ui/button';
import type { PrepareFault } from './contract';

/** Goes to a place of a template: its label, line and column from 1. */
export type GoTo = (template: string, line: number, column: number) => void;

/** Why the request cannot be made, each with its place and the way there. */
export function Faults({ faults, onGoTo }: { faults: readonly PrepareFault[]; onGoTo: GoTo }) {
  return (
    <div className="flex flex-col gap-2">
      {faults.map((fault, i) => (
        <Banner
          // biome-ignore lint/suspicious/noArrayIndexKey: the list comes whole
          key={i}
          tone="danger"
          title={fault.message}
          action={
            <Button size="sm" onClick={() => onGoTo(fault.template, fault.line ?? 1, fault.column ?? 1)}>
              Go to
            </Button>
          }
        >
          {placeOf(fault)}
          {fault.customer ? ` · for ${fault.customer.name}` : ''}
          {fault.excerpt ? (
            <code className="mt-1 block overflow-x-auto whitespace-pre font-mono text-ink text-xs">
              {fault.excerpt}
            </code>
          ) : null}
        </Banner>
      ))}
    </div>
  );
}

function placeOf({ template, line, column }: PrepareFault): string {
  if (line === null) return template;
  return column === null ? `${template}, line ${line}` : `${template}, line ${line}, column ${column}`;
}

/** What the request can do with, but somebody should look at. */
export function Warnings({ warnings }: { warnings: readonly string[] }) {
  if (warnings.length === 0) return null;
  return (
    <Banner tone="warning">
      <ul className="flex flex-col gap-1">
        {warnings.map((warning) => (
          <li key={warning}>{warning}</li>
        ))}
      </ul>
    </Banner>
  );
}
