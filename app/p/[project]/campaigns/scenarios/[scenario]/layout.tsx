import { notFound } from 'next/navigation';
import type { ReactNode } from 'react';
import { z } from 'zod';
import { ScenarioFrame } from '@/components/scenario/scenario-frame';
import { ask } from '@/lib/next';

interface Props {
  children: ReactNode;
  params: Promise<{ project: string; scenario: string }>;
}

/** Opens the scenario once for all its tabs, so that going from one to the other keeps undo and what is being saved. */
export default async function ScenarioLayout({ children, params }: Props) {
  const { project, scenario } = await params;
  if (!z.uuid().safeParse(scenario).success) notFound();
  return (
    <ScenarioFrame key={scenario} initial={await ask('scenario.open', project, { id: scenario })}>
      {children}
    </ScenarioFrame>
  );
}
