'use client';

import { RefreshCw } from 'lucide-react';
import { useState } from 'react';
import { useDo } from '@/components/call';
import { Button } from '@/components/ui/button';
import { Card } from '@/components/ui/card';
import { ConfirmDialog } from '@/components/ui/confirm-dialog';
import type { Entry } from './catalogue-entries';
import { draftOf, inputOf, type Stored } from './draft';
import { type Integration, IntegrationState } from './integration-state';
import { UseList } from './uses';

interface IntegrationSideProps {
  entry: Entry;
  stored: Stored | null;
  uses: Integration['uses'];
  isTesting: boolean;
  onSecretMade: ((secret: string) => void) | undefined;
}

/** What is known of an integration beside its form: its kind, how the last test went, where it is used. */
export function IntegrationSide({ entry, stored, uses, isTesting, onSecretMade }: IntegrationSideProps) {
  const Icon = entry.icon;
  return (
    <aside className="flex flex-col gap-4">
      <Card>
        <div className="flex gap-3">
          <span className="grid size-8 shrink-0 place-items-center rounded-md bg-hover text-muted">
            <Icon aria-hidden />
          </span>
          <div className="min-w-0">
            <p className="font-medium">{entry.title}</p>
            <p className="mt-0.5 text-muted text-sm">{stored ? entry.summary : ADVICE}</p>
          </div>
        </div>
      </Card>
      {stored ? (
        <Card title="State">
          <div className="text-sm" aria-live="polite">
            {isTesting ? (
              <span className="text-muted">Testing …</span>
            ) : (
              <>
                <IntegrationState state={stored.state} test={stored.test} />
                {stored.test ? (
                  <p className="mt-1.5 break-words text-muted">
                    {stored.test.message} <span className="text-faint tabular-nums">{stored.test.ms} ms</span>
                  </p>
                ) : null}
              </>
            )}
          </div>
        </Card>
      ) : null}
      {stored?.settings.kind === 'signature' && stored.state === 'ready' && onSecretMade ? (
        <Rotation stored={stored} onSecretMade={onSecretMade} />
      ) : null}
      {stored ? (
        <Card title="Used by">
          <div className="text-sm">
            {uses.length > 0 ? <UseList uses={uses} /> : <p className="text-faint">No webhook uses it yet.</p>}
          </div>
        </Card>
      ) : null}
    </aside>
  );
}

const ADVICE = 'Whoever builds scenarios selects it by name. Nobody, not even you, can read its secrets again.';

/** A new signing secret while the one before still signs. */
function Rotation({ stored, onSecretMade }: { stored: Stored; onSecretMade: (secret: string) => void }) {
  const [asking, setAsking] = useState(false);
  const rotate = useDo('integration.update', { success: 'A new secret signs from now on', quiet: true });
  const confirm = async () => {
    const { shown } = await rotate.mutateAsync({ ...inputOf(draftOf(stored)), id: stored.id, rotate: true });
    if (shown) onSecretMade(shown);
  };
  return (
    <Card title="Rotation">
      <p className="text-muted text-sm">A new secret signs at once. The one before signs too for another day.</p>
      <Button size="sm" className="mt-3" icon={<RefreshCw aria-hidden />} onClick={() => setAsking(true)}>
        New signing secret
      </Button>
      {asking ? (
        <ConfirmDialog
          open
          onOpenChange={() => setAsking(false)}
          title="Make a new signing secret?"
          description="It is shown once. Give it to the receiver within a day: until then both signatures are sent."
          confirmLabel="Make it"
          onConfirm={confirm}
        />
      ) : null}
    </Card>
  );
}
