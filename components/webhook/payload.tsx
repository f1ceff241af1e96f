'use client';

import { AlignLeft, Search, Split } from 'lucide-react';
import type { ReactNode, RefObject } from 'react';
import { Group, Panel, Separator } from 'react-resizable-panels';
import { CodeEditor, type CodeEditorHandle, type CodeEditorProps } from '@/components/monaco/code-editor';
import type { TemplateLanguage } from '@/components/monaco/languages';
import type { Sources } from '@/components/monaco/sources';
import { Banner } from '@/components/ui/banner';
import { Button } from '@/components/ui/button';
import { IconButton } from '@/components/ui/icon-button';
import { Segmented } from '@/components/ui/segmented';
import { Select } from '@/components/ui/select';
import type { PayloadFormat, WebhookSettings } from '@/lib/core/webhook';
import type { Analysis } from './analysis';
import { FaultLine } from './fault-line';

export interface PayloadProps {
  settings: WebhookSettings;
  change: (settings: Partial<WebhookSettings>) => void;
  readOnly: boolean;
  sources: { customer: Sources; root: Sources };
  chosen: string;
  analysis: Analysis;
  overflow: RefObject<HTMLElement | null>;
  /** The editor of a template by its name, once it is there. */
  editors: RefObject<Map<string, CodeEditorHandle>>;
  onFocus: (name: string, editor: CodeEditorHandle) => void;
  onReady: (name: string, editor: CodeEditorHandle) => void;
  onSplit: () => void;
}

const LANGUAGES: Record<PayloadFormat, TemplateLanguage> = { json: 'json-jinja', xml: 'xml-jinja', text: 'text-jinja' };
const FORMATS = [
  { value: 'json', label: 'JSON' },
  { value: 'text', label: 'TEXT' },
  { value: 'xml', label: 'XML' },
] as const;

/** The payload: one template, or Root over Customer in one frame with a divide that can be dragged. */
export function Payload(props: PayloadProps) {
  const { settings, readOnly, change } = props;
  const part = (name: 'Payload' | 'Root' | 'Customer', value: string, onChange: (text: string) => void) => (
    <TemplatePart {...props} name={name} value={value} onChange={onChange} />
  );
  return (
    <div className="flex min-h-0 flex-1 flex-col overflow-hidden rounded-md border border-line-strong">
      {settings.escaping === 'raw' ? (
        <Banner
          tone="warning"
          className="shrink-0 rounded-none border-x-0 border-t-0"
          action={
            readOnly ? undefined : (
              <Button size="sm" onClick={() => change({ escaping: 'format' })}>
                Escape again
              </Button>
            )
          }
        >
          Values are written raw: a quote or line break in a customer’s data can break the payload or change its
          meaning.
        </Banner>
      ) : null}
      {settings.batch ? (
        <Group orientation="vertical" className="min-h-0 flex-1" id="root-over-customer">
          <Panel id="root" minSize={90} defaultSize="42" className="flex flex-col">
            <PartBar {...props} name="Root" />
            {part('Root', settings.root, (root) => change({ root }))}
          </Panel>
          <Separator
            aria-label="Root and Customer"
            className="h-1.5 border-line border-y bg-sunken hover:bg-accent-soft data-[separator=active]:bg-accent-soft"
          />
          <Panel id="customer" minSize={90} className="flex flex-col">
            <div className="flex h-8 shrink-0 items-center gap-2 border-line border-b bg-page px-3">
              <h3 className="font-medium text-sm">Customer</h3>
              <p className="truncate text-faint text-xs">Rendered once for each customer of the request, as a text.</p>
            </div>
            {part('Customer', settings.customer, (customer) => change({ customer }))}
          </Panel>
        </Group>
      ) : (
        <>
          <PartBar {...props} name="Payload" />
          {part('Payload', settings.payload, (payload) => change({ payload }))}
        </>
      )}
      <FaultLine
        analysis={props.analysis}
        names={settings.batch ? ['URL', 'Root', 'Customer'] : ['URL', 'Payload']}
        editors={props.editors}
      />
    </div>
  );
}

function PartBar({ name, settings, change, readOnly, editors, onSplit }: PayloadProps & { name: 'Payload' | 'Root' }) {
  const run = (action: string) => {
    for (const each of name === 'Root' ? ['Root', 'Customer'] : [name])
      if (action !== 'actions.find' || each === name) editors.current.get(each)?.getAction(action)?.run();
  };
  const text = settings.batch ? settings.root : settings.payload;
  return (
    <>
      <div className="flex min-h-10 shrink-0 flex-wrap items-center justify-between gap-x-3 gap-y-1 border-line border-b bg-page px-3 py-1">
        <h3 className="font-medium text-sm">{name}</h3>
        <div className="flex items-center gap-1.5">
          {settings.format === 'json' && !settings.batch && text.trim() && !readOnly ? (
            <IconButton size="sm" label="Split into Root and Customer" icon={<Split aria-hidden />} onClick={onSplit} />
          ) : null}
          <IconButton
            size="sm"
            label="Find and replace"
            hint="Ctrl F"
            icon={<Search aria-hidden />}
            onClick={() => run('actions.find')}
          />
          {settings.format === 'text' || readOnly ? null : (
            <IconButton
              size="sm"
              label="Format the document"
              hint="Shift Alt F"
              icon={<AlignLeft aria-hidden />}
              onClick={() => run('editor.action.formatDocument')}
            />
          )}
          <Select
            label="Escaping"
            className="h-7 w-40 text-sm"
            value={settings.escaping}
            onChange={(escaping) => change({ escaping })}
            disabled={readOnly}
            options={[
              {
                value: 'format',
                label: `Escape for ${settings.format.toUpperCase()}`,
                hint: 'Values are made safe for their place',
              },
              { value: 'raw', label: 'Raw', hint: 'Exactly as Jinja renders them' },
            ]}
          />
          <Segmented
            label="Format"
            size="sm"
            value={settings.format}
            onChange={(format) => change({ format })}
            options={FORMATS}
            disabled={readOnly}
          />
        </div>
      </div>
      {name === 'Root' ? <RootHint /> : null}
    </>
  );
}

const Code = ({ children }: { children: ReactNode }) => (
  <code className="rounded-[4px] bg-sunken px-1 text-ink">{children}</code>
);

function RootHint() {
  return (
    <p className="shrink-0 border-line border-b px-3 py-1.5 text-muted text-xs leading-5">
      <Code>{"{% output customers separated by ',\\n ' %}"}</Code> places what Customer rendered for each. Also{' '}
      <Code>{'customers | join'}</Code>, <Code>{'customers | length'}</Code>, or a loop with{' '}
      <Code>{'(item | from_json).name'}</Code>.
    </p>
  );
}

const LABELS = { Payload: 'Payload', Root: 'Root template', Customer: 'Customer template' } as const;

function TemplatePart({
  name,
  value,
  onChange,
  settings,
  readOnly,
  sources,
  chosen,
  analysis,
  overflow,
  onFocus,
  onReady,
}: PayloadProps & { name: keyof typeof LABELS } & Pick<CodeEditorProps, 'value'> & {
    onChange: (text: string) => void;
  }) {
  return (
    <CodeEditor
      label={LABELS[name]}
      language={LANGUAGES[settings.format]}
      className="min-h-0 flex-1"
      placeholder={PLACEHOLDER[name][settings.format]}
      value={value}
      onChange={onChange}
      readOnly={readOnly}
      sources={name === 'Root' ? sources.root : sources.customer}
      chosen={chosen}
      marks={analysis[name]?.marks}
      fixes={analysis[name]?.fixes}
      overflow={overflow}
      onFocus={(editor) => onFocus(name, editor)}
      onReady={(editor) => onReady(name, editor)}
    />
  );
}

const PLACEHOLDER: Record<keyof typeof LABELS, Record<PayloadFormat, string>> = {
  Payload: {
    json: '{ "to": "{{ customer.phone }}" }',
    text: 'Hi {{ customer.first_name }}',
    xml: '<message><to>{{ customer.phone }}</to></message>',
  },
  Root: {
    json: '{ "messages": [{% output customers separated by \',\\n \' %}] }',
    text: "{% output customers separated by '\\n' %}",
    xml: "<messages>{% output customers separated by '\\n' %}</messages>",
  },
  Customer: {
    json: '{ "to": "{{ customer.phone }}" }',
    text: '{{ customer.phone }}',
    xml: '<message><to>{{ customer.phone }}</to></message>',
  },
};
