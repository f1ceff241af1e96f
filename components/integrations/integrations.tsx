'use client';

import { Plug, Plus, SearchX, Upload, Webhook } from 'lucide-react';
import Link from 'next/link';
import { type ReactNode, useState } from 'react';
import { type OutputOf, useAsk } from '@/components/call';
import { Crumbs } from '@/components/shell/crumbs';
import { useProject } from '@/components/shell/project-context';
import { ImportDialog } from '@/components/transfer/import-dialog';
import { Button, LinkButton } from '@/components/ui/button';
import { EmptyState } from '@/components/ui/empty-state';
import { SearchInput } from '@/components/ui/input';
import { Page, PageHeader } from '@/components/ui/page-header';
import { Segmented } from '@/components/ui/segmented';
import { entryOf, type Tag } from './catalogue-entries';
import { type Integration, IntegrationState } from './integration-state';
import { Uses } from './uses';

type Preset = OutputOf<'preset.list'>[number];

/** Stored credentials and prepared webhooks, as cards by tag. */
export function Integrations({ initial, presets: initialPresets }: { initial: Integration[]; presets: Preset[] }) {
  const { id: project, can } = useProject();
  const { data: integrations = initial } = useAsk('integration.list', {}, { initial });
  const { data: presets = initialPresets } = useAsk('preset.list', {}, { initial: initialPresets });
  const [tag, setTag] = useState<Tag | 'all'>('all');
  const [query, setQuery] = useState('');
  const [isImporting, setImporting] = useState(false);
  const matches = (...texts: string[]) => texts.join(' ').toLowerCase().includes(query.trim().toLowerCase());
  const shown = integrations.filter(({ name, kind, prefix }) => matches(name, entryOf(kind).title, prefix));
  const shownPresets = presets.filter(({ name, description, host }) => matches(name, description, host));
  const hasAny = integrations.length + presets.length > 0;
  const add = can.develop ? (
    <>
      <Button icon={<Upload aria-hidden />} onClick={() => setImporting(true)}>
        Import
      </Button>
      <LinkButton variant="primary" icon={<Plus aria-hidden />} href={`/p/${project}/data/integrations/new`}>
        Add new integration
      </LinkButton>
    </>
  ) : undefined;
  return (
    <Page>
      <Crumbs items={[{ label: 'Data & Assets' }, { label: 'Integrations' }]} />
      <PageHeader
        title="Integrations"
        description="Credentials and prepared webhooks that scenarios use. Credentials go only to their endpoint prefix, and nobody can read them again."
        actions={hasAny ? add : undefined}
      />
      {hasAny ? (
        <>
          <div className="flex flex-wrap items-center gap-3 pb-4">
            <SearchInput
              value={query}
              onChange={setQuery}
              label="Search integrations"
              placeholder="Search"
              className="w-64"
            />
            <Segmented
              label="Tag"
              value={tag}
              onChange={setTag}
              options={[
                { value: 'all', label: 'All' },
                { value: 'Authentication', label: 'Authentication' },
                { value: 'Webhooks', label: 'Webhook presets' },
              ]}
            />
          </div>
          {tag !== 'Webhooks' && shown.length > 0 ? (
            <Section title="Authentication">
              {shown.map((integration) => (
                <IntegrationCard key={integration.id} integration={integration} />
              ))}
            </Section>
          ) : null}
          {tag !== 'Authentication' && shownPresets.length > 0 ? (
            <Section title="Webhook presets">
              {shownPresets.map((preset) => (
                <PresetCard key={preset.id} preset={preset} />
              ))}
            </Section>
          ) : null}
          {(tag === 'Webhooks' ? 0 : shown.length) + (tag === 'Authentication' ? 0 : shownPresets.length) === 0 ? (
            <EmptyState icon={<SearchX aria-hidden />} title="Nothing found">
              {query ? `No integration here matches “${query}”.` : 'There is no integration with this tag yet.'}
            </EmptyState>
          ) : null}
        </>
      ) : (
        <div className="rounded-lg border border-line bg-panel">
          <EmptyState icon={<Plug aria-hidden />} title="No integrations yet" action={add}>
            {can.develop
              ? 'Store the credentials of a third party once. Whoever builds scenarios then selects them without ever seeing them.'
              : 'A developer of this project stores credentials here. You then select them in a webhook without ever seeing them.'}
          </EmptyState>
        </div>
      )}
      {isImporting ? <ImportDialog onClose={() => setImporting(false)} /> : null}
    </Page>
  );
}

function Section({ title, children }: { title: string; children: ReactNode }) {
  return (
    <section className="pb-6">
      <h2 className="pb-2 font-medium text-muted text-sm">{title}</h2>
      <ul className="grid grid-cols-[repeat(auto-fill,minmax(320px,1fr))] gap-3">{children}</ul>
    </section>
  );
}

function IntegrationCard({ integration }: { integration: Integration }) {
  const { id: project, can } = useProject();
  const { title, icon: Icon } = entryOf(integration.kind);
  return (
    <Tile
      icon={<Icon aria-hidden />}
      name={integration.name}
      href={can.develop ? `/p/${project}/data/integrations/${integration.id}` : undefined}
      kind={title}
      detail={integration.prefix}
      left={<IntegrationState state={integration.state} test={integration.test} />}
      right={<Uses uses={integration.uses} />}
    />
  );
}

function PresetCard({ preset }: { preset: Preset }) {
  const { id: project, can } = useProject();
  const icon = preset.icon?.startsWith('data:') ? (
    // biome-ignore lint/performance/noImgElement: a picture of a few kB that is in the page already
    <img src={preset.icon} alt="" className="size-6 rounded-sm" />
  ) : (
    <Webhook aria-hidden />
  );
  return (
    <Tile
      icon={icon}
      name={preset.name}
      href={can.develop ? `/p/${project}/data/integrations/presets/${preset.id}` : undefined}
      kind={`Webhook preset, version ${preset.version}`}
      detail={`${preset.method} ${preset.host}`}
      left={<span className="text-faint">{preset.integration ? `with ${preset.integration}` : 'No credentials'}</span>}
      right={
        <span className={preset.uses.length === 0 ? 'text-faint' : 'text-muted'}>
          {preset.uses.length === 0
            ? 'Not used'
            : `${preset.uses.length} ${preset.uses.length === 1 ? 'scenario' : 'scenarios'}`}
        </span>
      }
    />
  );
}

interface TileProps {
  icon: ReactNode;
  name: string;
  /** Without one, the tile is only looked at. */
  href: string | undefined;
  kind: string;
  detail: string;
  left: ReactNode;
  right: ReactNode;
}

/** One thing: its whole head leads to it; what stands in its foot works on its own. */
function Tile({ icon, name, href, kind, detail, left, right }: TileProps) {
  return (
    <li className="relative flex min-w-0 flex-col rounded-lg border border-line bg-panel has-[a:hover]:border-line-strong">
      <div className="flex min-w-0 gap-3 px-4 pt-3.5 pb-3">
        <span className="mt-0.5 grid size-8 shrink-0 place-items-center rounded-md bg-hover text-muted">{icon}</span>
        <div className="min-w-0">
          {href ? (
            <Link href={href} className="block truncate font-medium after:absolute after:inset-0 after:rounded-lg">
              {name}
            </Link>
          ) : (
            <span className="block truncate font-medium">{name}</span>
          )}
          <p className="truncate text-muted text-sm">{kind}</p>
          <p className="mt-1 truncate font-mono text-faint text-xs" title={detail}>
            {detail}
          </p>
        </div>
      </div>
      <div className="mt-auto flex h-10 items-center justify-between gap-3 border-line border-t px-4 text-sm">
        <span className="min-w-0 truncate">{left}</span>
        <span className="relative z-10 shrink-0">{right}</span>
      </div>
    </li>
  );
}
