import { InvitationForm } from '@/components/auth/invitation-form';
import { EmptyState } from '@/components/ui/empty-state';
import { currentUser, identityName } from '@/lib/next';
import { invitationOf } from '@/lib/services/member';

export const metadata = { title: 'Invitation', referrer: 'no-referrer' as const };

/** What an invitation's link opens: who invites to what, and a button that accepts. */
export default async function InvitationPage({ searchParams }: { searchParams: Promise<{ token?: string }> }) {
  const { token = '' } = await searchParams;
  const [invitation, user] = await Promise.all([invitationOf(String(token)), currentUser()]);
  if (!invitation)
    return (
      <EmptyState title="This invitation is no longer good" className="px-0">
        It was used, taken back, or is older than seven days. Ask an admin of the project for a new one.
      </EmptyState>
    );
  return (
    <InvitationForm
      token={String(token)}
      invitation={invitation}
      signedInAs={user?.email ?? null}
      identity={identityName()}
    />
  );
}
