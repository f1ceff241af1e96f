'use client';

import { useState } from 'react';
import { CallError, call, useAsk } from '@/components/call';
import { PresetChanges } from '@/components/presets/preset-changes';
import { useProject } from '@/components/shell/project-context';
import { Banner } from '@/components/ui/banner';
import { Button } from '@/components/ui/button';
import { ConfirmDialog } from '@/components/ui/confirm-dialog';
import { Sheet } from '@/components/ui/sheet';
import { toast } from '@/components/ui/toast';
import type { WebhookSettings } from '@/lib/core/webhook';
import type { PanelProps } from '../panel-props';

/** The preset that a webhook is made from: which version, a newer one with what it changes, and taking it off. */
export function PresetLink({ node, onChange, readOnly }: PanelProps<'webhook'>) {
  const project = useProject();
  const { preset: link } = node.settings;
  const { data: presets } = useAsk('preset.list', {}, { enabled: link !== null });
  const [asking, setAsking] = useState<'update' | 'detach' | null>(null);
  if (link === null || !presets) return null;
  const preset = presets.find(({ id }) => id === link.id);
  if (!preset) return <p className="text-faint text-sm">Its preset was deleted; what it locked stays as it was.</p>;
  const isOld = link.version < preset.version;
  return (
    <div className="flex flex-col gap-2">
      <p className="text-muted text-sm">
        From the preset <span className="font-medium text-ink">{preset.name}</span>, version {link.version}.
      </p>
      {isOld ? (
        <Banner
          tone="info"
          title={`Version ${preset.version} of ${preset.name} is there`}
          action={
            <Button size="sm" onClick={() => setAsking('update')}>
              {readOnly ? 'See what changes' : 'See and accept'}
            </Button>
          }
        >
          Runs that have started go on with version {link.version}.
        </Banner>
      ) : null}
      {project.can.develop && !readOnly ? (
        <Button size="sm" variant="ghost" className="self-start" onClick={() => setAsking('detach')}>
          Detach from the preset
        </Button>
      ) : null}
      {asking === 'update' ? (
        <UpdateSheet
          settings={node.settings}
          to={preset.version}
          readOnly={readOnly}
          onAccept={onChange}
          onClose={() => setAsking(null)}
        />
      ) : null}
      {asking === 'detach' ? (
        <ConfirmDialog
          open
          onOpenChange={() => setAsking(null)}
          title={`Detach ${node.name} from ${preset.name}?`}
          description="The webhook stays as it is, everybody who builds scenarios may change all of it, and new versions of the preset are no longer offered."
          confirmLabel="Detach"
          onConfirm={async () => onChange({ preset: null })}
        />
      ) : null}
    </div>
  );
}

interface UpdateSheetProps {
  settings: WebhookSettings;
  to: number;
  readOnly: boolean;
  onAccept: (settings: WebhookSettings) => void;
  onClose: () => void;
}

function UpdateSheet({ settings, to, readOnly, onAccept, onClose }: UpdateSheetProps) {
  const project = useProject().id;
  const { id, version: from } = settings.preset!;
  const { data: diff, error } = useAsk('preset.diff', { id, from, to });
  const [isPending, setPending] = useState(false);
  const accept = async () => {
    setPending(true);
    try {
      onAccept((await call(project, 'preset.settings', { id, version: to, current: settings })).settings);
      onClose();
    } catch (refusal) {
      setPending(false);
      toast.error(refusal instanceof CallError ? refusal.message : 'The new version could not be loaded.');
    }
  };
  return (
    <Sheet
      open
      onOpenChange={onClose}
      size="md"
      title={`From version ${from} to ${to}`}
      description="What you may change yourself stays as you set it."
      footer={
        readOnly ? undefined : (
          <Button variant="primary" loading={isPending} disabled={!diff} onClick={() => void accept()}>
            Accept version {to}
          </Button>
        )
      }
    >
      {error ? <p className="text-danger">{error.message}</p> : null}
      {diff ? <PresetChanges diff={diff} /> : null}
    </Sheet>
  );
}
