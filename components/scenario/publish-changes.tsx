import { Badge } from '@/components/ui/badge';
import { Banner } from '@/components/ui/banner';
import { Checkbox } from '@/components/ui/checkbox';
import { Count } from '@/components/ui/count';
import { Select } from '@/components/ui/select';
import { Table, Td, THead, Th, Tr } from '@/components/ui/table';
import { CHANGE, type Change, holdsPeople, insideOf, type Preview, wordsOf } from './publish-words';

interface Decisions {
  /** By the id of a deleted node: where its people go on, or "end". */
  moves: Readonly<Record<string, string>>;
  onMove: (node: string, target: string) => void;
  /** Stopped webhooks whose people are asked for as they were. */
  kept: ReadonlySet<string>;
  onKeep: (kept: ReadonlySet<string>) => void;
}

/** Node by node what changes, how many people it meets, and what is to be decided for them. */
export function PublishChanges({ preview, ...decisions }: { preview: Preview } & Decisions) {
  const { changes, targets, notes, version } = preview;
  if (changes.length === 0)
    return <p className="text-muted">The draft is what runs, version {version}. There is nothing to publish.</p>;
  const names = new Map([...targets, ...changes].map(({ id, number, name }) => [id, `#${number} ${name}`] as const));
  return (
    <>
      <div className="overflow-x-auto rounded-md border border-line">
        <Table aria-label={`Changes against version ${version}`}>
          <THead>
            <tr>
              <Th>Node</Th>
              <Th>Change</Th>
              <Th align="right">Inside now</Th>
            </tr>
          </THead>
          <tbody>
            {changes.map((change) => (
              <Tr key={`${change.id} ${change.change}`}>
                <Td className="min-w-40 align-top">
                  <span className="text-faint tabular-nums">#{change.number}</span>{' '}
                  <span className="font-medium">{change.name}</span>
                </Td>
                <Td className="w-full align-top">
                  <What change={change} nameOf={(id) => names.get(id) ?? 'another node'} />
                  {holdsPeople(change) ? <Leaving change={change} targets={targets} {...decisions} /> : null}
                  {change.stopped === null ? null : <Stopped change={change} {...decisions} />}
                </Td>
                <Td align="right" className="align-top">
                  {change.change === 'added' ? (
                    <span className="text-faint">–</span>
                  ) : (
                    <Count value={insideOf(change)} exact />
                  )}
                </Td>
              </Tr>
            ))}
          </tbody>
        </Table>
      </div>
      {notes.length > 0 ? (
        <Banner title="What else it means">
          <ul className="flex list-disc flex-col gap-1 pl-4">
            {notes.map((note) => (
              <li key={note}>{note}</li>
            ))}
          </ul>
        </Banner>
      ) : null}
    </>
  );
}

function What({ change, nameOf }: { change: Change; nameOf: (id: string) => string }) {
  const { words, tone } = CHANGE[change.change];
  return (
    <div className="flex flex-wrap items-baseline gap-x-2 gap-y-1">
      <Badge tone={tone}>{words}</Badge>
      <span className="text-muted text-sm">{wordsOf(change, nameOf).join(' · ')}</span>
    </div>
  );
}

/** Where those go on whose node is deleted; nothing is chosen for them. */
function Leaving({ change, targets, moves, onMove }: { change: Change; targets: Preview['targets'] } & Decisions) {
  const people = insideOf(change);
  const next = targets.find(({ id }) => id === change.next);
  const options = [
    ...(next
      ? [{ value: next.id, label: `Go on at #${next.number} ${next.name}`, hint: 'where they were going' }]
      : []),
    ...targets
      .filter(({ id }) => id !== change.next)
      .map(({ id, number, name }) => ({ value: id, label: `Go on at #${number} ${name}` })),
    { value: 'end', label: 'End here', hint: 'skipped, because the node was deleted' },
  ];
  return (
    <div className="mt-2 flex flex-wrap items-center gap-2">
      <Select
        className="w-72"
        label={`What becomes of those in ${change.name}`}
        placeholder="Choose what becomes of them"
        value={moves[change.id] ?? (people > 0 ? null : 'end')}
        onChange={(target) => onMove(change.id, target)}
        options={options}
      />
      <span className="text-muted text-sm">
        {people === 0
          ? 'Nobody is there; this is for whoever arrives at this moment.'
          : change.inFlight > 0
            ? `Requests that are on their way (${change.inFlight.toLocaleString('en')}) get their answer first.`
            : null}
      </span>
    </div>
  );
}

/** Whoever waits for Resume would be asked for what was refused before. */
function Stopped({ change, kept, onKeep }: { change: Change } & Decisions) {
  return (
    <Checkbox
      className="mt-2"
      checked={!kept.has(change.id)}
      onChange={(isRenewed) => {
        const next = new Set(kept);
        if (isRenewed) next.delete(change.id);
        else next.add(change.id);
        onKeep(next);
      }}
      hint={`It ${change.stopped}. Press Resume on the run when the changes are live.`}
    >
      Those who wait for Resume get the new request
    </Checkbox>
  );
}
