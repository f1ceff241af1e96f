'use client';

import { Button } from '@/components/ui/button';
import { CodeBlock } from '@/components/ui/code-block';
import { Dialog } from '@/components/ui/dialog';

/** A secret that was made here, shown this one time. */
export function ShownSecretDialog({ secret, onClose }: { secret: string; onClose: () => void }) {
  return (
    <Dialog
      open
      onOpenChange={onClose}
      dismissible={false}
      title="Copy the signing secret now"
      description="It is shown only here. The receiver needs it to check the signatures."
      footer={
        <Button variant="primary" onClick={onClose}>
          I have it
        </Button>
      }
    >
      <CodeBlock wrap title="Signing secret" code={secret} />
    </Dialog>
  );
}
