'use client';

import { ArrowLeft, History, Redo2, Undo2 } from 'lucide-react';
import Link from 'next/link';
import { usePathname } from 'next/navigation';
import { buttonStyle } from '@/components/ui/button';
import { cn } from '@/components/ui/cn';
import { IconButton } from '@/components/ui/icon-button';
import { Tooltip } from '@/components/ui/tooltip';
import { ProblemsButton } from './problems-button';
import { RunButton } from './run-button';
import { SavedMark } from './saved-mark';
import { useScenario } from './scenario-context';
import { ScenarioName } from './scenario-name';
import { ScenarioStatus } from './status';
import { useEditor, useEditorStore } from './store';

const TABS = [
  { path: '', label: 'Design' },
  { path: '/test', label: 'Test' },
  { path: '/evaluate', label: 'Evaluate' },
] as const;

/** The head of an open scenario: what it is and how it stands, its tabs, and Start. */
export function TopBar() {
  const scenario = useScenario();
  const path = usePathname();
  const isDesign = path === scenario.href;
  const back = scenario.href.slice(0, scenario.href.lastIndexOf('/'));
  return (
    <div className="grid h-12 shrink-0 grid-cols-[1fr_auto_1fr] items-center gap-3 border-line border-b bg-panel px-2">
      <div className="flex min-w-0 items-center gap-2">
        <Tooltip content="Scenarios" side="bottom">
          <Link
            href={back}
            aria-label="Back to the scenarios"
            className={cn(buttonStyle({ variant: 'ghost' }), 'w-8 px-0')}
          >
            <ArrowLeft aria-hidden />
          </Link>
        </Tooltip>
        <ScenarioName />
        <ScenarioStatus status={scenario.status} archived={scenario.archived} />
        <Live />
        {scenario.readOnly ? <span className="truncate text-faint text-xs">read only</span> : <SavedMark />}
      </div>
      <nav aria-label="Views of the scenario" className="flex h-full items-stretch gap-1">
        {TABS.map((tab) => {
          const href = scenario.href + tab.path;
          const isHere = tab.path === '' ? isDesign : path.startsWith(href);
          return (
            <Link
              key={tab.path}
              href={href}
              aria-current={isHere ? 'page' : undefined}
              className={cn(
                'inline-flex items-center border-transparent border-y-2 px-2.5 text-muted transition-colors duration-100 hover:text-ink',
                isHere && 'border-b-accent font-medium text-ink',
              )}
            >
              {tab.label}
            </Link>
          );
        })}
      </nav>
      <div className="flex items-center justify-end gap-1">
        {isDesign && !scenario.readOnly ? <UndoRedo /> : null}
        <ProblemsButton />
        {isDesign ? <Versions /> : null}
        <RunButton />
      </div>
    </div>
  );
}

function UndoRedo() {
  const store = useEditorStore();
  const canUndo = useEditor(({ history }) => history.past.length > 0);
  const canRedo = useEditor(({ history }) => history.future.length > 0);
  return (
    <>
      <IconButton
        label="Undo"
        hint="Ctrl Z"
        side="bottom"
        icon={<Undo2 aria-hidden />}
        disabled={!canUndo}
        onClick={() => store.getState().undo()}
      />
      <IconButton
        label="Redo"
        hint="Ctrl Shift Z"
        side="bottom"
        icon={<Redo2 aria-hidden />}
        disabled={!canRedo}
        onClick={() => store.getState().redo()}
      />
    </>
  );
}

function Versions() {
  const store = useEditorStore();
  const isOpen = useEditor(({ versions }) => versions);
  const { versions } = useScenario();
  return (
    <IconButton
      label={versions === 0 ? 'Versions' : `Versions, ${versions} so far`}
      side="bottom"
      icon={<History aria-hidden />}
      aria-expanded={isOpen}
      className={isOpen ? 'text-accent' : undefined}
      onClick={() => store.getState().showVersions(!isOpen)}
    />
  );
}

/** That the draft has changes that are not live. */
function Live() {
  const { live } = useScenario();
  if (!live?.differs) return null;
  return (
    <Tooltip
      side="bottom"
      content={`Version ${live.version} runs. What you have changed since takes effect when you publish it.`}
    >
      <span className="truncate rounded-md bg-warning-soft px-1.5 py-0.5 text-warning text-xs max-xl:hidden">
        changes not live
      </span>
    </Tooltip>
  );
}
