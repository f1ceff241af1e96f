import type { OutputOf } from '@/components/call';
import { Badge } from '@/components/ui/badge';
import { PRESET_GROUPS } from '@/lib/core/preset';

/** What differs between two versions of a preset, field by field: before over after. */
export function PresetChanges({ diff }: { diff: OutputOf<'preset.diff'> }) {
  const { changes, opened, locked } = diff;
  if (changes.length + opened.length + locked.length === 0)
    return <p className="text-muted">Nothing in the webhook differs.</p>;
  return (
    <div className="flex flex-col gap-4">
      {[
        ...opened.map((group) => [group, 'now open'] as const),
        ...locked.map((group) => [group, 'now locked'] as const),
      ].map(([group, what]) => (
        <p key={group} className="flex items-center gap-2">
          {PRESET_GROUPS[group].title} <Badge>{what}</Badge>
        </p>
      ))}
      {changes.map(({ field, group, before, after }) => (
        <section key={field} aria-label={field}>
          <h3 className="font-medium">
            {PRESET_GROUPS[group].title} <span className="font-mono text-faint text-sm">{field}</span>
          </h3>
          <div className="mt-1 overflow-hidden rounded-md border border-line">
            <Side label="Before" value={before} className="border-line border-b bg-danger-soft" />
            <Side label="After" value={after} className="bg-success-soft" />
          </div>
        </section>
      ))}
    </div>
  );
}

function Side({ label, value, className }: { label: string; value: unknown; className: string }) {
  const text = typeof value === 'string' ? value : JSON.stringify(value, null, 2);
  return (
    <div className={`flex gap-3 px-3 py-2 ${className}`}>
      <span className="w-12 shrink-0 text-muted text-xs leading-5">{label}</span>
      <pre className="min-w-0 flex-1 whitespace-pre-wrap font-mono text-sm [overflow-wrap:anywhere]">
        {text || <span className="font-sans text-faint">empty</span>}
      </pre>
    </div>
  );
}
