'use client';

import { KeyRound, MoreHorizontal, Trash2 } from 'lucide-react';
import { useState } from 'react';
import { type OutputOf, useAsk } from '@/components/call';
import { CustomerJourneys } from '@/components/runs/customer-journeys';
import { Crumbs } from '@/components/shell/crumbs';
import { useProject } from '@/components/shell/project-context';
import { Badge } from '@/components/ui/badge';
import { Card } from '@/components/ui/card';
import { CopyButton } from '@/components/ui/copy-button';
import { Count } from '@/components/ui/count';
import { IconButton } from '@/components/ui/icon-button';
import { Menu, MenuContent, MenuItem, MenuTrigger } from '@/components/ui/menu';
import { Page, PageHeader } from '@/components/ui/page-header';
import { RelativeTime } from '@/components/ui/relative-time';
import { TabPanel, Tabs } from '@/components/ui/tabs';
import { Tooltip } from '@/components/ui/tooltip';
import { DeleteCustomerDialog } from './delete-customer-dialog';
import { Properties } from './properties';
import { Timeline } from './timeline';

type Profile = OutputOf<'customer.get'>;

/** One customer: who it is, what is known, what happened. */
export function Customer({ initial }: { initial: Profile }) {
  const project = useProject();
  const { data: customer = initial } = useAsk('customer.get', { id: initial.id }, { initial });
  const [deleting, setDeleting] = useState(false);
  const [tab, setTab] = useState<'events' | 'journeys'>('events');
  const isAnonymous = !customer.identifiers.some(({ isHard }) => isHard);
  return (
    <Page>
      <Crumbs
        items={[
          { label: 'Data & Assets' },
          { label: 'Customers', href: `/p/${project.id}/data/customers` },
          { label: customer.name },
        ]}
      />
      <PageHeader
        title={customer.name}
        badge={isAnonymous ? <Badge>Anonymous</Badge> : undefined}
        description={
          <>
            Known since <RelativeTime at={customer.createdAt} />, changed <RelativeTime at={customer.updatedAt} />
          </>
        }
        actions={
          project.can.administer ? (
            <Menu>
              <MenuTrigger asChild>
                <IconButton label="More" variant="secondary" icon={<MoreHorizontal aria-hidden />} />
              </MenuTrigger>
              <MenuContent>
                <MenuItem tone="danger" icon={<Trash2 aria-hidden />} onSelect={() => setDeleting(true)}>
                  Delete customer
                </MenuItem>
              </MenuContent>
            </Menu>
          ) : undefined
        }
      />
      <div className="grid grid-cols-1 items-start gap-4 lg:grid-cols-[minmax(280px,34%)_minmax(0,1fr)]">
        <div className="flex min-w-0 flex-col gap-4">
          <Identifiers customer={customer} />
          <Properties id={customer.id} properties={customer.properties} />
        </div>
        <Tabs
          label="What happened"
          value={tab}
          onChange={setTab}
          tabs={[
            {
              value: 'events',
              label: 'Events',
              count: <Count value={customer.eventTypes.reduce((sum, { count }) => sum + count, 0)} />,
            },
            { value: 'journeys', label: 'Journeys' },
          ]}
        >
          <TabPanel value="events">
            <Timeline id={customer.id} types={customer.eventTypes} />
          </TabPanel>
          <TabPanel value="journeys">
            <Card flush>
              <CustomerJourneys customer={customer.id} />
            </Card>
          </TabPanel>
        </Tabs>
      </div>
      {deleting ? <DeleteCustomerDialog customer={customer} onClose={() => setDeleting(false)} /> : null}
    </Page>
  );
}

function Identifiers({ customer }: { customer: Profile }) {
  const rows = [...customer.identifiers, { kind: 'internal id', value: customer.id, isHard: false }];
  return (
    <Card flush title="Identifiers">
      <ul className="py-1">
        {rows.map(({ kind, value, isHard }) => (
          <li
            key={`${kind} ${value}`}
            className="group grid min-h-9 grid-cols-[36%_minmax(0,1fr)_auto] items-center gap-x-3 px-3 py-1"
          >
            <span className="flex min-w-0 items-center gap-1.5 text-muted">
              <span className="truncate" title={kind}>
                {kind}
              </span>
              {isHard ? (
                <Tooltip content="Hard: names this customer for ever">
                  <KeyRound className="size-3.5 text-accent" role="img" aria-label="hard identifier" />
                </Tooltip>
              ) : null}
            </span>
            <span className="truncate font-mono text-sm" title={value}>
              {value}
            </span>
            <CopyButton
              text={value}
              label={`Copy ${kind}`}
              className="opacity-0 focus-visible:opacity-100 group-hover:opacity-100"
            />
          </li>
        ))}
      </ul>
    </Card>
  );
}
