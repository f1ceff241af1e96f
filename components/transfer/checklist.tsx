'use client';

import { KeyRound } from 'lucide-react';
import { type OutputOf, useAsk } from '@/components/call';
import { Select } from '@/components/ui/select';
import { Table, Td, THead, Th, Tr } from '@/components/ui/table';

type NeedRow = OutputOf<'transfer.read'>['needs'][number];
type Need = NeedRow['need'];
/** What stands here for each need of a file; null is left open. */
export type Chosen = Record<string, string | null>;

const WORDS: Record<Need['kind'], string> = {
  integration: 'Authentication',
  policy: 'Throughput policy',
  preset: 'Preset',
  trigger: 'API trigger',
  secret: 'Secret header',
};
const OPEN = '';

/** What an imported file needs, line by line, each with what could stand for it in this project. */
export function Checklist({
  needs,
  mapping,
  onChange,
}: {
  needs: NeedRow[];
  mapping: Chosen;
  onChange: (mapping: Chosen) => void;
}) {
  const here = useThingsHere();
  if (needs.length === 0) return <p className="text-muted">The file needs nothing of this project.</p>;
  const open = needs.filter(({ need }) => !mapping[need.id]).length;
  return (
    <section aria-label="What it needs" className="flex flex-col gap-2">
      <p className="text-muted">
        {open === 0
          ? 'Everything that it needs is here.'
          : `${open} of ${needs.length} ${open === 1 ? 'is' : 'are'} left open: the scenario cannot be started until ${open === 1 ? 'it is' : 'they are'} chosen in its nodes.`}
      </p>
      <div className="overflow-hidden rounded-md border border-line">
        <Table aria-label="What it needs">
          <THead>
            <Tr>
              <Th>Needed</Th>
              <Th>By</Th>
              <Th>Here</Th>
            </Tr>
          </THead>
          <tbody>
            {needs.map(({ need, usedBy }) => (
              <Tr key={need.id}>
                <Td dense>
                  <span className="block text-faint text-xs">{WORDS[need.kind]}</span>
                  {need.name}
                  {need.kind === 'integration' ? (
                    <span className="block font-mono text-muted text-xs [overflow-wrap:anywhere]">{need.prefix}</span>
                  ) : null}
                  {need.kind === 'policy' ? (
                    <span className="block text-muted text-xs">{need.concurrency} at once</span>
                  ) : null}
                  {need.kind === 'trigger' && need.parameters.length > 0 ? (
                    <span className="block text-muted text-xs [overflow-wrap:anywhere]">
                      {need.parameters.map((parameter) => parameter.name).join(', ')}
                    </span>
                  ) : null}
                </Td>
                <Td dense>{usedBy.join(', ')}</Td>
                <Td dense>
                  {need.kind === 'secret' ? (
                    <span className="flex items-center gap-1.5 text-muted text-sm">
                      <KeyRound aria-hidden /> enter it again in the webhook
                    </span>
                  ) : (
                    <Select
                      label={`What stands for ${need.name}`}
                      value={mapping[need.id] ?? OPEN}
                      onChange={(value) => onChange({ ...mapping, [need.id]: value === OPEN ? null : value })}
                      options={[{ value: OPEN, label: 'Leave open' }, ...here[need.kind]]}
                    />
                  )}
                </Td>
              </Tr>
            ))}
          </tbody>
        </Table>
      </div>
    </section>
  );
}

type Options = { value: string; label: string }[];

function useThingsHere(): Record<Exclude<Need['kind'], 'secret'>, Options> {
  const { data: integrations = [] } = useAsk('integration.list', {});
  const { data: policies = [] } = useAsk('policy.list', {});
  const { data: presets = [] } = useAsk('preset.list', {});
  const { data: triggers = [] } = useAsk('api-trigger.list', {});
  const options = (rows: readonly { id: string; name: string }[]): Options =>
    rows.map(({ id, name }) => ({ value: id, label: name }));
  return {
    integration: options(integrations),
    policy: options(policies),
    preset: options(presets),
    trigger: options(triggers),
  };
}
