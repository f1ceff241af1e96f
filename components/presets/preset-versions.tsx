'use client';

import Link from 'next/link';
import { useState } from 'react';
import { useAsk } from '@/components/call';
import { useProject } from '@/components/shell/project-context';
import { Badge } from '@/components/ui/badge';
import { Button } from '@/components/ui/button';
import { Card } from '@/components/ui/card';
import { RelativeTime } from '@/components/ui/relative-time';
import { Sheet } from '@/components/ui/sheet';
import type { StoredPreset } from './draft';
import { PresetChanges } from './preset-changes';

/** The versions of a preset and who uses which; a click shows what a version changed. */
export function PresetVersions({ preset }: { preset: StoredPreset }) {
  const [shown, setShown] = useState<number | null>(null);
  return (
    <div className="flex flex-col gap-4">
      <Card title="Used by">
        {preset.uses.length === 0 ? (
          <p className="text-faint text-sm">No scenario uses it yet. It stands in the palette under Webhook presets.</p>
        ) : (
          <Uses preset={preset} />
        )}
      </Card>
      <Card title="Versions" flush>
        <ul className="py-1">
          {preset.versions.map(({ version, createdAt }) => (
            <li key={version} className="flex h-9 items-center justify-between gap-3 px-3">
              <span>
                Version {version}{' '}
                <span className="text-faint text-sm">
                  <RelativeTime at={createdAt} />
                </span>
              </span>
              {version > 1 ? (
                <Button size="sm" variant="ghost" onClick={() => setShown(version)}>
                  Changes
                </Button>
              ) : null}
            </li>
          ))}
        </ul>
      </Card>
      {shown === null ? null : (
        <Sheet open onOpenChange={() => setShown(null)} size="md" title={`What version ${shown} changed`}>
          <Changes preset={preset.id} from={shown - 1} to={shown} />
        </Sheet>
      )}
    </div>
  );
}

function Uses({ preset }: { preset: StoredPreset }) {
  const project = useProject();
  return (
    <ul className="flex flex-col gap-1.5 text-sm">
      {preset.uses.map((use) => (
        <li key={use.scenarioId} className="flex min-w-0 items-center justify-between gap-3">
          <Link href={`/p/${project.id}/campaigns/scenarios/${use.scenarioId}`} className="truncate hover:underline">
            {use.name}
          </Link>
          {use.versions.some((version) => version < preset.version) ? (
            <Badge tone="warning">version {Math.min(...use.versions)}</Badge>
          ) : (
            <Badge>version {preset.version}</Badge>
          )}
        </li>
      ))}
    </ul>
  );
}

function Changes({ preset, from, to }: { preset: string; from: number; to: number }) {
  const { data, error } = useAsk('preset.diff', { id: preset, from, to });
  if (error) return <p className="text-danger">{error.message}</p>;
  return data ? <PresetChanges diff={data} /> : null;
}
