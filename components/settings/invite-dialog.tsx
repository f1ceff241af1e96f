'use client';

import { useState } from 'react';
import { useDo } from '@/components/call';
import { Banner } from '@/components/ui/banner';
import { Button } from '@/components/ui/button';
import { CodeBlock } from '@/components/ui/code-block';
import { Dialog } from '@/components/ui/dialog';
import { Field } from '@/components/ui/field';
import { Input } from '@/components/ui/input';
import { RadioGroup } from '@/components/ui/radio-group';
import { ROLES, type RoleName } from './roles';

/** Makes an invitation and shows its link, once: Hookline sends no mail. */
export function InviteDialog({ open, onOpenChange }: { open: boolean; onOpenChange: (open: boolean) => void }) {
  const [email, setEmail] = useState('');
  const [role, setRole] = useState<RoleName>('marketer');
  const invite = useDo('member.invite', { quiet: true });
  const close = (next: boolean) => {
    onOpenChange(next);
    if (next) return;
    setEmail('');
    invite.reset();
  };
  const made = invite.data;
  if (made)
    return (
      <Dialog
        open={open}
        onOpenChange={close}
        title={`Send this link to ${email}`}
        description="It works once and for seven days. It is shown only here: Hookline keeps a fingerprint of it."
        footer={
          <Button variant="primary" onClick={() => close(false)}>
            Done
          </Button>
        }
      >
        <CodeBlock wrap title="Invitation link" code={`${window.location.origin}/auth/invite?token=${made.token}`} />
      </Dialog>
    );
  return (
    <Dialog
      open={open}
      onOpenChange={close}
      title="Invite a member"
      onSubmit={() => invite.mutate({ email, role })}
      footer={
        <>
          <Button onClick={() => close(false)}>Cancel</Button>
          <Button type="submit" variant="primary" loading={invite.isPending}>
            Make the link
          </Button>
        </>
      }
    >
      <div className="flex flex-col gap-4">
        {invite.error && !invite.error.field('email') ? <Banner tone="danger">{invite.error.message}</Banner> : null}
        <Field label="E-mail address" error={invite.error?.field('email')}>
          <Input type="email" autoFocus value={email} onChange={(event) => setEmail(event.target.value)} />
        </Field>
        <Field label="Role">
          <RadioGroup value={role} onChange={setRole} options={ROLES} />
        </Field>
      </div>
    </Dialog>
  );
}
