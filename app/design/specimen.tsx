'use client';

import { Copy, MoreHorizontal, Pencil, Plus, Trash2, Users, Webhook } from 'lucide-react';
import { useTheme } from 'next-themes';
import { type ReactNode, useState } from 'react';
import { Badge, StatusPill, type Tone } from '@/components/ui/badge';
import { Banner } from '@/components/ui/banner';
import { Button } from '@/components/ui/button';
import { Card } from '@/components/ui/card';
import { Checkbox } from '@/components/ui/checkbox';
import { CodeBlock } from '@/components/ui/code-block';
import { Combobox } from '@/components/ui/combobox';
import { ConfirmDialog } from '@/components/ui/confirm-dialog';
import { Count } from '@/components/ui/count';
import { Dialog } from '@/components/ui/dialog';
import { EmptyState } from '@/components/ui/empty-state';
import { ErrorState } from '@/components/ui/error-state';
import { Field } from '@/components/ui/field';
import { IconButton } from '@/components/ui/icon-button';
import { Input, SearchInput } from '@/components/ui/input';
import { Kbd } from '@/components/ui/kbd';
import { KeyValues } from '@/components/ui/key-values';
import { Menu, MenuCheckItem, MenuContent, MenuItem, MenuSeparator, MenuTrigger } from '@/components/ui/menu';
import { Page, PageHeader } from '@/components/ui/page-header';
import { Pagination } from '@/components/ui/pagination';
import { Popover, PopoverContent, PopoverTrigger } from '@/components/ui/popover';
import { Progress } from '@/components/ui/progress';
import { RadioGroup } from '@/components/ui/radio-group';
import { RelativeTime } from '@/components/ui/relative-time';
import { Segmented } from '@/components/ui/segmented';
import { Select } from '@/components/ui/select';
import { Sheet } from '@/components/ui/sheet';
import { Stat } from '@/components/ui/stat';
import { Switch } from '@/components/ui/switch';
import { type Column, DataTable } from '@/components/ui/table';
import { TabPanel, Tabs } from '@/components/ui/tabs';
import { Textarea } from '@/components/ui/textarea';
import { toast } from '@/components/ui/toast';

const TONES: Tone[] = ['neutral', 'accent', 'info', 'success', 'warning', 'danger', 'trigger', 'operator', 'action'];

interface Row {
  id: string;
  name: string;
  status: 'Active' | 'Draft' | 'Finishing';
  entered: number;
  at: string;
}
const ROWS: Row[] = [
  { id: '1', name: 'Spring SMS', status: 'Active', entered: 1_254_120, at: '2026-11-24T10:02:00Z' },
  { id: '2', name: 'Abandoned basket', status: 'Finishing', entered: 9412, at: '2026-11-23T08:00:00Z' },
  { id: '3', name: 'Price drop', status: 'Draft', entered: 0, at: '2026-10-01T08:00:00Z' },
];
const COLUMNS: Column<Row>[] = [
  {
    id: 'name',
    header: 'Name',
    cell: (row) => <span className="font-medium">{row.name}</span>,
    sortValue: (row) => row.name,
  },
  {
    id: 'status',
    header: 'Status',
    width: '140px',
    cell: (row) => (
      <StatusPill
        tone={row.status === 'Active' ? 'success' : row.status === 'Finishing' ? 'warning' : 'neutral'}
        live={row.status === 'Active'}
      >
        {row.status}
      </StatusPill>
    ),
  },
  {
    id: 'entered',
    header: 'Entered',
    align: 'right',
    width: '110px',
    cell: (row) => <Count value={row.entered} />,
    sortValue: (row) => row.entered,
  },
  {
    id: 'at',
    header: 'Edited',
    width: '140px',
    cell: (row) => <RelativeTime at={row.at} className="text-muted" />,
    sortValue: (row) => row.at,
  },
  {
    id: 'menu',
    header: <span className="sr-only">Actions</span>,
    width: '48px',
    align: 'right',
    cell: () => <IconButton size="sm" label="More" icon={<MoreHorizontal aria-hidden />} />,
  },
];
const PEOPLE = ['Eva Nová', 'Jan Kováč', 'Peter Horváth', 'Mária Tóthová'].map((label) => ({
  value: label,
  label,
  hint: 'registered · 0903',
}));

export function Specimen() {
  const { setTheme, resolvedTheme } = useTheme();
  const [open, setOpen] = useState<'dialog' | 'confirm' | 'sheet' | null>(null);
  const [text, setText] = useState('');
  const [on, setOn] = useState(true);
  const [choice, setChoice] = useState<'json' | 'text' | 'xml'>('json');
  const [person, setPerson] = useState<string | null>('Eva Nová');
  const [tab, setTab] = useState<'editor' | 'parameters' | 'test'>('editor');
  const [selected, setSelected] = useState<ReadonlySet<string>>(new Set(['2']));
  const close = () => setOpen(null);
  return (
    <div className="h-screen">
      <Page>
        <PageHeader
          title="Design"
          description="Every primitive in every state."
          badge={<StatusPill tone="success">Active</StatusPill>}
          actions={
            <>
              <Button onClick={() => setTheme(resolvedTheme === 'dark' ? 'light' : 'dark')}>Switch theme</Button>
              <Button variant="primary" icon={<Plus aria-hidden />}>
                New scenario
              </Button>
            </>
          }
        />
        <div className="grid gap-4 lg:grid-cols-2">
          <Card title="Buttons">
            <Line>
              <Button variant="primary">Primary</Button>
              <Button>Secondary</Button>
              <Button variant="ghost">Ghost</Button>
              <Button variant="danger">Delete</Button>
              <Button variant="danger-ghost">Remove</Button>
            </Line>
            <Line>
              <Button size="sm">Small</Button>
              <Button size="lg">Large</Button>
              <Button loading>Saving</Button>
              <Button disabled>Disabled</Button>
              <IconButton label="Edit" hint="E" icon={<Pencil aria-hidden />} />
              <IconButton label="Delete" icon={<Trash2 aria-hidden />} />
            </Line>
            <Line>
              <Button onClick={() => setOpen('dialog')}>Dialog</Button>
              <Button onClick={() => setOpen('confirm')}>Confirm</Button>
              <Button onClick={() => setOpen('sheet')}>Sheet</Button>
              <Button onClick={() => toast.success('Saved', { description: 'Version 7 of Spring SMS' })}>Toast</Button>
              <Button onClick={() => toast.error('The target refused the request')}>Error toast</Button>
              <Menu>
                <MenuTrigger asChild>
                  <Button>Menu</Button>
                </MenuTrigger>
                <MenuContent>
                  <MenuItem icon={<Pencil aria-hidden />} shortcut="F2">
                    Rename
                  </MenuItem>
                  <MenuItem icon={<Copy aria-hidden />} shortcut="⌘D">
                    Duplicate
                  </MenuItem>
                  <MenuCheckItem checked>Minimap</MenuCheckItem>
                  <MenuSeparator />
                  <MenuItem icon={<Trash2 aria-hidden />} tone="danger">
                    Delete
                  </MenuItem>
                </MenuContent>
              </Menu>
              <Popover>
                <PopoverTrigger asChild>
                  <Button>Popover</Button>
                </PopoverTrigger>
                <PopoverContent>A few words, or a small form.</PopoverContent>
              </Popover>
            </Line>
          </Card>
          <Card title="Words and states">
            <Line>
              {TONES.map((tone) => (
                <Badge key={tone} tone={tone}>
                  {tone}
                </Badge>
              ))}
            </Line>
            <Line>
              <StatusPill>Draft</StatusPill>
              <StatusPill tone="success" live>
                Active
              </StatusPill>
              <StatusPill tone="warning">Finishing</StatusPill>
              <StatusPill tone="danger">Stopped</StatusPill>
              <Kbd>⌘K</Kbd> <Kbd>?</Kbd>
            </Line>
            <div className="mt-4 grid grid-cols-4 gap-4">
              <Stat label="Entered" value={<Count value={1_254_120} />} />
              <Stat label="Delivered" tone="success" value={<Count value={1_250_020} />} note="99.7 %" />
              <Stat label="Rejected" tone="danger" value={<Count value={312} />} />
              <Stat label="Unknown" tone="warning" value={<Count value={14} />} />
            </div>
            <Progress value={0.64} label="Progress" className="mt-4" />
          </Card>
          <Card title="Form">
            <div className="grid grid-cols-2 gap-4">
              <Field label="Name" required hint="What the team calls it">
                <Input value={text} onChange={(event) => setText(event.target.value)} placeholder="Spring SMS" />
              </Field>
              <Field label="Address" error="Must start with https://">
                <Input mono defaultValue="api.example.com" />
              </Field>
              <Field label="Time-out">
                <Input defaultValue="10" suffix="seconds" />
              </Field>
              <Field label="Policy">
                <Select
                  value={choice}
                  onChange={setChoice}
                  options={[
                    { value: 'json', label: 'SMS', hint: '5 at once' },
                    { value: 'text', label: 'CRM', hint: '50 at once' },
                    { value: 'xml', label: 'None' },
                  ]}
                />
              </Field>
              <Field label="Customer">
                <Combobox value={person} onChange={setPerson} options={PEOPLE} clearable />
              </Field>
              <Field label="Format">
                <Segmented
                  value={choice}
                  onChange={setChoice}
                  options={[
                    { value: 'json', label: 'JSON' },
                    { value: 'text', label: 'TEXT' },
                    { value: 'xml', label: 'XML' },
                  ]}
                />
              </Field>
              <Field label="Note" className="col-span-2">
                <Textarea placeholder="What is it for?" />
              </Field>
              <div className="flex flex-col gap-2">
                <Checkbox checked={on} onChange={setOn} hint="Also when it is stopped">
                  Tell me
                </Checkbox>
                <Switch checked={on} onChange={setOn}>
                  Batch webhook
                </Switch>
              </div>
              <RadioGroup
                label="Whom"
                value={choice}
                onChange={setChoice}
                options={[
                  { value: 'json', label: 'Non-personalised' },
                  { value: 'text', label: 'Customer' },
                  { value: 'xml', label: 'Custom JSON', hint: 'Whatever you type' },
                ]}
              />
            </div>
          </Card>
          <Card title="Banners">
            <div className="flex flex-col gap-2">
              <Banner>12,400 customers match now.</Banner>
              <Banner tone="success">The integration answered in 84 ms.</Banner>
              <Banner tone="warning" title="312 customers have no phone" action={<Button size="sm">Fix</Button>}>
                Customer, line 1
              </Banner>
              <Banner tone="danger" title="The webhook Send SMS is stopped" action={<Button size="sm">Resume</Button>}>
                api.cm.com answered 404 Not Found. 3,588 customers wait.
              </Banner>
            </div>
            <Tabs
              className="mt-4"
              label="Webhook"
              value={tab}
              onChange={setTab}
              tabs={[
                { value: 'editor', label: 'Editor' },
                { value: 'parameters', label: 'Parameters', count: 2 },
                { value: 'test', label: 'Test' },
              ]}
            >
              <TabPanel value="editor">
                <CodeBlock title="Body" code={'{\n  "number": "+421903000000",\n  "text": "Hi Eva"\n}'} />
              </TabPanel>
              <TabPanel value="parameters">
                <KeyValues
                  items={[
                    ['Sender', 'Acme'],
                    ['Language', 'sk'],
                  ]}
                />
              </TabPanel>
              <TabPanel value="test">
                <SearchInput value={text} onChange={setText} label="Search" />
              </TabPanel>
            </Tabs>
          </Card>
          <Card title="Table" flush className="lg:col-span-2">
            <DataTable
              label="Scenarios"
              columns={COLUMNS}
              rows={ROWS}
              rowKey={(row) => row.id}
              onRowClick={(row) => toast(row.name)}
              selected={selected}
              onSelectedChange={setSelected}
            />
            <Pagination from={0} count={3} total={12_400} onNext={() => {}} />
          </Card>
          <Card title="Dense" flush>
            <DataTable
              label="Requests"
              dense
              columns={COLUMNS.slice(0, 4)}
              rows={ROWS}
              rowKey={(row) => row.id}
              activeKey="2"
            />
          </Card>
          <Card title="Loading" flush>
            <DataTable label="Loading" columns={COLUMNS.slice(0, 4)} rows={undefined} rowKey={(row) => row.id} />
          </Card>
          <Card flush>
            <EmptyState
              icon={<Webhook aria-hidden />}
              title="No scenarios yet"
              action={<Button icon={<Plus aria-hidden />}>New scenario</Button>}
            >
              A scenario says who gets what, and when. Draw the first one, or start from a template.
            </EmptyState>
          </Card>
          <Card flush>
            <ErrorState reference="V1StGXR8" onRetry={() => {}}>
              The database did not answer.
            </ErrorState>
          </Card>
        </div>
      </Page>
      <Dialog
        open={open === 'dialog'}
        onOpenChange={close}
        title="New policy"
        description="A limit that webhooks share."
        onSubmit={close}
        footer={
          <>
            <Button onClick={close}>Cancel</Button>
            <Button variant="primary" type="submit">
              Create
            </Button>
          </>
        }
      >
        <Field label="Name">
          <Input />
        </Field>
      </Dialog>
      <ConfirmDialog
        open={open === 'confirm'}
        onOpenChange={close}
        title="Delete the policy SMS?"
        description="Webhooks that use it fall back to the project's default."
        confirmLabel="Delete"
        tone="danger"
        mustType="SMS"
        onConfirm={() => {
          throw new Error('Two active scenarios use it.');
        }}
      />
      <Sheet
        open={open === 'sheet'}
        onOpenChange={close}
        title="Request 812"
        description="Send SMS · api.cm.com"
        actions={<IconButton label="Users" icon={<Users aria-hidden />} />}
      >
        <KeyValues
          items={[
            [
              'Status',
              <Badge key="s" tone="success">
                200 OK
              </Badge>,
            ],
            ['Took', '84 ms'],
          ]}
        />
      </Sheet>
    </div>
  );
}

function Line({ children }: { children: ReactNode }) {
  return <div className="mt-3 flex flex-wrap items-center gap-2 first:mt-0">{children}</div>;
}
