'use client';

import { useState } from 'react';
import { useDo } from '@/components/call';
import { Badge } from '@/components/ui/badge';
import { Banner } from '@/components/ui/banner';
import { ConfirmDialog } from '@/components/ui/confirm-dialog';
import { Select } from '@/components/ui/select';
import type { Policy } from './policies';

const DEFAULT = 'default';
const STOP = 'stop';

export interface DeletePolicyDialogProps {
  policy: Policy;
  others: readonly Policy[];
  onClose: () => void;
}

/** Asks for each scenario that uses a policy what takes its place, or whether it is stopped. */
export function DeletePolicyDialog({ policy, others, onClose }: DeletePolicyDialogProps) {
  const remove = useDo('policy.delete', { success: 'The policy is deleted', quiet: true });
  const [chosen, setChosen] = useState<Record<string, string>>({});
  const { uses } = policy;
  const answers = uses.map(({ scenarioId }) => [scenarioId, chosen[scenarioId]] as const);
  const stopped = answers.filter(([, answer]) => answer === STOP).length;
  const options = [
    { value: DEFAULT, label: 'No policy', hint: 'the default, if there is one' },
    ...others.map(({ id, name, concurrency }) => ({ value: id, label: name, hint: `${concurrency} at once` })),
  ];
  const stop = { value: STOP, label: 'Stop it', hint: 'ends its runs at once' };
  return (
    <ConfirmDialog
      open
      onOpenChange={onClose}
      size="md"
      title={`Delete the policy ${policy.name}?`}
      description={
        uses.length > 0
          ? 'Choose what each scenario uses instead. It acts at once, also on customers who wait for their request.'
          : 'No scenario uses it.'
      }
      confirmLabel={
        stopped > 0 ? `Delete, and stop ${stopped === 1 ? '1 scenario' : `${stopped} scenarios`}` : 'Delete'
      }
      tone="danger"
      disabled={answers.some(([, answer]) => answer === undefined)}
      onConfirm={() =>
        remove.mutateAsync({
          id: policy.id,
          answers: Object.fromEntries(answers.map(([id, answer]) => [id, answer === DEFAULT ? null : answer!])),
        })
      }
    >
      {uses.length > 0 ? (
        <div className="flex flex-col gap-4">
          <ul
            aria-label="Scenarios that use it"
            className="scroll-thin max-h-72 overflow-y-auto rounded-md border border-line"
          >
            {uses.map((use) => (
              <li
                key={use.scenarioId}
                className="flex min-h-12 items-center gap-3 border-line border-b px-3 py-2 last:border-0"
              >
                <span className="min-w-0 flex-1 truncate" title={use.name}>
                  {use.name}
                </span>
                {use.isRunning ? (
                  <Badge tone="success">Active</Badge>
                ) : (
                  <Badge className="capitalize">{use.status}</Badge>
                )}
                <div className="w-52 shrink-0">
                  <Select
                    label={`What ${use.name} uses instead`}
                    value={chosen[use.scenarioId] ?? null}
                    onChange={(value) => setChosen({ ...chosen, [use.scenarioId]: value })}
                    placeholder="Choose"
                    options={use.isRunning ? [stop, ...options] : options}
                  />
                </div>
              </li>
            ))}
          </ul>
          {stopped > 0 ? (
            <Banner
              tone="warning"
              title={stopped === 1 ? 'One scenario is stopped' : `${stopped} scenarios are stopped`}
            >
              Requests in flight are finished; everybody else who is inside is skipped.
            </Banner>
          ) : null}
        </div>
      ) : null}
    </ConfirmDialog>
  );
}
