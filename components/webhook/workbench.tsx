'use client';

import { PanelLeft, PanelRight } from 'lucide-react';
import { Tabs } from 'radix-ui';
import { type ReactNode, type RefObject, useMemo } from 'react';
import { Group, Panel, Separator } from 'react-resizable-panels';
import { IconButton } from '@/components/ui/icon-button';
import { speedLimitOf } from '@/lib/core/speed-limit';
import { ContextColumn } from './context-column';
import { EditorTab } from './editor-tab';
import { EditorTop, type EditorView } from './editor-top';
import { ParametersTab } from './parameters-tab';
import { PreviewColumn } from './preview-column';
import { SettingsTab } from './settings-tab';
import { TestTab } from './test-tab';
import { useAnalysis } from './use-analysis';
import { useEditors } from './use-editors';
import { useSame, useStored, useWide, WhileShown } from './use-layout';
import { useLocks } from './use-locks';
import { useOrigins } from './use-origins';
import { usePaste } from './use-paste';
import { type Place, usePlace } from './use-place';
import { usePreview } from './use-preview';
import { parametersOf, useSources } from './use-sources';
import { useWhom, type Whom } from './use-whom';
import type { RenderInput } from './verbs';
import type { WebhookEditorProps } from './webhook-editor';

interface WorkbenchProps extends WebhookEditorProps {
  view: EditorView;
  setView: (view: EditorView) => void;
  /** Holds lists and hovers of the text editors. */
  overflow: RefObject<HTMLDivElement | null>;
  /** Counts how often the test was asked for. */
  runs: number;
}

/** The three columns and the four tabs, and what they have in common: who is chosen, what can be read, what is wrong. */
export function Workbench(props: WorkbenchProps) {
  const { scenario, node, document, onChange: change, readOnly, view, setView, overflow } = props;
  const { settings } = node;
  const whom = useWhom();
  const place = usePlace(scenario?.id ?? null, node, document, whom.customer?.id ?? null);
  const declarations = useSame(useMemo(() => parametersOf(settings), [settings]));
  const sources = useSources(settings.parameters, declarations, whom.customer, place);
  const analysis = useAnalysis(settings, sources.customer);
  const columns = useColumns();
  const preview = usePreview(
    usePreviewInput(props, whom, place),
    view !== 'test' && columns.preview && settings.url.trim() !== '' && !whom.isLoading,
  );
  const { editors, onReady, onFocus, insert, goTo } = useEditors(setView);
  const originOf = useOrigins({ settings, scenario, node, whom, place });
  const { paste, split } = usePaste(settings, change, whom.customer);
  const locks = useLocks(settings, readOnly);
  const shared = { settings, change };

  return (
    <>
      <EditorTop
        {...props}
        isBatchLocked={locks.has('payload')}
        parameters={declarations.length}
        backTo={scenario?.name ?? 'Back'}
        tools={view === 'test' ? null : columns.switches}
      />
      <div className={view === 'test' ? 'hidden' : 'flex min-h-0 flex-1'}>
        <Columns
          left={
            columns.context ? (
              <ContextColumn whom={whom} sources={sources.customer} isBatch={settings.batch} onInsert={insert} />
            ) : null
          }
          right={
            columns.preview ? (
              <PreviewColumn
                preview={preview}
                hasUrl={settings.url.trim() !== ''}
                asWhom={whom.customer?.name ?? 'nobody'}
                settings={settings}
                onGoTo={goTo}
                originOf={originOf}
              />
            ) : null
          }
        >
          <Tabs.Content value="editor" forceMount className="h-full outline-none data-[state=inactive]:hidden">
            <EditorTab
              {...shared}
              locks={locks}
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
              {...shared}
              readOnly={locks.has('parameters')}
              declarations={declarations}
              analysis={analysis}
            />
          </Tabs.Content>
          <Tabs.Content value="settings" className="scroll-thin h-full overflow-y-auto outline-none">
            <SettingsTab
              {...shared}
              locks={locks}
              onEvent={place.event !== null}
              speedLimit={document ? speedLimitOf(document, node.id) : null}
              onLiftSpeedLimit={props.onLiftSpeedLimit}
            />
          </Tabs.Content>
        </Columns>
      </div>
      <Tabs.Content value="test" forceMount className="min-h-0 flex-1 outline-none data-[state=inactive]:hidden">
        <WhileShown isShown={view === 'test'}>
          <TestTab
            scenario={scenario?.id ?? null}
            node={scenario && node.id}
            settings={settings}
            whom={whom}
            place={place}
            overflow={overflow}
            onGoTo={goTo}
            runs={props.runs}
          />
        </WhileShown>
      </Tabs.Content>
    </>
  );
}

/** What the preview is rendered from; the same object as long as nothing of it changes. */
function usePreviewInput(
  { scenario, node }: WebhookEditorProps,
  { customer }: Whom,
  { event, trigger, earlier }: Place,
) {
  const scenarioId = scenario?.id ?? null;
  const { id, settings } = node;
  return useMemo<RenderInput>(
    () => ({
      scenario: scenarioId,
      node: scenarioId === null ? null : id,
      settings,
      subject: customer ? { kind: 'customer', id: customer.id } : { kind: 'none' },
      ...(event?.typed ? { event: event.typed } : {}),
      ...(trigger?.typed ? { trigger: trigger.typed } : {}),
      responses: earlier.map(({ response }) => response),
      // The profile stands beside it.
      masked: false,
    }),
    [scenarioId, id, settings, customer, event, trigger, earlier],
  );
}

/** Which side columns are shown; where there is no room for both, opening one closes the other. */
function useColumns() {
  const isWide = useWide();
  const [context, setContext] = useStored('hookline-webhook-context', isWide);
  const [preview, setPreview] = useStored('hookline-webhook-preview', true);
  const shown = { context: context && (isWide || !preview), preview };
  return {
    ...shown,
    switches: (
      <>
        <IconButton
          label={shown.context ? 'Hide the context' : 'Show the context'}
          icon={<PanelLeft aria-hidden />}
          aria-pressed={shown.context}
          onClick={() => {
            setContext(!shown.context);
            if (!isWide && !shown.context) setPreview(false);
          }}
        />
        <IconButton
          label={preview ? 'Hide the preview' : 'Show the preview'}
          icon={<PanelRight aria-hidden />}
          aria-pressed={preview}
          onClick={() => setPreview(!preview)}
        />
      </>
    ),
  };
}

function Columns({ left, right, children }: { left: ReactNode; right: ReactNode; children: ReactNode }) {
  return (
    <Group id="webhook-columns" orientation="horizontal" className="min-h-0 flex-1">
      {left ? (
        <>
          <Panel id="context" minSize={200} defaultSize={272} maxSize={440} groupResizeBehavior="preserve-pixel-size">
            {left}
          </Panel>
          <Divider label="Context and editor" />
        </>
      ) : null}
      <Panel id="centre" minSize={440}>
        {children}
      </Panel>
      {right ? (
        <>
          <Divider label="Editor and preview" />
          <Panel id="preview" minSize={260} defaultSize={400} maxSize={760} groupResizeBehavior="preserve-pixel-size">
            {right}
          </Panel>
        </>
      ) : null}
    </Group>
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
