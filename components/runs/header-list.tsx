/** Headers of a request or a response, one a line. */
export function HeaderList({ headers }: { headers: readonly (readonly [name: string, value: string])[] }) {
  return (
    <section aria-label="Headers">
      <h3 className="mb-2 font-medium text-sm">Headers</h3>
      {headers.length === 0 ? <p className="text-faint text-sm">None.</p> : null}
      <dl className="grid grid-cols-[minmax(96px,max-content)_1fr] gap-x-4 gap-y-1 font-mono text-sm">
        {headers.map(([name, value], index) => (
          // biome-ignore lint/suspicious/noArrayIndexKey: a header may come twice
          <div key={index} className="contents">
            <dt className="text-muted">{name}</dt>
            <dd className="min-w-0 [overflow-wrap:anywhere]">{value}</dd>
          </div>
        ))}
      </dl>
    </section>
  );
}
