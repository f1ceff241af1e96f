'use client';

import { type ReactNode, useState } from 'react';
import { Banner } from './banner';
import { Button } from './button';
import { Dialog, type DialogProps } from './dialog';
import { Field } from './field';
import { Input } from './input';

export interface ConfirmDialogProps {
  open: boolean;
  onOpenChange: (open: boolean) => void;
  /** A question, e.g. "Delete the policy SMS?" */
  title: string;
  /** What happens and what does not. */
  description?: ReactNode;
  /** The verb of the button, e.g. "Delete". */
  confirmLabel: string;
  tone?: 'primary' | 'danger';
  /** Closes the dialog when it resolves; its error is shown in the dialog. */
  onConfirm: () => unknown;
  /** For what cannot be undone: this text must be typed first. */
  mustType?: string;
  disabled?: boolean;
  size?: DialogProps['size'];
  children?: ReactNode;
}

/** Asks before something is done. */
export function ConfirmDialog(props: ConfirmDialogProps) {
  const {
    open,
    onOpenChange,
    title,
    description,
    confirmLabel,
    tone = 'primary',
    onConfirm,
    mustType,
    disabled,
    size,
    children,
  } = props;
  const [working, setWorking] = useState(false);
  const [fault, setFault] = useState<string | null>(null);
  const [typed, setTyped] = useState('');
  const close = (next: boolean) => {
    if (working) return;
    setFault(null);
    setTyped('');
    onOpenChange(next);
  };
  const confirm = async () => {
    setWorking(true);
    setFault(null);
    try {
      await onConfirm();
      setTyped('');
      onOpenChange(false);
    } catch (error) {
      setFault(error instanceof Error ? error.message : String(error));
    } finally {
      setWorking(false);
    }
  };
  const ready = !disabled && (!mustType || typed === mustType);
  return (
    <Dialog
      open={open}
      onOpenChange={close}
      title={title}
      description={description}
      size={size}
      dismissible={!working}
      onSubmit={() => ready && !working && void confirm()}
      footer={
        <>
          <Button onClick={() => close(false)} disabled={working}>
            Cancel
          </Button>
          <Button type="submit" variant={tone} loading={working} disabled={!ready}>
            {confirmLabel}
          </Button>
        </>
      }
    >
      {children || mustType || fault ? (
        <div className="flex flex-col gap-4">
          {children}
          {mustType ? (
            <Field label={`Type “${mustType}” to confirm`}>
              <Input value={typed} onChange={(event) => setTyped(event.target.value)} autoComplete="off" />
            </Field>
          ) : null}
          {fault ? <Banner tone="danger">{fault}</Banner> : null}
        </div>
      ) : null}
    </Dialog>
  );
}
