'use client';

import { useState } from 'react';
import { useDo } from '@/components/call';
import { Badge } from '@/components/ui/badge';
import { Banner } from '@/components/ui/banner';
import { ConfirmDialog } from '@/components/ui/confirm-dialog';
import { Field } from '@/components/ui/field';
import { Select } from '@/components/ui/select';
import type { Policy } from './policies';

const DEFAULT = '';

export interface DeletePolicyDialogProps {
  policy: Policy;
  others: readonly Policy[];
  onClose: () => void;
}

/** Asks what takes the place of a policy in the scenarios that use it; those that run must be stopped first. */
export function DeletePolicyDialog({ policy, others, onClose }: DeletePolicyDialogProps) {
  const remove = useDo('policy.delete', { success: 'The policy is deleted', quiet: true });
  const [replacement, setReplacement] = useState<string | null>(null);
  const running = policy.uses.filter((use) => use.isRunning);
  const used = policy.uses.length > 0;
  return (
    <ConfirmDialog
      open
      onOpenChange={onClose}
      title={`Delete the policy ${policy.name}?`}
      description={used ? undefined : 'No scenario uses it.'}
      confirmLabel="Delete"
      tone="danger"
      disabled={running.length > 0 || (used && replacement === null)}
      onConfirm={() =>
        remove.mutateAsync({
          id: policy.id,
          ...(used ? { replacementId: replacement === DEFAULT ? null : replacement } : {}),
        })
      }
    >
      {used ? (
        <div className="flex flex-col gap-4">
          <div>
            <p className="mb-2 font-medium text-sm">Scenarios that use it</p>
            <ul className="scroll-thin max-h-40 overflow-y-auto rounded-md border border-line">
              {policy.uses.map((use) => (
                <li
                  key={use.scenarioId}
                  className="flex h-9 items-center justify-between gap-3 border-line border-b px-3 last:border-0"
                >
                  <span className="truncate">{use.name}</span>
                  {use.isRunning ? (
                    <Badge tone="success">Running</Badge>
                  ) : (
                    <Badge className="capitalize">{use.status}</Badge>
                  )}
                </li>
              ))}
            </ul>
          </div>
          {running.length > 0 ? (
            <Banner
              tone="warning"
              title={running.length === 1 ? 'One of them is running' : `${running.length} of them are running`}
            >
              A run keeps the policy that it was started with. Stop {running.length === 1 ? 'it' : 'them'}, then delete
              the policy.
            </Banner>
          ) : (
            <Field label="Their webhooks will use" required>
              <Select
                value={replacement}
                onChange={setReplacement}
                placeholder="Choose a replacement"
                options={[
                  ...others.map(({ id, name, concurrency }) => ({
                    value: id,
                    label: name,
                    hint: `${concurrency} at once`,
                  })),
                  { value: DEFAULT, label: 'No policy', hint: "The project's default, if there is one" },
                ]}
              />
            </Field>
          )}
        </div>
      ) : null}
    </ConfirmDialog>
  );
}
