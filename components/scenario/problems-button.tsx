'use client';

import { CircleAlert, CircleCheck, TriangleAlert } from 'lucide-react';
import { usePathname, useRouter } from 'next/navigation';
import { useState } from 'react';
import { Button } from '@/components/ui/button';
import { cn } from '@/components/ui/cn';
import { Popover, PopoverContent, PopoverTrigger } from '@/components/ui/popover';
import { nodeOf } from '@/lib/core/document';
import type { Problem } from '@/lib/core/problems';
import { useScenario } from './scenario-context';
import { useEditor, useEditorStore } from './store';

/** How many problems there are; their list leads to the node and the field. */
export function ProblemsButton() {
  const problems = useEditor((editor) => editor.problems);
  const [open, setOpen] = useState(false);
  const goTo = useProblemTarget();
  const errors = problems.filter(({ severity }) => severity === 'error').length;
  const label =
    problems.length === 0
      ? 'No problems'
      : `Problems: ${errors} ${errors === 1 ? 'error' : 'errors'}, ${problems.length - errors} ${problems.length - errors === 1 ? 'warning' : 'warnings'}`;
  const Icon = problems.length === 0 ? CircleCheck : errors > 0 ? CircleAlert : TriangleAlert;
  return (
    <Popover open={open} onOpenChange={setOpen}>
      <PopoverTrigger asChild>
        <Button
          variant="ghost"
          aria-label={label}
          title={label}
          className={cn(
            'px-2 tabular-nums',
            problems.length === 0 ? 'text-muted' : errors > 0 ? 'text-danger' : 'text-warning',
          )}
          icon={<Icon aria-hidden />}
        >
          {problems.length > 0 ? problems.length : null}
        </Button>
      </PopoverTrigger>
      <PopoverContent align="end" className="w-96 p-1" aria-label="Problems">
        {problems.length === 0 ? (
          <p className="px-3 py-4 text-center text-muted">No problems. It can be started.</p>
        ) : (
          <ProblemList
            problems={problems}
            onOpen={(problem) => {
              setOpen(false);
              goTo(problem);
            }}
          />
        )}
      </PopoverContent>
    </Popover>
  );
}

/** Errors first; each leads to its node. */
export function ProblemList({
  problems,
  onOpen,
}: {
  problems: readonly Problem[];
  onOpen: (problem: Problem) => void;
}) {
  const document = useEditor((editor) => editor.document);
  return (
    <ul className="scroll-thin max-h-[min(420px,60vh)] overflow-y-auto">
      {problems.map((problem) => {
        const node = problem.nodeId ? nodeOf(document, problem.nodeId) : undefined;
        const Icon = problem.severity === 'error' ? CircleAlert : TriangleAlert;
        const body = (
          <>
            <Icon
              aria-label={problem.severity === 'error' ? 'Error' : 'Warning'}
              className={cn('mt-0.5', problem.severity === 'error' ? 'text-danger' : 'text-warning')}
            />
            <span className="min-w-0">
              <span className="block [overflow-wrap:anywhere]">{problem.message}</span>
              <span className="block text-faint text-xs">
                {node ? `#${node.number} ${node.name}` : 'The scenario as a whole'}
              </span>
            </span>
          </>
        );
        const row = 'flex w-full items-start gap-2 rounded-md px-2 py-1.5 text-left text-sm';
        return (
          <li key={`${problem.nodeId} ${problem.field} ${problem.message}`}>
            {node ? (
              <button type="button" className={cn(row, 'hover:bg-hover')} onClick={() => onOpen(problem)}>
                {body}
              </button>
            ) : (
              <div className={row}>{body}</div>
            )}
          </li>
        );
      })}
    </ul>
  );
}

/** Goes to the node of a problem and focuses its field; from another tab by way of the Design tab. */
export function useProblemTarget(): (problem: Problem) => void {
  const store = useEditorStore();
  const { href } = useScenario();
  const path = usePathname();
  const router = useRouter();
  return ({ nodeId, field }) => {
    if (!nodeId) return;
    const { document, focusField, open } = store.getState();
    focusField(nodeId, field);
    if (field !== '' && nodeOf(document, nodeId)?.kind === 'webhook') open(nodeId);
    if (path !== href) router.push(href);
  };
}
