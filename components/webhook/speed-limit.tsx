'use client';

import { useState } from 'react';
import { Banner } from '@/components/ui/banner';
import { Button } from '@/components/ui/button';
import { ConfirmDialog } from '@/components/ui/confirm-dialog';

/** A legacy speed limit as it came with an import: it is shown, obeyed and can be removed, never set. */
export function SpeedLimitNotice({
  perMinute,
  onLift,
}: {
  perMinute: number;
  /** Absent for who may only look. */
  onLift?: (() => void) | undefined;
}) {
  const [asking, setAsking] = useState(false);
  const words = `${perMinute.toLocaleString('en')} ${perMinute === 1 ? 'request' : 'requests'} a minute`;
  return (
    <Banner
      tone="info"
      title={`Legacy speed limit: ${words}`}
      action={
        onLift ? (
          <Button size="sm" onClick={() => setAsking(true)}>
            Remove
          </Button>
        ) : undefined
      }
    >
      It came with this webhook from an import and is kept: over all runs and workers no more leave, evenly spread,
      beside what the throughput policy allows. It cannot be changed or set anywhere else. A throughput policy with a
      rate does the same for all webhooks that select it.
      {asking ? (
        <ConfirmDialog
          open
          onOpenChange={setAsking}
          title="Remove the legacy speed limit?"
          description={`From its next start, or once the change is published, this webhook sends as fast as its throughput policy allows instead of ${words}. Choose a policy with a rate if the receiver needs one. Undo brings the limit back; setting one anew is not possible.`}
          confirmLabel="Remove the limit"
          tone="danger"
          onConfirm={() => onLift?.()}
        />
      ) : null}
    </Banner>
  );
}
