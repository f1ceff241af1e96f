import { User, Workflow } from 'lucide-react';
import { call } from '@/components/call';
import type { Found } from './command-palette';

const MOST = 6;

/** What ⌘K finds in a project: scenarios by name, customers by any identifier or value. */
export async function findInProject(project: string, query: string, signal: AbortSignal): Promise<Found[]> {
  const [{ scenarios }, { customers }] = await Promise.all([
    call(project, 'scenario.list', { query }, signal),
    call(project, 'customer.list', { query, limit: MOST }, signal),
  ]);
  const root = `/p/${project}`;
  return [
    ...scenarios.slice(0, MOST).map(({ id, name, status }) => ({
      id: `scenario ${id}`,
      label: name,
      hint: status,
      href: `${root}/campaigns/scenarios/${id}`,
      icon: <Workflow aria-hidden />,
      group: 'Scenarios',
    })),
    ...customers.map(({ id, name, identifiers }) => ({
      id: `customer ${id}`,
      label: name,
      hint: identifiers[0]?.value,
      href: `${root}/data/customers/${id}`,
      icon: <User aria-hidden />,
      group: 'Customers',
    })),
  ];
}
