'use client';

import { useRouter } from 'next/navigation';
import { useDo } from '@/components/call';
import { useProject } from '@/components/shell/project-context';
import { ConfirmDialog } from '@/components/ui/confirm-dialog';
import type { StoredPreset } from './draft';

/** Asks before a preset goes; webhooks made from it stay as they are and are no longer linked. */
export function DeletePresetDialog({ preset, onClose }: { preset: StoredPreset; onClose: () => void }) {
  const router = useRouter();
  const { id: project } = useProject();
  const remove = useDo('preset.delete', { success: 'The preset is deleted', quiet: true });
  const used = preset.uses.length;
  return (
    <ConfirmDialog
      open
      onOpenChange={onClose}
      title={`Delete the preset ${preset.name}?`}
      description={
        used === 0
          ? 'No scenario uses it.'
          : `${used === 1 ? '1 scenario uses it: its' : `${used} scenarios use it: their`} webhooks stay as they are and can be changed freely from then on.`
      }
      confirmLabel={used === 0 ? 'Delete' : 'Detach and delete'}
      tone="danger"
      onConfirm={async () => {
        await remove.mutateAsync({ id: preset.id, detach: used > 0 });
        router.push(`/p/${project}/data/integrations`);
      }}
    />
  );
}
