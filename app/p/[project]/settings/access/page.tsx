import { AccessSettings, type AccessTab } from '@/components/settings/access-settings';
import { ask } from '@/lib/next';
import { SCOPES } from '@/lib/services/api-key';

export const metadata = { title: 'Access management' };

interface Props {
  params: Promise<{ project: string }>;
  searchParams: Promise<{ tab?: string; create?: string }>;
}

const TABS: AccessTab[] = ['members', 'keys', 'account'];

export default async function AccessPage({ params, searchParams }: Props) {
  const [{ project }, { tab, create }] = await Promise.all([params, searchParams]);
  return (
    <AccessSettings
      tab={TABS.find((each) => each === tab) ?? 'members'}
      creating={create === '1'}
      members={await ask('member.list', project, {})}
      scopes={Object.entries(SCOPES).map(([value, label]) => ({ value, label }))}
    />
  );
}
