import { Badge, toneText } from '@/components/ui/badge';
import { Card } from '@/components/ui/card';
import { cn } from '@/components/ui/cn';
import { Count } from '@/components/ui/count';
import { Table, Td, THead, Th, Tr } from '@/components/ui/table';
import { GROUPS, type NodeCounts, requestsSentence } from './words';

/** The numbers of every node; each number opens the people behind it. */
export function NodeTable({
  counts,
  active,
  onPeople,
}: {
  counts: readonly NodeCounts[];
  active: { node: string; group: string } | null;
  onPeople: (node: string, group: string) => void;
}) {
  return (
    <section aria-label="Numbers by node">
      <Card
        title="Numbers by node"
        description="What entered is waiting, in flight, delivered, rejected, unknown or skipped. Click a number to see who."
        flush
      >
        {/* biome-ignore lint/a11y/noNoninteractiveTabindex: a scroll area must be reachable by keyboard */}
        <div tabIndex={0} className="scroll-thin overflow-x-auto">
          <Table>
            <THead>
              <tr>
                <Th>Node</Th>
                {GROUPS.map(({ key, label, tone }) => (
                  <Th key={key} align="right" className="px-2 xl:w-26 xl:px-3">
                    <span className="inline-flex items-center gap-1.5">
                      {tone === 'neutral' ? null : (
                        <span aria-hidden className={cn('size-1.5 rounded-full bg-current', toneText[tone])} />
                      )}
                      {label}
                    </span>
                  </Th>
                ))}
              </tr>
            </THead>
            <tbody>
              {counts.map((count) => (
                <Tr key={count.node}>
                  <Td className="min-w-44">
                    <span className="text-faint tabular-nums">#{count.number}</span>{' '}
                    <span className="font-medium">{count.name}</span>
                    {count.removed ? <Badge className="ml-2">deleted</Badge> : null}
                    <Note count={count} />
                  </Td>
                  {GROUPS.map(({ key, group }) => (
                    <Td key={key} align="right" className="px-2 xl:px-3">
                      <PeopleButton
                        value={count[key]}
                        isActive={active?.node === count.node && active.group === group}
                        onClick={() => onPeople(count.node, group)}
                      />
                    </Td>
                  ))}
                </Tr>
              ))}
            </tbody>
          </Table>
        </div>
      </Card>
    </section>
  );
}

function Note({ count }: { count: NodeCounts }) {
  const note = requestsSentence(count);
  return note ? <span className="block text-faint text-xs">{note}</span> : null;
}

/** A number that opens its people; none cannot be opened. */
export function PeopleButton({ value, isActive, onClick }: { value: number; isActive: boolean; onClick: () => void }) {
  if (value === 0) return <span className="text-faint">0</span>;
  return (
    <button
      type="button"
      title="Show these customers"
      aria-pressed={isActive}
      onClick={onClick}
      className={cn('-mx-1 rounded-md px-1 hover:bg-pressed hover:underline', isActive && 'bg-accent-soft text-accent')}
    >
      <Count value={value} exact />
    </button>
  );
}
