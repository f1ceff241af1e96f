'use client';

import { Trash2, UserPlus } from 'lucide-react';
import { useState } from 'react';
import { type OutputOf, useAsk, useDo } from '@/components/call';
import { useProject } from '@/components/shell/project-context';
import { Badge } from '@/components/ui/badge';
import { Button } from '@/components/ui/button';
import { Card } from '@/components/ui/card';
import { ConfirmDialog } from '@/components/ui/confirm-dialog';
import { IconButton } from '@/components/ui/icon-button';
import { RelativeTime } from '@/components/ui/relative-time';
import { Select } from '@/components/ui/select';
import { type Column, DataTable } from '@/components/ui/table';
import { InviteDialog } from './invite-dialog';
import { ROLES, titleOf } from './roles';

type Member = OutputOf<'member.list'>['members'][number];
type Invitation = OutputOf<'member.list'>['invitations'][number];
/** Members and open invitations. */
export function Members({ initial, inviting }: { initial: OutputOf<'member.list'>; inviting: boolean }) {
  const { can, name: projectName } = useProject();
  const { data = initial } = useAsk('member.list', {}, { initial });
  const setRole = useDo('member.set-role', { success: 'The role is changed' });
  const remove = useDo('member.remove', { success: 'The member is removed', quiet: true });
  const uninvite = useDo('member.uninvite', { success: 'The invitation is taken back' });
  const [leaving, setLeaving] = useState<Member | null>(null);
  const [open, setOpen] = useState(inviting && can.administer);

  const columns: Column<Member>[] = [
    {
      id: 'name',
      header: 'Name',
      sortValue: (member) => member.name,
      cell: (member) => (
        <span className="flex items-center gap-2">
          <span className="truncate font-medium">{member.name}</span>
          {member.isMe ? <Badge>You</Badge> : null}
        </span>
      ),
    },
    {
      id: 'email',
      header: 'E-mail address',
      className: 'w-1/2 max-w-0',
      sortValue: (member) => member.email,
      cell: (member) => (
        <span className="block truncate text-muted" title={member.email}>
          {member.email}
        </span>
      ),
    },
    {
      id: 'role',
      header: 'Role',
      width: '220px',
      cell: (member) =>
        can.administer ? (
          <Select
            label={`Role of ${member.name}`}
            value={member.role}
            options={ROLES}
            disabled={setRole.isPending}
            onChange={(role) => setRole.mutate({ userId: member.userId, role })}
            className="w-40"
          />
        ) : (
          titleOf(member.role)
        ),
    },
    {
      id: 'since',
      header: 'Since',
      width: '140px',
      sortValue: (member) => member.since,
      cell: (member) => <RelativeTime at={member.since} className="text-muted" />,
    },
    ...(can.administer
      ? [
          {
            id: 'remove',
            header: <span className="sr-only">Remove</span>,
            width: '56px',
            align: 'right' as const,
            cell: (member: Member) => (
              <IconButton
                size="sm"
                label={`Remove ${member.name}`}
                icon={<Trash2 aria-hidden />}
                className="text-faint"
                onClick={() => setLeaving(member)}
              />
            ),
          },
        ]
      : []),
  ];
  return (
    <div className="flex flex-col gap-4">
      <Card
        flush
        title="Who can open this project"
        actions={
          can.administer ? (
            <Button variant="primary" icon={<UserPlus aria-hidden />} onClick={() => setOpen(true)}>
              Invite a member
            </Button>
          ) : undefined
        }
      >
        <DataTable label="Members" columns={columns} rows={data.members} rowKey={(member) => member.userId} />
      </Card>
      {data.invitations.length > 0 ? (
        <Card flush title="Open invitations" description="Each link works once and for seven days.">
          <DataTable
            label="Open invitations"
            columns={invitationColumns((id) => uninvite.mutate({ id }))}
            rows={data.invitations}
            rowKey={(invitation) => invitation.id}
          />
        </Card>
      ) : null}
      <InviteDialog open={open} onOpenChange={setOpen} />
      <ConfirmDialog
        open={leaving !== null}
        onOpenChange={() => setLeaving(null)}
        title={`Remove ${leaving?.name ?? ''} from ${projectName}?`}
        description="The account stays; it just cannot open this project any more. What it made stays too."
        confirmLabel="Remove"
        tone="danger"
        onConfirm={() => remove.mutateAsync({ userId: leaving!.userId })}
      />
    </div>
  );
}

const invitationColumns = (onTakeBack: (id: string) => void): Column<Invitation>[] => [
  { id: 'email', header: 'E-mail address', cell: (invitation) => invitation.email },
  { id: 'role', header: 'Role', width: '220px', cell: (invitation) => titleOf(invitation.role) },
  {
    id: 'ends',
    header: 'Good until',
    width: '140px',
    cell: (invitation) => <RelativeTime at={invitation.expiresAt} className="text-muted" />,
  },
  {
    id: 'back',
    header: <span className="sr-only">Take back</span>,
    width: '120px',
    align: 'right',
    cell: (invitation) => (
      <Button size="sm" variant="ghost" onClick={() => onTakeBack(invitation.id)}>
        Take back
      </Button>
    ),
  },
];
