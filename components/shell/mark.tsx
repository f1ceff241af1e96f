/** The mark of the house: a line with a hook. */
export function Mark({ size = 20 }: { size?: number }) {
  return (
    <svg width={size} height={size} viewBox="0 0 32 32" aria-hidden className="shrink-0">
      <rect width="32" height="32" rx="7" className="fill-accent" />
      <g fill="none" className="stroke-on-accent" strokeWidth="2.6" strokeLinecap="round" strokeLinejoin="round">
        <path d="M12 8v10a4.5 4.5 0 0 0 9 0v-1m-3 2.5 3-2.5 3 2.5" />
        <circle cx="12" cy="7" r="1.2" />
      </g>
    </svg>
  );
}
