'use client';

import { useRouter } from 'next/navigation';
import { useState } from 'react';
import { useDo } from '@/components/call';
import { useProject } from '@/components/shell/project-context';
import { Banner } from '@/components/ui/banner';
import { ConfirmDialog } from '@/components/ui/confirm-dialog';
import { Field } from '@/components/ui/field';
import { Select } from '@/components/ui/select';
import { entryOf } from './catalogue-entries';
import type { Integration } from './integration-state';
import { UseList } from './uses';

const NONE = '';

export interface DeleteIntegrationDialogProps {
  integration: Integration;
  others: readonly Integration[];
  onClose: () => void;
}

/** Asks what takes the place of an integration in the webhooks that use it; scenarios that run must be stopped first. */
export function DeleteIntegrationDialog({ integration, others, onClose }: DeleteIntegrationDialogProps) {
  const router = useRouter();
  const { id: project } = useProject();
  const remove = useDo('integration.delete', { success: 'The integration is deleted', quiet: true });
  const [replacement, setReplacement] = useState<string | null>(null);
  const running = integration.uses.filter((use) => use.isRunning);
  const used = integration.uses.length > 0;
  const confirm = async () => {
    await remove.mutateAsync({
      id: integration.id,
      ...(used ? { replacementId: replacement === NONE ? null : replacement } : {}),
    });
    router.push(`/p/${project}/data/integrations`);
  };
  return (
    <ConfirmDialog
      open
      onOpenChange={onClose}
      title={`Delete the integration ${integration.name}?`}
      description={used ? undefined : 'No webhook uses it. Its secrets are destroyed.'}
      confirmLabel="Delete"
      tone="danger"
      disabled={running.length > 0 || (used && replacement === null)}
      onConfirm={confirm}
    >
      {used ? (
        <div className="flex flex-col gap-4">
          <div className="scroll-thin max-h-40 overflow-y-auto rounded-md border border-line px-3 py-2">
            <UseList uses={integration.uses} />
          </div>
          {running.length > 0 ? (
            <Banner
              tone="warning"
              title={running.length === 1 ? 'One of them is running' : `${running.length} of them are running`}
            >
              A run uses the integration until its end. Stop {running.length === 1 ? 'it' : 'them'}, then delete.
            </Banner>
          ) : (
            <Field label="Their webhooks will use" required>
              <Select
                value={replacement}
                onChange={setReplacement}
                placeholder="Choose a replacement"
                options={[
                  ...others.map(({ id, name, kind }) => ({ value: id, label: name, hint: entryOf(kind).title })),
                  { value: NONE, label: 'No integration', hint: 'Requests leave without credentials' },
                ]}
              />
            </Field>
          )}
        </div>
      ) : null}
    </ConfirmDialog>
  );
}
