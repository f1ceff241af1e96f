'use client';

import type { ReactNode } from 'react';
import { Banner } from '@/components/ui/banner';
import { ProblemList, useProblemTarget } from './problems-button';

type Problems = Parameters<typeof ProblemList>[0]['problems'];

/** The problems of a scenario in a dialog, each a way to its place; with errors among them a banner says what cannot be done. */
export function Blockers({
  title,
  children,
  problems,
  onClose,
}: {
  title: string;
  children: ReactNode;
  problems: Problems;
  onClose: () => void;
}) {
  const goTo = useProblemTarget();
  return (
    <>
      {problems.some(({ severity }) => severity === 'error') ? (
        <Banner tone="danger" title={title}>
          {children}
        </Banner>
      ) : null}
      {problems.length > 0 ? (
        <div className="-mx-2">
          <ProblemList
            problems={problems}
            onOpen={(problem) => {
              onClose();
              goTo(problem);
            }}
          />
        </div>
      ) : null}
    </>
  );
}
