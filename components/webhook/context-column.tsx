'use client';

import { Shuffle } from 'lucide-react';
import { memo, useMemo, useState } from 'react';
import { step } from '@/components/monaco/cursor-place';
import { brief, type Known, type Sources } from '@/components/monaco/sources';
import { FILTER_WORDS, STATEMENT_WORDS, TEST_WORDS, type Word } from '@/components/monaco/vocabulary';
import { cn } from '@/components/ui/cn';
import { Combobox } from '@/components/ui/combobox';
import { IconButton } from '@/components/ui/icon-button';
import { SearchInput } from '@/components/ui/input';
import { Disclosure } from './disclosure';
import type { Whom } from './use-whom';

export interface ContextColumnProps {
  whom: Whom;
  sources: Sources;
  /** Whether the webhook is a batch: `customers` is offered for its Root. */
  isBatch: boolean;
  onInsert: (expression: string) => void;
}

interface Item {
  /** As it is shown. */
  label: string;
  /** As it is inserted. */
  expression: string;
  value: string;
  about?: string;
  isMissing?: boolean;
}

/** What the templates can read, with the values of a chosen customer: a click inserts at the cursor, a drag anywhere. */
export const ContextColumn = memo(function ContextColumn({ whom, sources, isBatch, onInsert }: ContextColumnProps) {
  const [query, setQuery] = useState('');
  const groups = useMemo(() => groupsOf(sources, isBatch, whom.customer !== null), [sources, isBatch, whom.customer]);
  const found = groups
    .map((group) => ({ ...group, items: group.items.filter((item) => matches(item, query)) }))
    .filter((group) => group.items.length > 0);
  return (
    <div className="flex h-full min-h-0 flex-col">
      <div className="flex flex-col gap-2 border-line border-b p-3">
        <div className="flex items-center gap-1">
          <Combobox
            label="Customer whose values are shown"
            className="min-w-0 flex-1"
            value={whom.customer?.id ?? null}
            valueLabel={whom.customer?.name}
            onChange={whom.choose}
            search={whom.search}
            placeholder={whom.isEmpty ? 'No customers yet' : 'Choose a customer'}
            searchPlaceholder="Name, e-mail, any identifier"
            disabled={whom.isEmpty}
          />
          <IconButton
            label="A customer by chance"
            icon={<Shuffle aria-hidden />}
            onClick={() => void whom.chooseRandom()}
            disabled={whom.isEmpty}
          />
        </div>
        <SearchInput
          className="w-full"
          label="Search what can be inserted"
          placeholder="Search"
          value={query}
          onChange={setQuery}
        />
      </div>
      <div className="scroll-thin min-h-0 flex-1 overflow-y-auto py-1">
        {found.map((group) => (
          <Disclosure
            key={`${group.name} ${query !== ''}`}
            isOpen={group.isOpen || query !== ''}
            titleClassName="h-8 rounded-none px-3 font-medium text-ink text-sm outline-offset-[-2px] hover:bg-hover"
            title={
              <>
                {group.name}
                {group.note ? (
                  <span className="min-w-0 truncate font-normal text-faint text-xs">{group.note}</span>
                ) : null}
              </>
            }
          >
            <ul className="pb-2">
              {group.items.map((item) => (
                <Row key={item.expression} item={item} onInsert={onInsert} />
              ))}
            </ul>
          </Disclosure>
        ))}
        {found.length === 0 ? (
          <p className="px-4 py-6 text-center text-muted text-sm">Nothing is called that.</p>
        ) : null}
      </div>
    </div>
  );
});

function Row({ item, onInsert }: { item: Item; onInsert: (expression: string) => void }) {
  return (
    <li>
      <button
        type="button"
        draggable
        // The cursor stays where it is in the text.
        onMouseDown={(event) => event.detail > 1 && event.preventDefault()}
        onClick={() => onInsert(item.expression)}
        onDragStart={(event) => {
          event.dataTransfer.setData('application/x-hookline', item.expression);
          event.dataTransfer.setData('text/plain', `{{ ${item.expression} }}`);
          event.dataTransfer.effectAllowed = 'copy';
        }}
        title={item.about ?? `Insert ${item.expression}`}
        className="flex w-full items-baseline gap-2 py-0.5 pr-3 pl-8 text-left outline-offset-[-2px] hover:bg-hover"
      >
        <span className="max-w-[60%] shrink-0 truncate font-mono text-xs">{item.label}</span>
        <span
          className={cn(
            'min-w-0 flex-1 truncate text-right text-xs',
            item.isMissing ? 'text-faint italic' : 'text-muted',
          )}
        >
          {item.value}
        </span>
      </button>
    </li>
  );
}

interface ItemGroup {
  name: string;
  note?: string;
  isOpen: boolean;
  items: Item[];
}

function groupsOf(sources: Sources, isBatch: boolean, isChosen: boolean): ItemGroup[] {
  return [
    ...(isBatch ? [{ name: 'customers', note: 'in Root', isOpen: true, items: ROOT }] : []),
    {
      name: 'customer',
      note: isBatch ? 'in Customer' : '',
      isOpen: true,
      items: sources.customer.map((known) => ({
        ...itemOf(known, `customer${step(known.name)}`),
        ...(known.isOwn || !isChosen ? {} : { value: 'not set', isMissing: true }),
      })),
    },
    ...(sources.event
      ? [
          {
            name: 'event',
            note: sources.event.type,
            isOpen: true,
            items: sources.event.properties.map((known) => itemOf(known, `event${pathOf(known.name)}`)),
          },
        ]
      : []),
    ...(sources.trigger
      ? [
          {
            name: 'trigger',
            note: sources.trigger.name,
            isOpen: true,
            items: sources.trigger.parameters.map((known) => itemOf(known, `trigger${pathOf(known.name)}`)),
          },
        ]
      : []),
    ...sources.webhooks.map(({ position, name, number, fields }) => ({
      name: `webhook(${position})`,
      note: `${name} #${number}`,
      isOpen: false,
      items: [
        ...fields.map((known) => itemOf(known, `webhook(${position})${pathOf(known.name)}`)),
        { label: 'status_code', expression: `webhook(${position}).status_code`, value: '' },
        { label: 'success', expression: `webhook(${position}).success`, value: '' },
        { label: 'data', expression: `webhook(${position}).data`, value: 'text' },
      ],
    })),
    {
      name: 'scenario',
      note: 'names and time',
      isOpen: false,
      items: ['project.name', 'scenario.name', 'scenario.id', 'action.id', 'action.name', 'time'].map((expression) => ({
        label: expression,
        expression,
        value: '',
      })),
    },
    { name: 'Filters', isOpen: false, items: FILTER_WORDS.map((word) => help(word, `| ${plain(word)}`)) },
    { name: 'Tests', isOpen: false, items: TEST_WORDS.map((word) => help(word, `is ${plain(word)}`)) },
    {
      name: 'Statements',
      isOpen: false,
      items: STATEMENT_WORDS.map((word) => help(word, `{% ${plain(word)}${word.insert ? '' : ' %}'}`)),
    },
  ];
}

const ROOT: Item[] = [
  { label: 'output', expression: "{% output customers separated by ',\\n ' %}", value: 'places them all' },
  { label: 'customers | join', expression: "customers | join(',')", value: 'one text' },
  { label: 'customers | length', expression: 'customers | length', value: 'how many' },
  {
    label: 'for … from_json',
    expression:
      '{% for item in customers %}{{ (item | from_json).name }}{% if not loop.last %},{% endif %}{% endfor %}',
    value: 'a value of each',
  },
];

function itemOf(known: Known, expression: string): Item {
  return { label: known.name, expression, value: brief(known.example) || (known.type ?? '') };
}

function help(word: Word, expression: string): Item {
  return { label: word.name, expression, value: word.about, about: `${word.signature}\n${word.about}` };
}

/** What a word inserts, its places filled with their examples. */
const plain = (word: Word) => (word.insert ?? word.name).replace(/[‹›]/g, '');

const pathOf = (path: string) => path.split('.').map(step).join('');

function matches(item: Item, query: string): boolean {
  const words = query.toLowerCase().split(/\s+/).filter(Boolean);
  const text = `${item.expression} ${item.value} ${item.about ?? ''}`.toLowerCase();
  return words.every((word) => text.includes(word));
}
