/** The mark of the house: a line with a hook. */
export function Mark({ size = 20 }: { size?: number }) {
  return (
    <svg width={size} height={size} viewBox="0 0 32 32" aria-hidden className="shrink-0">
      <rect width="32" height="32" rx="7" className="fill-accent" />
      <g fill="none" className="stroke-on-accent" strokeWidth="3" strokeLinecap="round" strokeLinejoin="round">
        <path d="M20 7v12a5 5 0 0 1-10 0v-4l4 4" />
      </g>
    </svg>
  );
}
