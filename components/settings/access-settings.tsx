'use client';

import { useRouter } from 'next/navigation';
import type { OutputOf } from '@/components/call';
import { Crumbs } from '@/components/shell/crumbs';
import { useProject } from '@/components/shell/project-context';
import { Page, PageHeader } from '@/components/ui/page-header';
import { TabPanel, Tabs } from '@/components/ui/tabs';
import { Account } from './account';
import { ApiKeys } from './api-keys';
import { Members } from './members';

export type AccessTab = 'members' | 'keys' | 'account';

export interface AccessSettingsProps {
  tab: AccessTab;
  /** Opens the form for an invitation at once. */
  creating: boolean;
  members: OutputOf<'member.list'>;
  scopes: { value: string; label: string }[];
}

/** Who and what may do something in the project. */
export function AccessSettings({ tab, creating, members, scopes }: AccessSettingsProps) {
  const router = useRouter();
  const { can } = useProject();
  const show = (next: AccessTab) => router.replace(next === 'members' ? '?' : `?tab=${next}`, { scroll: false });
  return (
    <Page>
      <Crumbs items={[{ label: 'Project settings' }, { label: 'Access management' }]} />
      <PageHeader title="Access management" />
      <Tabs
        label="Access management"
        value={tab}
        onChange={show}
        tabs={[
          { value: 'members', label: 'Members', count: members.members.length },
          ...(can.develop ? [{ value: 'keys' as const, label: 'API keys' }] : []),
          { value: 'account', label: 'Your account' },
        ]}
      >
        <TabPanel value="members">
          <Members initial={members} inviting={creating} />
        </TabPanel>
        <TabPanel value="keys">
          <ApiKeys scopes={scopes} />
        </TabPanel>
        <TabPanel value="account">
          <Account />
        </TabPanel>
      </Tabs>
    </Page>
  );
}
