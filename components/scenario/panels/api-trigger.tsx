'use client';

import { RadioTower } from 'lucide-react';
import Link from 'next/link';
import { useAsk } from '@/components/call';
import { useProject } from '@/components/shell/project-context';
import { Badge } from '@/components/ui/badge';
import { EmptyState } from '@/components/ui/empty-state';
import { Select } from '@/components/ui/select';
import { Skeleton } from '@/components/ui/skeleton';
import type { PanelProps } from '../panel-props';
import { Setting } from '../setting';

/** Which API trigger lets customers in, and what its calls give to the templates behind it. */
export function ApiTriggerPanel({ node, onChange, readOnly, faultOf }: PanelProps<'api-trigger'>) {
  const project = useProject();
  const { data: triggers } = useAsk('api-trigger.list', {});
  const { triggerId } = node.settings;
  const chosen = triggers?.find(({ id }) => id === triggerId);
  const listHref = `/p/${project.id}/data/api-triggers`;
  if (!triggers) return <Skeleton className="h-16" />;
  if (triggers.length === 0)
    return (
      <EmptyState
        icon={<RadioTower aria-hidden />}
        title="No API triggers yet"
        action={
          <Link href={listHref} className="text-accent text-sm hover:underline">
            Open API triggers
          </Link>
        }
      >
        A developer makes one under Data &amp; Assets.
      </EmptyState>
    );
  return (
    <div className="flex flex-col gap-4">
      <Setting
        path="triggerId"
        label="API trigger"
        fault={faultOf('triggerId')}
        hint="At each call every customer of the project enters; the conditions behind it choose among them."
      >
        <Select
          value={triggerId}
          placeholder="Choose an API trigger"
          disabled={readOnly}
          onChange={(next) => onChange({ triggerId: next })}
          options={triggers.map(({ id, name, enabled }) => ({
            value: id,
            label: name,
            ...(enabled ? {} : { hint: 'switched off' }),
          }))}
        />
      </Setting>
      {chosen ? (
        <section aria-label="What a call gives" className="flex flex-col gap-2">
          <div className="flex items-center justify-between gap-2">
            <h2 className="font-medium text-sm">What a call gives</h2>
            {chosen.enabled ? null : <Badge tone="warning">Switched off</Badge>}
          </div>
          {chosen.parameters.length === 0 ? (
            <p className="text-muted text-sm">Nothing but the moment: it has no parameters.</p>
          ) : (
            <ul className="divide-y divide-line rounded-md border border-line">
              {chosen.parameters.map(({ name, type }) => (
                <li key={name} className="flex h-9 items-center justify-between gap-3 px-3">
                  <code className="truncate font-mono text-xs">trigger.{name}</code>
                  <span className="text-muted text-xs">{type}</span>
                </li>
              ))}
            </ul>
          )}
          <Link href={`${listHref}/${chosen.id}`} className="w-fit text-accent text-sm hover:underline">
            URL, example and log
          </Link>
        </section>
      ) : null}
    </div>
  );
}
