'use client';

import { FlaskConical, Webhook } from 'lucide-react';
import Link from 'next/link';
import { useProject } from '@/components/shell/project-context';
import { Badge } from '@/components/ui/badge';
import { LinkButton } from '@/components/ui/button';
import { Card } from '@/components/ui/card';
import { EmptyState } from '@/components/ui/empty-state';
import { Page, PageHeader } from '@/components/ui/page-header';
import { type Column, DataTable } from '@/components/ui/table';
import type { Node } from '@/lib/core/document';
import { hostOf } from '@/lib/core/node-kinds';
import { useScenario } from './scenario-context';
import { useEditor } from './store';
import { WalkCard } from './walk-card';

interface Row {
  node: Node<'webhook'>;
  problems: number;
}

/** The webhooks of the scenario, each with the way to its test, and where to rehearse the whole. */
export function TestTab() {
  const { href } = useScenario();
  const project = useProject();
  const document = useEditor((editor) => editor.document);
  const problems = useEditor((editor) => editor.problems);
  const rows = document.nodes
    .filter((node): node is Node<'webhook'> => node.kind === 'webhook')
    .sort((a, b) => a.number - b.number)
    .map((node) => ({ node, problems: problems.filter(({ nodeId }) => nodeId === node.id).length }));
  return (
    <Page>
      <PageHeader
        title="Test"
        description="The Test tab of a webhook’s editor renders it for a customer of your choice and shows the very request, before anything is sent."
      />
      <Card flush>
        <DataTable
          label="Webhooks of this scenario"
          rows={rows}
          rowKey={({ node }) => node.id}
          columns={columnsFor(href)}
          empty={
            <EmptyState
              icon={<Webhook aria-hidden />}
              title="No webhooks yet"
              action={<LinkButton href={href}>Go to the design</LinkButton>}
            >
              Put a webhook on the canvas; its test is offered here.
            </EmptyState>
          }
        />
      </Card>
      <div className="mt-4">
        <WalkCard />
      </div>
      <p className="mt-4 text-muted text-sm">
        To rehearse the whole scenario with real volumes, send its webhooks to the{' '}
        <Link href={`/p/${project.id}/data/rehearsal`} className="text-accent underline">
          rehearsal target
        </Link>
        : it answers like a third party and keeps what it got.
      </p>
    </Page>
  );
}

const columnsFor = (href: string): Column<Row>[] => [
  {
    id: 'number',
    header: '#',
    width: '56px',
    cell: ({ node }) => <span className="text-faint tabular-nums">{node.number}</span>,
  },
  { id: 'name', header: 'Webhook', cell: ({ node }) => <span className="font-medium">{node.name}</span> },
  {
    id: 'request',
    header: 'Request',
    cell: ({ node: { settings } }) => (
      <span className="font-mono text-sm">
        {settings.method} {hostOf(settings.url) || <span className="font-sans text-faint">no URL yet</span>}
      </span>
    ),
  },
  {
    id: 'batch',
    header: 'Customers in one',
    width: '150px',
    align: 'right',
    cell: ({ node: { settings } }) => (settings.batch ? `up to ${settings.batchSize.toLocaleString('en')}` : '1'),
  },
  {
    id: 'problems',
    header: 'Problems',
    width: '110px',
    cell: ({ problems }) =>
      problems > 0 ? <Badge tone="warning">{problems}</Badge> : <span className="text-faint">none</span>,
  },
  {
    id: 'open',
    header: <span className="sr-only">Open</span>,
    width: '130px',
    align: 'right',
    cell: ({ node }) => (
      <LinkButton
        size="sm"
        href={`${href}?node=${node.id}&open=test`}
        icon={<FlaskConical aria-hidden />}
        aria-label={`Open test of ${node.name}`}
      >
        Open test
      </LinkButton>
    ),
  },
];
