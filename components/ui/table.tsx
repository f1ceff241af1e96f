'use client';

import { ArrowDown, ArrowUp, ChevronsUpDown } from 'lucide-react';
import { type ComponentProps, type KeyboardEvent, type MouseEvent, type ReactNode, useMemo, useState } from 'react';
import { Checkbox } from './checkbox';
import { cn } from './cn';
import { SkeletonRows } from './skeleton';

export interface Column<Row> {
  id: string;
  header: ReactNode;
  cell: (row: Row) => ReactNode;
  /** Numbers stand right-aligned with tabular figures. */
  align?: 'left' | 'right' | 'center';
  /** Sorts in the browser by this value. */
  sortValue?: (row: Row) => string | number | null;
  /** Sorted by the page (`onSortChange`), not in the browser. */
  sortable?: boolean;
  /** CSS width, e.g. "120px"; without one the columns share the rest. */
  width?: string;
  className?: string;
}

export interface Sort {
  column: string;
  direction: 'asc' | 'desc';
}

export interface DataTableProps<Row> {
  columns: readonly Column<Row>[];
  rows: readonly Row[] | undefined;
  rowKey: (row: Row) => string;
  /** What the table lists, for screen readers. */
  label: string;
  /** Opens a row: by click, and by Enter on the focused row. Buttons, links and inputs inside keep their own clicks. */
  onRowClick?: (row: Row) => void;
  /** The row that is open beside the table. */
  activeKey?: string | null;
  dense?: boolean;
  /** The header stays when the table's own scroll area scrolls; give the area a height by `className`. */
  sticky?: boolean;
  sort?: Sort | null;
  onSortChange?: (sort: Sort) => void;
  selected?: ReadonlySet<string>;
  onSelectedChange?: (selected: ReadonlySet<string>) => void;
  /** Shown in place of rows: undefined rows are skeletons, no rows are this. */
  empty?: ReactNode;
  className?: string;
}

/** A table that scans: hairlines, one line a row, sort by a click on the header. */
export function DataTable<Row>(props: DataTableProps<Row>) {
  const {
    columns,
    rows,
    rowKey,
    label,
    onRowClick,
    activeKey,
    dense = false,
    sticky = false,
    selected,
    onSelectedChange,
    empty,
  } = props;
  const [ownSort, setOwnSort] = useState<Sort | null>(null);
  const sort = props.sort === undefined ? ownSort : props.sort;
  const setSort = props.onSortChange ?? setOwnSort;
  const sorted = useMemo(() => (rows ? sortRows(rows, columns, sort) : undefined), [rows, columns, sort]);
  if (sorted?.length === 0 && empty) return <>{empty}</>;
  const keys = sorted?.map(rowKey) ?? [];
  const picked = keys.filter((key) => selected?.has(key)).length;

  return (
    <div
      // Rows that open can be reached by keyboard, and the area scrolls with them; without any it is a stop by itself.
      tabIndex={onRowClick && sorted?.length ? undefined : 0}
      className={cn('scroll-thin overflow-x-auto', sticky && 'overflow-y-auto', props.className)}
    >
      <Table aria-label={label}>
        <THead sticky={sticky}>
          <tr>
            {onSelectedChange ? (
              <Th width="36px">
                <Checkbox
                  label="Select all rows"
                  checked={picked > 0 && picked === keys.length ? true : picked > 0 ? 'indeterminate' : false}
                  onChange={(checked) => onSelectedChange(new Set(checked ? keys : []))}
                />
              </Th>
            ) : null}
            {columns.map((column) => (
              <HeaderCell key={column.id} column={column} sort={sort} onSort={setSort} />
            ))}
          </tr>
        </THead>
        <tbody>
          {sorted === undefined ? (
            <SkeletonRows columns={columns.length + (onSelectedChange ? 1 : 0)} dense={dense} />
          ) : (
            sorted.map((row) => {
              const key = rowKey(row);
              return (
                <Tr key={key} active={key === activeKey} onOpen={onRowClick ? () => onRowClick(row) : undefined}>
                  {onSelectedChange ? (
                    <Td dense={dense}>
                      <Checkbox
                        label="Select this row"
                        checked={selected?.has(key) ?? false}
                        onChange={(checked) => onSelectedChange(toggled(selected, key, checked))}
                      />
                    </Td>
                  ) : null}
                  {columns.map((column) => (
                    <Td key={column.id} dense={dense} align={column.align} className={column.className}>
                      {column.cell(row)}
                    </Td>
                  ))}
                </Tr>
              );
            })
          )}
        </tbody>
      </Table>
    </div>
  );
}

function HeaderCell<Row>({
  column,
  sort,
  onSort,
}: {
  column: Column<Row>;
  sort: Sort | null;
  onSort: (sort: Sort) => void;
}) {
  const sortable = column.sortable || column.sortValue !== undefined;
  const direction = sort?.column === column.id ? sort.direction : null;
  return (
    <Th
      width={column.width}
      align={column.align}
      className={column.className}
      aria-sort={direction ? (direction === 'asc' ? 'ascending' : 'descending') : undefined}
    >
      {sortable ? (
        <button
          type="button"
          onClick={() => onSort({ column: column.id, direction: direction === 'asc' ? 'desc' : 'asc' })}
          className={cn(
            'group -mx-1 inline-flex items-center align-middle gap-1 rounded-md px-1 hover:text-ink',
            direction && 'text-ink',
            column.align === 'right' && 'flex-row-reverse',
          )}
        >
          {column.header}
          {direction === 'asc' ? (
            <ArrowUp className="size-3" aria-hidden />
          ) : direction === 'desc' ? (
            <ArrowDown className="size-3" aria-hidden />
          ) : (
            <ChevronsUpDown
              className="size-3 opacity-0 group-hover:opacity-60 group-focus-visible:opacity-60"
              aria-hidden
            />
          )}
        </button>
      ) : (
        column.header
      )}
    </Th>
  );
}

function sortRows<Row>(rows: readonly Row[], columns: readonly Column<Row>[], sort: Sort | null): readonly Row[] {
  const value = columns.find((column) => column.id === sort?.column)?.sortValue;
  if (!sort || !value) return rows;
  const sign = sort.direction === 'asc' ? 1 : -1;
  return [...rows].sort((a, b) => {
    const [x, y] = [value(a), value(b)];
    if (x === y) return 0;
    if (x === null) return 1;
    if (y === null) return -1;
    return (
      sign *
      (typeof x === 'number' && typeof y === 'number'
        ? x - y
        : String(x).localeCompare(String(y), 'en', { numeric: true }))
    );
  });
}

function toggled(selected: ReadonlySet<string> | undefined, key: string, on: boolean): ReadonlySet<string> {
  const next = new Set(selected);
  if (on) next.add(key);
  else next.delete(key);
  return next;
}

// ---- the plain parts, for tables that DataTable does not fit

export function Table({ className, ...props }: ComponentProps<'table'>) {
  return <table className={cn('w-full border-separate border-spacing-0 text-left text-base', className)} {...props} />;
}

export function THead({ sticky, children }: { sticky?: boolean; children: ReactNode }) {
  return <thead className={cn(sticky && 'sticky top-0 z-10 bg-panel')}>{children}</thead>;
}

type CellProps<Tag extends 'td' | 'th'> = Omit<ComponentProps<Tag>, 'align' | 'width'> & {
  align?: 'left' | 'right' | 'center';
  width?: string;
};

const alignStyle = { left: 'text-left', right: 'text-right tabular-nums', center: 'text-center' };

export function Th({ align = 'left', width, className, ...props }: CellProps<'th'>) {
  return (
    <th
      scope="col"
      style={width ? { width } : undefined}
      className={cn(
        'h-8 whitespace-nowrap border-line border-b px-3 font-medium text-muted text-xs',
        alignStyle[align],
        className,
      )}
      {...props}
    />
  );
}

export function Td({ align = 'left', width, dense, className, ...props }: CellProps<'td'> & { dense?: boolean }) {
  return (
    <td
      style={width ? { width } : undefined}
      className={cn(
        'border-line border-b px-3',
        dense ? 'h-8 py-1 text-sm' : 'h-11 py-1.5',
        alignStyle[align],
        className,
      )}
      {...props}
    />
  );
}

/** A row; with `onOpen` it is focusable, and click or Enter opens it. */
export function Tr({
  onOpen,
  active,
  className,
  ...props
}: ComponentProps<'tr'> & { onOpen?: () => void; active?: boolean }) {
  const own = (target: EventTarget) =>
    (target as HTMLElement).closest('a, button, input, label, [role="menuitem"]') !== null;
  const opening = onOpen
    ? {
        tabIndex: 0,
        onClick: (event: MouseEvent) => {
          if (!own(event.target) && event.currentTarget.contains(event.target as Node)) onOpen();
        },
        onKeyDown: (event: KeyboardEvent) => {
          if (event.key !== 'Enter' || event.target !== event.currentTarget) return;
          // The same key press must not go on into the form that opens under it.
          event.preventDefault();
          onOpen();
        },
      }
    : {};
  return (
    <tr
      data-active={active || undefined}
      className={cn(
        'last:[&>td]:border-b-0 data-active:bg-accent-soft',
        onOpen && 'cursor-pointer outline-offset-[-2px] hover:bg-hover data-active:hover:bg-accent-soft',
        className,
      )}
      {...opening}
      {...props}
    />
  );
}
