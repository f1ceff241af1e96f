'use client';

import { PanelLeft, PanelRight } from 'lucide-react';
import { Dialog, Tabs } from 'radix-ui';
import { useCallback, useMemo, useRef, useState } from 'react';
import { Group, Panel, Separator } from 'react-resizable-panels';
import { type CodeEditorHandle, insertExpression } from '@/components/monaco/code-editor';
import { loadMonaco } from '@/components/monaco/load';
import { IconButton } from '@/components/ui/icon-button';
import { toast } from '@/components/ui/toast';
import type { Document, Node } from '@/lib/core/document';
import type { WebhookSettings } from '@/lib/core/webhook';
import { ContextColumn } from './context-column';
import type { Prepared } from './contract';
import { EditorTab } from './editor-tab';
import { EditorTop, type EditorView } from './editor-top';
import { revealPlace } from './fault-line';
import { ParametersTab } from './parameters-tab';
import { PreviewColumn } from './preview-column';
import { SettingsTab } from './settings-tab';
import { TestTab } from './test-tab';
import { useAnalysis } from './use-analysis';
import { useSame, useStored, useWide, WhileShown } from './use-layout';
import { usePaste } from './use-paste';
import { usePlace } from './use-place';
import { usePreview } from './use-preview';
import { parametersOf, useSources } from './use-sources';
import { useWhom } from './use-whom';
import type { RenderInput } from './verbs';
import { templateLine } from './x-ray';

// Whoever loads this file is about to open it: Monaco comes along.
if (typeof window !== 'undefined') void loadMonaco();

export interface WebhookEditorProps {
  /** Null for a preset, which stands in no scenario: then nothing comes before it. */
  scenario: { id: string; name: string } | null;
  node: Node<'webhook'>;
  document: Document | null;
  onChange: (settings: Partial<WebhookSettings>) => void;
  onRename: (name: string) => void;
  onClose: () => void;
  readOnly: boolean;
}

/** The webhook, opened wide over the canvas: what it can read, what is written, and the request that comes of it. */
export function WebhookEditor(props: WebhookEditorProps) {
  const overflow = useRef<HTMLDivElement>(null);
  const [runs, setRuns] = useState(0);
  // Whoever opened the editor gets the focus back, also when the editor came in late.
  const [opener] = useState(() => window.document.activeElement);
  const [view, setView] = useState<EditorView>('editor');
  return (
    <Dialog.Root open onOpenChange={(open) => open || props.onClose()}>
      <Dialog.Portal>
        <Dialog.Overlay className="fixed inset-0 z-40 bg-overlay" />
        <Dialog.Content
          aria-describedby={undefined}
          onEscapeKeyDown={(event) => {
            // In a text Escape closes its list, its search, or leaves the text; only then it closes the sheet.
            if (window.document.activeElement?.closest('.monaco-editor')) event.preventDefault();
          }}
          onInteractOutside={(event) => event.preventDefault()}
          onCloseAutoFocus={(event) => {
            event.preventDefault();
            if (opener instanceof HTMLElement) opener.focus();
          }}
          onKeyDown={(event) => {
            if (event.key !== 'Enter' || !(event.metaKey || event.ctrlKey)) return;
            event.preventDefault();
            setView('test');
            setRuns(runs + 1);
          }}
          className="slide-in fixed inset-0 z-40 flex flex-col bg-panel outline-none"
        >
          <Tabs.Root
            value={view}
            onValueChange={(next) => setView(next as EditorView)}
            className="flex min-h-0 flex-1 flex-col"
          >
            <Workbench {...props} view={view} setView={setView} overflow={overflow} runs={runs} />
          </Tabs.Root>
          {/* Lists and hovers of the text editors: inside of what holds the focus, and with the editor's own class. */}
          <div ref={overflow} className="monaco-editor h-0" />
        </Dialog.Content>
      </Dialog.Portal>
    </Dialog.Root>
  );
}

interface WorkbenchProps extends WebhookEditorProps {
  view: EditorView;
  setView: (view: EditorView) => void;
  overflow: React.RefObject<HTMLDivElement | null>;
  runs: number;
}

function Workbench(props: WorkbenchProps) {
  const { scenario, node, document, onChange: change, readOnly, view, setView, overflow, runs } = props;
  const { settings } = node;
  const scenarioId = scenario?.id ?? null;
  const wide = useWide();
  const [showsContext, setShowsContext] = useStored('hookline-webhook-context', wide);
  const [showsPreview, setShowsPreview] = useStored('hookline-webhook-preview', true);
  const whom = useWhom();
  const place = usePlace(scenarioId, node, document);
  const declarations = useSame(useMemo(() => parametersOf(settings), [settings]));
  const sources = useSources(settings.parameters, declarations, whom.customer, place);
  const analysis = useAnalysis(settings, sources.customer);
  const input = useMemo<RenderInput>(
    () => ({
      scenario: scenarioId,
      node: scenarioId === null ? null : node.id,
      settings,
      subject: whom.customer ? { kind: 'customer', id: whom.customer.id } : { kind: 'none' },
      ...(place.event?.typed ? { event: place.event.typed } : {}),
      responses: place.earlier.map(({ response }) => response),
    }),
    [scenarioId, node.id, settings, whom.customer, place],
  );
  const isEditing = view !== 'test';
  const preview = usePreview(input, isEditing && showsPreview && settings.url.trim() !== '' && !whom.isLoading);

  const editors = useRef(new Map<string, CodeEditorHandle>());
  const last = useRef<CodeEditorHandle | null>(null);
  const onReady = useCallback((name: string, editor: CodeEditorHandle) => {
    editors.current.set(name, editor);
    if (name === 'Payload' || name === 'Customer') last.current ??= editor;
    editor.onDidDispose(() => {
      if (editors.current.get(name) === editor) editors.current.delete(name);
      if (last.current === editor) last.current = null;
    });
  }, []);
  const onFocus = useCallback((_name: string, editor: CodeEditorHandle) => {
    last.current = editor;
  }, []);
  const insert = useCallback((expression: string) => {
    const target = last.current ?? editors.current.get('Payload') ?? editors.current.get('Customer');
    if (target) insertExpression(target, expression);
  }, []);
  const goTo = useCallback(
    (template: string, line: number, column: number) => {
      setView(
        template.startsWith('Parameter ')
          ? 'parameters'
          : template.startsWith('Event property')
            ? 'settings'
            : 'editor',
      );
      // The tab must be in sight before its text can take the focus.
      requestAnimationFrame(() => revealPlace(editors.current.get(template), line, column));
    },
    [setView],
  );
  const pickFragment = useCallback(
    (request: Prepared, index: number, offset: number) => {
      const { start, end, name } = request.customers[index]!;
      const line = templateLine(settings.customer, (request.body ?? '').slice(start, end), offset);
      toast(`${name}, Customer line ${line}`, {
        description: 'This part of the body was made for this customer.',
        action: { label: 'Show line', onClick: () => goTo('Customer', line, 1) },
      });
    },
    [settings.customer, goTo],
  );
  const { paste, split } = usePaste(settings, change, whom.customer);
  const asWhom = whom.customer?.name ?? 'nobody';

  return (
    <>
      <EditorTop
        {...props}
        parameters={declarations.length}
        backTo={scenario?.name ?? 'Back'}
        tools={
          isEditing ? (
            <>
              <IconButton
                label={showsContext ? 'Hide the context' : 'Show the context'}
                icon={<PanelLeft aria-hidden />}
                aria-pressed={showsContext}
                onClick={() => {
                  setShowsContext(!showsContext);
                  if (!wide && !showsContext) setShowsPreview(false);
                }}
              />
              <IconButton
                label={showsPreview ? 'Hide the preview' : 'Show the preview'}
                icon={<PanelRight aria-hidden />}
                aria-pressed={showsPreview}
                onClick={() => {
                  setShowsPreview(!showsPreview);
                  if (!wide && !showsPreview) setShowsContext(false);
                }}
              />
            </>
          ) : null
        }
      />
      <div className={isEditing ? 'flex min-h-0 flex-1' : 'hidden'}>
        <Group id="webhook-columns" orientation="horizontal" className="min-h-0 flex-1">
          {showsContext ? (
            <>
              <Panel
                id="context"
                minSize={200}
                defaultSize={272}
                maxSize={440}
                groupResizeBehavior="preserve-pixel-size"
              >
                <ContextColumn whom={whom} sources={sources.customer} isBatch={settings.batch} onInsert={insert} />
              </Panel>
              <Divider label="Context and editor" />
            </>
          ) : null}
          <Panel id="centre" minSize={440}>
            <Tabs.Content value="editor" forceMount className="h-full outline-none data-[state=inactive]:hidden">
              <EditorTab
                settings={settings}
                change={change}
                readOnly={readOnly}
                sources={sources}
                chosen={whom.customer?.name ?? ''}
                analysis={analysis}
                overflow={overflow}
                editors={editors}
                onFocus={onFocus}
                onReady={onReady}
                onSplit={split}
                onPasteAll={paste}
              />
            </Tabs.Content>
            <Tabs.Content value="parameters" className="scroll-thin h-full overflow-y-auto outline-none">
              <ParametersTab
                settings={settings}
                change={change}
                readOnly={readOnly}
                declarations={declarations}
                analysis={analysis}
              />
            </Tabs.Content>
            <Tabs.Content value="settings" className="scroll-thin h-full overflow-y-auto outline-none">
              <SettingsTab settings={settings} change={change} readOnly={readOnly} onEvent={place.event !== null} />
            </Tabs.Content>
          </Panel>
          {showsPreview ? (
            <>
              <Divider label="Editor and preview" />
              <Panel
                id="preview"
                minSize={260}
                defaultSize={400}
                maxSize={760}
                groupResizeBehavior="preserve-pixel-size"
              >
                <PreviewColumn
                  preview={preview}
                  hasUrl={settings.url.trim() !== ''}
                  asWhom={asWhom}
                  format={settings.format}
                  onGoTo={goTo}
                  onPickFragment={pickFragment}
                />
              </Panel>
            </>
          ) : null}
        </Group>
      </div>
      <Tabs.Content value="test" forceMount className="min-h-0 flex-1 outline-none data-[state=inactive]:hidden">
        <WhileShown isShown={view === 'test'}>
          <TestTab
            scenario={scenarioId}
            node={scenarioId === null ? null : node.id}
            settings={settings}
            whom={whom}
            place={place}
            overflow={overflow}
            onGoTo={goTo}
            onPickFragment={pickFragment}
            runs={runs}
          />
        </WhileShown>
      </Tabs.Content>
    </>
  );
}

function Divider({ label }: { label: string }) {
  return (
    <Separator
      aria-label={label}
      className="w-px bg-line transition-colors duration-100 hover:bg-accent data-[separator=active]:bg-accent data-[separator=focus]:bg-accent"
    />
  );
}
