'use client';

import { ShieldCheck } from 'lucide-react';
import dynamic from 'next/dynamic';
import { useState } from 'react';
import { useAsk, useDo } from '@/components/call';
import { Badge } from '@/components/ui/badge';
import { Banner } from '@/components/ui/banner';
import { Button } from '@/components/ui/button';
import { Card } from '@/components/ui/card';
import { CodeBlock } from '@/components/ui/code-block';
import { Dialog } from '@/components/ui/dialog';
import { Field } from '@/components/ui/field';
import { Input } from '@/components/ui/input';
import { RelativeTime } from '@/components/ui/relative-time';

// Few people set one up, so the encoder comes only then.
const QrCode = dynamic(() => import('@/components/ui/qr-code').then((m) => m.QrCode), {
  ssr: false,
  loading: () => <div className="size-44" />,
});

/** The user's second factor: set it up with an authenticator app, or switch it off. */
export function SecondFactor() {
  const { data: status } = useAsk('totp.status', {});
  const [open, setOpen] = useState<'on' | 'off' | null>(null);
  const isOn = Boolean(status?.enabledAt);
  return (
    <>
      <Card
        title={
          <span className="flex items-center gap-2">
            Second factor {isOn ? <Badge tone="success">On</Badge> : null}
          </span>
        }
        description="A code of an authenticator app beside the password, so that a password alone opens nothing."
        footer={
          status ? (
            <Button icon={<ShieldCheck aria-hidden />} onClick={() => setOpen(isOn ? 'off' : 'on')}>
              {isOn ? 'Switch off' : 'Set up'}
            </Button>
          ) : undefined
        }
      >
        {isOn ? (
          <p className="text-muted text-sm">
            On since <RelativeTime at={status?.enabledAt} />. {status?.recoveryCodes} of 10 recovery codes are left.
          </p>
        ) : null}
      </Card>
      {open === 'on' ? <SetUpDialog onClose={() => setOpen(null)} /> : null}
      {open === 'off' ? <SwitchOffDialog onClose={() => setOpen(null)} /> : null}
    </>
  );
}

/** Password, then the secret and a code of it, then the recovery codes. */
function SetUpDialog({ onClose }: { onClose: () => void }) {
  const begin = useDo('totp.begin', { quiet: true });
  const confirm = useDo('totp.confirm', { quiet: true });
  const [password, setPassword] = useState('');
  const [code, setCode] = useState('');
  if (confirm.data)
    return (
      <Dialog
        open
        onOpenChange={onClose}
        dismissible={false}
        title="Keep these recovery codes"
        description="Each lets you in once when you do not have your device. They are shown only here."
        footer={
          <Button variant="primary" onClick={onClose}>
            I have them
          </Button>
        }
      >
        <CodeBlock title="Recovery codes" code={confirm.data.recoveryCodes.join('\n')} />
      </Dialog>
    );
  if (begin.data)
    return (
      <Dialog
        open
        onOpenChange={onClose}
        title="Add Hookline to your app"
        description="Scan the code with your authenticator app, or enter the key there. Then enter what the app shows."
        size="md"
        onSubmit={() => confirm.mutate({ code })}
        footer={
          <>
            <Button onClick={onClose}>Cancel</Button>
            <Button type="submit" variant="primary" loading={confirm.isPending} disabled={code.trim().length < 6}>
              Confirm
            </Button>
          </>
        }
      >
        <div className="flex flex-col gap-4">
          <div className="flex items-start gap-4">
            <QrCode text={begin.data.uri} label="QR code of the key" className="size-44 shrink-0" />
            <div className="flex min-w-0 flex-1 flex-col gap-3">
              <CodeBlock wrap title="Key" code={begin.data.secret.replace(/.{4}(?=.)/g, '$& ')} />
              <p className="text-muted text-sm">
                On a device with an app you can also{' '}
                <a href={begin.data.uri} className="text-accent underline">
                  open it there
                </a>
                .
              </p>
            </div>
          </div>
          <Field label="Code" error={confirm.error?.message}>
            <Input
              autoFocus
              inputMode="numeric"
              autoComplete="one-time-code"
              className="w-40"
              value={code}
              onChange={(event) => setCode(event.target.value)}
            />
          </Field>
        </div>
      </Dialog>
    );
  return (
    <Dialog
      open
      onOpenChange={onClose}
      title="Set up a second factor"
      onSubmit={() => begin.mutate({ password })}
      footer={
        <>
          <Button onClick={onClose}>Cancel</Button>
          <Button type="submit" variant="primary" loading={begin.isPending}>
            Continue
          </Button>
        </>
      }
    >
      <div className="flex flex-col gap-4">
        {begin.error && begin.error.fields.length === 0 ? <Banner tone="danger">{begin.error.message}</Banner> : null}
        <Field label="Your password" hint="Leave empty if you have none yet." error={begin.error?.field('password')}>
          <Input
            type="password"
            autoFocus
            autoComplete="current-password"
            value={password}
            onChange={(event) => setPassword(event.target.value)}
          />
        </Field>
      </div>
    </Dialog>
  );
}

function SwitchOffDialog({ onClose }: { onClose: () => void }) {
  const disable = useDo('totp.disable', { success: 'The second factor is off', quiet: true });
  const [code, setCode] = useState('');
  return (
    <Dialog
      open
      onOpenChange={onClose}
      title="Switch the second factor off?"
      description="Your password alone will then let you in. The recovery codes become worthless."
      onSubmit={() => disable.mutate({ code }, { onSuccess: onClose })}
      footer={
        <>
          <Button onClick={onClose}>Cancel</Button>
          <Button type="submit" variant="danger" loading={disable.isPending} disabled={code.trim().length < 6}>
            Switch off
          </Button>
        </>
      }
    >
      <Field label="Code" hint="Of your authenticator app, or a recovery code." error={disable.error?.message}>
        <Input
          autoFocus
          autoComplete="one-time-code"
          className="w-48"
          value={code}
          onChange={(event) => setCode(event.target.value)}
        />
      </Field>
    </Dialog>
  );
}
