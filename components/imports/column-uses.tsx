'use client';

import type { OutputOf } from '@/components/call';
import { cn } from '@/components/ui/cn';
import { Input } from '@/components/ui/input';
import { Select } from '@/components/ui/select';
import { Table, Td, THead, Th } from '@/components/ui/table';

type Preview = OutputOf<'import.preview'>;
type Use = Preview['columns'][number]['use'];
type ValueType = Extract<Use, { as: 'property' }>['type'];

const ROLES: { value: Use['as']; label: string; events?: true }[] = [
  { value: 'identifier', label: 'Identifier' },
  { value: 'property', label: 'Property' },
  { value: 'type', label: 'Event type', events: true },
  { value: 'time', label: 'Time', events: true },
  { value: 'skip', label: 'Skip' },
];
const TYPES: { value: ValueType; label: string }[] = [
  { value: 'text', label: 'Text' },
  { value: 'number', label: 'Number' },
  { value: 'boolean', label: 'True or false' },
  { value: 'date', label: 'Date' },
  { value: 'email', label: 'E-mail address' },
];

function roleFor(as: Use['as'], header: string): Use {
  if (as === 'identifier') return { as, kind: 'registered' };
  if (as === 'property') return { as, name: header, type: 'text' };
  return { as };
}

const targetOf = (use: Use) =>
  use.as === 'property' ? `property ${use.name}` : use.as === 'identifier' ? `identifier ${use.kind}` : use.as;

/** One line for each column of a file: what it holds, what it becomes. Two columns of one target are marked. */
export function ColumnUses({
  kind,
  columns,
  uses,
  onChange,
}: {
  kind: Preview['kind'];
  columns: Preview['columns'];
  uses: readonly Use[];
  onChange: (uses: Use[]) => void;
}) {
  const change = (index: number, use: Use) => onChange(uses.map((other, i) => (i === index ? use : other)));
  const targets = uses.map(targetOf);
  const isTwice = (index: number) =>
    uses[index]!.as !== 'skip' && targets.some((target, other) => other !== index && target === targets[index]);
  const roles = ROLES.filter(({ events }) => kind === 'events' || !events);
  return (
    <div className="scroll-thin max-h-[440px] overflow-auto">
      <Table aria-label="Columns of the file">
        <THead sticky>
          <tr>
            <Th width="44px" align="right">
              #
            </Th>
            <Th width="18%">Column</Th>
            <Th>First values</Th>
            <Th width="136px">Goes to</Th>
            <Th width="18%">Name</Th>
            <Th width="160px">Type</Th>
          </tr>
        </THead>
        <tbody>
          {columns.map(({ header, samples }, index) => {
            const use = uses[index]!;
            const label = header || `column ${index + 1}`;
            return (
              // biome-ignore lint/suspicious/noArrayIndexKey: a column is its place
              <tr key={index} className={cn('last:[&>td]:border-b-0', use.as === 'skip' && 'text-faint')}>
                <Td align="right" className="text-faint">
                  {index + 1}
                </Td>
                <Td className="max-w-48">
                  <span className="block truncate font-medium" title={header}>
                    {header || <span className="font-normal text-faint">no name</span>}
                  </span>
                </Td>
                <Td className="max-w-0">
                  <span className="block truncate text-muted text-sm" title={samples.join('\n')}>
                    {samples.join(' · ') || 'empty'}
                  </span>
                </Td>
                <Td>
                  <Select
                    label={`What ${label} becomes`}
                    value={use.as}
                    onChange={(as) => change(index, roleFor(as, header))}
                    options={roles}
                  />
                </Td>
                <Td>
                  {use.as === 'identifier' || use.as === 'property' ? (
                    <Input
                      mono={use.as === 'identifier'}
                      aria-label={`Name of ${label}`}
                      aria-invalid={isTwice(index) || undefined}
                      title={isTwice(index) ? 'Another column goes to the same place' : undefined}
                      value={use.as === 'identifier' ? use.kind : use.name}
                      onChange={({ target: { value } }) =>
                        change(index, use.as === 'identifier' ? { ...use, kind: value } : { ...use, name: value })
                      }
                    />
                  ) : null}
                </Td>
                <Td>
                  {use.as === 'property' ? (
                    <Select
                      label={`Type of ${label}`}
                      value={use.type}
                      onChange={(type) => change(index, { ...use, type })}
                      options={TYPES}
                    />
                  ) : use.as === 'identifier' ? (
                    <span className="text-faint text-sm">{use.kind === 'registered' ? 'hard' : 'soft'}</span>
                  ) : null}
                </Td>
              </tr>
            );
          })}
        </tbody>
      </Table>
    </div>
  );
}
