'use client';

import Link from 'next/link';
import { useSyncExternalStore } from 'react';
import { useProject } from '@/components/shell/project-context';
import { Card } from '@/components/ui/card';
import { CodeBlock } from '@/components/ui/code-block';
import { exampleCall, type TriggerParameter } from '@/lib/core/api-trigger';
import { toCurl } from '@/lib/core/curl';

/** What the caller needs: the URL, a key, an example, and what comes back. */
export function HowToCall({
  id,
  parameters,
  secondsBetweenCalls,
}: {
  id: string;
  parameters: readonly TriggerParameter[];
  secondsBetweenCalls: number;
}) {
  const project = useProject();
  const url = `${useOrigin()}/api/v1/triggers/${id}`;
  const body = JSON.stringify({ parameters: exampleCall(parameters) }, null, 2);
  const example = toCurl({
    method: 'POST',
    url,
    headers: [
      ['Authorization', 'Bearer hl_…'],
      ['Content-Type', 'application/json'],
    ],
    body,
  });
  return (
    <Card title="How it is called">
      <div className="flex flex-col gap-4">
        <CodeBlock wrap title="URL" code={url} />
        <CodeBlock title="Example" code={example} />
        <ul className="flex list-disc flex-col gap-1.5 pl-4 text-muted text-sm">
          <li>
            In place of <code className="font-mono text-xs">hl_…</code> stands an API key with the scope{' '}
            <em className="not-italic text-ink">Start API triggers</em>. An admin makes one under{' '}
            <Link href={`/p/${project.id}/settings/access`} className="text-accent underline">
              Access management
            </Link>
            .
          </li>
          <li>
            <code className="font-mono text-xs">202</code> names the runs that began. One call every{' '}
            {secondsBetweenCalls === 1 ? 'second' : `${secondsBetweenCalls} seconds`} is accepted for all API triggers
            of the project; sooner ones get <code className="font-mono text-xs">429</code> with{' '}
            <code className="font-mono text-xs">Retry-After</code>.
          </li>
          <li>
            With an <code className="font-mono text-xs">Idempotency-Key</code> a call that is sent again starts nothing
            twice.
          </li>
        </ul>
      </div>
    </Card>
  );
}

const nothingChanges = () => () => {};

/** The address of this installation as the browser has it; empty while the server renders. */
function useOrigin(): string {
  return useSyncExternalStore(
    nothingChanges,
    () => window.location.origin,
    () => '',
  );
}
