'use client';

import { ArrowLeft, Check, Pencil } from 'lucide-react';
import { Dialog, Tabs } from 'radix-ui';
import { type ReactNode, useState } from 'react';
import { Badge } from '@/components/ui/badge';
import { Button } from '@/components/ui/button';
import { IconButton } from '@/components/ui/icon-button';
import { Input } from '@/components/ui/input';
import { Switch } from '@/components/ui/switch';
import { tabStyle } from '@/components/ui/tabs';
import type { Node } from '@/lib/core/document';
import type { WebhookSettings } from '@/lib/core/webhook';

export type EditorView = 'editor' | 'parameters' | 'test' | 'settings';

export interface EditorTopProps {
  node: Node<'webhook'>;
  onChange: (settings: Partial<WebhookSettings>) => void;
  onRename: (name: string) => void;
  onClose: () => void;
  readOnly: boolean;
  /** The preset of the webhook says whether it is a batch. */
  isBatchLocked: boolean;
  /** How many parameters the templates ask for. */
  parameters: number;
  /** Where closing leads to. */
  backTo: string;
  tools: ReactNode;
}

/** Where one is, the four tabs, and whether it is a batch. */
export function EditorTop(props: EditorTopProps) {
  const { node, onChange, onClose, readOnly, isBatchLocked, parameters, backTo, tools } = props;
  return (
    <header className="flex h-12 shrink-0 items-center gap-3 border-line border-b pr-3 pl-2">
      <div className="flex min-w-0 flex-1 items-center gap-1">
        <Button variant="ghost" icon={<ArrowLeft aria-hidden />} onClick={onClose} className="min-w-0 max-w-48 px-2">
          <span className="truncate">{backTo}</span>
        </Button>
        <span aria-hidden className="text-faint">
          /
        </span>
        <Name {...props} />
        <span className="shrink-0 text-faint text-sm tabular-nums">#{node.number}</span>
        {readOnly ? <Badge>Read only</Badge> : isBatchLocked ? <Badge>From a preset</Badge> : null}
      </div>
      <Tabs.List aria-label="Webhook" className="flex h-full shrink-0 items-end gap-4">
        <Tab value="editor">Editor</Tab>
        <Tab value="parameters" count={parameters}>
          Parameters
        </Tab>
        <Tab value="test">Test</Tab>
        <Tab value="settings">Settings</Tab>
      </Tabs.List>
      <div className="flex min-w-0 flex-1 items-center justify-end gap-2">
        <Switch
          checked={node.settings.batch}
          disabled={isBatchLocked}
          onChange={(batch) => onChange(batch ? begun(node.settings) : { batch })}
          className="mr-2 whitespace-nowrap"
        >
          Batch webhook
        </Switch>
        {tools}
        <Button icon={<Check aria-hidden />} onClick={onClose}>
          Close
        </Button>
      </div>
    </header>
  );
}

/** A batch that is switched on for the first time begins with what its format needs, and with the payload as Customer. */
function begun({ root, customer, payload, format }: WebhookSettings): Partial<WebhookSettings> {
  if (root.trim() || customer.trim()) return { batch: true };
  const roots = {
    json: "[\n  {% output customers separated by ',\\n  ' %}\n]",
    text: "{% output customers separated by '\\n' %}",
    xml: "<customers>\n  {% output customers separated by '\\n  ' %}\n</customers>",
  };
  return { batch: true, root: roots[format], customer: payload };
}

function Tab({ value, count, children }: { value: EditorView; count?: number; children: string }) {
  return (
    <Tabs.Trigger value={value} className={tabStyle}>
      {children}
      {count ? <span className="text-faint text-xs tabular-nums">{count}</span> : null}
    </Tabs.Trigger>
  );
}

/** The name as the sheet's title; a click or Enter turns it into a field. */
function Name({ node, onRename, readOnly }: EditorTopProps) {
  const [typed, setTyped] = useState<string | null>(null);
  const keep = () => {
    if (typed?.trim() && typed.trim() !== node.name) onRename(typed.trim());
    setTyped(null);
  };
  return (
    <>
      <Dialog.Title className={typed === null ? 'min-w-0 truncate px-1 font-semibold text-base' : 'sr-only'}>
        {node.name}
      </Dialog.Title>
      {typed === null ? (
        readOnly ? null : (
          <IconButton
            size="sm"
            label="Rename the webhook"
            icon={<Pencil className="size-3.5 text-faint" aria-hidden />}
            onClick={() => setTyped(node.name)}
          />
        )
      ) : (
        <Input
          aria-label="Name of the webhook"
          autoFocus
          maxLength={200}
          className="w-56"
          value={typed}
          onFocus={(event) => event.target.select()}
          onChange={(event) => setTyped(event.target.value)}
          onBlur={keep}
          onKeyDown={(event) => {
            if (event.key === 'Enter') keep();
            if (event.key !== 'Escape') return;
            event.preventDefault();
            event.nativeEvent.stopImmediatePropagation();
            setTyped(null);
          }}
        />
      )}
    </>
  );
}
