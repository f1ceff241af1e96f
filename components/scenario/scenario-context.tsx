'use client';

import { createContext, useContext } from 'react';
import type { OutputOf } from '@/components/call';

export type OpenedScenario = Omit<OutputOf<'scenario.open'>, 'document' | 'problems' | 'revision'> & {
  /** Below the project: its page and the pages of its tabs. */
  href: string;
  /** The user may look only, or the scenario is archived. */
  readOnly: boolean;
};

const ScenarioContext = createContext<OpenedScenario | null>(null);
export const ScenarioProvider = ScenarioContext.Provider;

/** The scenario of the page, as the server last told it; its document is in the editor's store. */
export function useScenario(): OpenedScenario {
  const scenario = useContext(ScenarioContext);
  if (!scenario) throw new Error('useScenario stands outside of a scenario page.');
  return scenario;
}
