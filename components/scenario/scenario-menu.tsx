'use client';

import {
  Archive,
  ArchiveRestore,
  ChartNoAxesColumn,
  Copy,
  Download,
  MoreHorizontal,
  PencilLine,
  Tags,
  Trash2,
} from 'lucide-react';
import { useRouter } from 'next/navigation';
import { useState } from 'react';
import { useDo } from '@/components/call';
import { useProject } from '@/components/shell/project-context';
import { Button } from '@/components/ui/button';
import { ConfirmDialog } from '@/components/ui/confirm-dialog';
import { Dialog } from '@/components/ui/dialog';
import { Field } from '@/components/ui/field';
import { IconButton } from '@/components/ui/icon-button';
import { Input } from '@/components/ui/input';
import { Menu, MenuContent, MenuItem, MenuSeparator, MenuTrigger } from '@/components/ui/menu';
import { toast } from '@/components/ui/toast';
import { download } from './download';
import type { ScenarioRow } from './scenario-list';

/** What can be done with a scenario in the list. */
export function ScenarioMenu({ row }: { row: ScenarioRow }) {
  const project = useProject();
  const router = useRouter();
  const [open, setOpen] = useState<'rename' | 'tags' | 'delete' | null>(null);
  const duplicate = useDo('scenario.duplicate');
  const exportFile = useDo('scenario.export');
  const archive = useDo('scenario.archive');
  const restore = useDo('scenario.restore');
  const remove = useDo('scenario.delete', { success: `${row.name} is deleted`, quiet: true });
  const href = `/p/${project.id}/campaigns/scenarios/${row.id}`;
  const isRunning = row.status === 'active' || row.status === 'finishing';
  const { build } = project.can;
  const putAway = () =>
    archive.mutate(
      { id: row.id },
      {
        onSuccess: () =>
          toast.success(`${row.name} is archived`, {
            action: { label: 'Undo', onClick: () => restore.mutate({ id: row.id }) },
          }),
      },
    );
  return (
    <>
      <Menu>
        <MenuTrigger asChild>
          <IconButton
            size="sm"
            label={`More for ${row.name}`}
            icon={<MoreHorizontal aria-hidden />}
            className="text-muted"
          />
        </MenuTrigger>
        <MenuContent>
          <MenuItem icon={<ChartNoAxesColumn aria-hidden />} onSelect={() => router.push(`${href}/evaluate`)}>
            Evaluate
          </MenuItem>
          <MenuItem
            icon={<Download aria-hidden />}
            onSelect={() =>
              exportFile.mutate({ id: row.id }, { onSuccess: ({ fileName, text }) => download(fileName, text) })
            }
          >
            Export
          </MenuItem>
          {build ? (
            <>
              <MenuItem
                icon={<Copy aria-hidden />}
                onSelect={() =>
                  duplicate.mutate(
                    { id: row.id },
                    { onSuccess: ({ id }) => router.push(`/p/${project.id}/campaigns/scenarios/${id}`) },
                  )
                }
              >
                Duplicate
              </MenuItem>
              {row.archived ? (
                <MenuItem icon={<ArchiveRestore aria-hidden />} onSelect={() => restore.mutate({ id: row.id })}>
                  Restore
                </MenuItem>
              ) : (
                <>
                  <MenuItem icon={<PencilLine aria-hidden />} onSelect={() => setOpen('rename')}>
                    Rename
                  </MenuItem>
                  <MenuItem icon={<Tags aria-hidden />} onSelect={() => setOpen('tags')}>
                    Tags
                  </MenuItem>
                  <MenuItem icon={<Archive aria-hidden />} disabled={isRunning} onSelect={putAway}>
                    {isRunning ? 'Archive (stop it first)' : 'Archive'}
                  </MenuItem>
                </>
              )}
              <MenuSeparator />
              <MenuItem
                tone="danger"
                icon={<Trash2 aria-hidden />}
                disabled={isRunning}
                onSelect={() => setOpen('delete')}
              >
                {isRunning ? 'Delete (stop it first)' : 'Delete'}
              </MenuItem>
            </>
          ) : null}
        </MenuContent>
      </Menu>
      {open === 'rename' ? <RenameDialog row={row} onClose={() => setOpen(null)} /> : null}
      {open === 'tags' ? <TagsDialog row={row} onClose={() => setOpen(null)} /> : null}
      <ConfirmDialog
        open={open === 'delete'}
        onOpenChange={(next) => !next && setOpen(null)}
        title={`Delete ${row.name}?`}
        description="Its versions, its runs and their statistics go with it. This cannot be undone; archiving it can."
        confirmLabel="Delete"
        tone="danger"
        mustType={row.lastRun ? row.name : undefined}
        onConfirm={() => remove.mutateAsync({ id: row.id })}
      />
    </>
  );
}

function RenameDialog({ row, onClose }: { row: ScenarioRow; onClose: () => void }) {
  const [name, setName] = useState(row.name);
  const rename = useDo('scenario.rename', { quiet: true });
  return (
    <Dialog
      open
      onOpenChange={onClose}
      title="Rename the scenario"
      onSubmit={() => rename.mutate({ id: row.id, name }, { onSuccess: onClose })}
      footer={
        <>
          <Button onClick={onClose}>Cancel</Button>
          <Button type="submit" variant="primary" loading={rename.isPending}>
            Rename
          </Button>
        </>
      }
    >
      <Field label="Name" error={rename.error ? (rename.error.field('name') ?? rename.error.message) : undefined}>
        <Input autoFocus value={name} maxLength={200} onChange={(event) => setName(event.target.value)} />
      </Field>
    </Dialog>
  );
}

function TagsDialog({ row, onClose }: { row: ScenarioRow; onClose: () => void }) {
  const [text, setText] = useState(row.tags.join(', '));
  const tag = useDo('scenario.tag', { quiet: true });
  const tags = [
    ...new Set(
      text
        .split(',')
        .map((each) => each.trim())
        .filter(Boolean),
    ),
  ];
  return (
    <Dialog
      open
      onOpenChange={onClose}
      title={`Tags of ${row.name}`}
      onSubmit={() => tag.mutate({ id: row.id, tags }, { onSuccess: onClose })}
      footer={
        <>
          <Button onClick={onClose}>Cancel</Button>
          <Button type="submit" variant="primary" loading={tag.isPending}>
            Save
          </Button>
        </>
      }
    >
      <Field
        label="Tags"
        hint="Separated by commas. The list of scenarios can be narrowed to one of them."
        error={tag.error ? (tag.error.fields[0]?.message ?? tag.error.message) : undefined}
      >
        <Input autoFocus value={text} onChange={(event) => setText(event.target.value)} placeholder="spring, sms" />
      </Field>
    </Dialog>
  );
}
