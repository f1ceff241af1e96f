'use client';

import { FileUp } from 'lucide-react';
import { type DragEvent, useRef, useState } from 'react';
import { Button } from '@/components/ui/button';
import { cn } from '@/components/ui/cn';
import { Progress } from '@/components/ui/progress';

/** Where a file is dropped or chosen; while it is on its way it shows how far. */
export function DropZone({
  uploading,
  onFile,
  formats = { told: 'CSV', accept: '.csv,.tsv,.txt,text/csv,text/tab-separated-values,text/plain' },
  hint,
}: {
  uploading: { name: string; share: number } | null;
  onFile: (file: File) => void;
  formats?: { told: string; accept: string };
  hint: string;
}) {
  const input = useRef<HTMLInputElement>(null);
  const [over, setOver] = useState(false);
  const drop = (event: DragEvent) => {
    event.preventDefault();
    setOver(false);
    const file = event.dataTransfer.files[0];
    if (file && !uploading) onFile(file);
  };
  return (
    // biome-ignore lint/a11y/noStaticElementInteractions: dropping has no keyboard; the button beside it does the same
    <div
      onDragOver={(event) => {
        event.preventDefault();
        setOver(true);
      }}
      onDragLeave={() => setOver(false)}
      onDrop={drop}
      className={cn(
        'flex min-h-44 flex-col items-center justify-center gap-3 rounded-lg border border-line-strong border-dashed px-6 py-8 text-center transition-colors duration-100',
        over && 'border-accent bg-accent-soft',
      )}
    >
      {uploading ? (
        <>
          <p className="font-medium [overflow-wrap:anywhere]">{uploading.name}</p>
          <Progress
            className="max-w-64"
            label={`Uploading ${uploading.name}`}
            value={uploading.share < 1 ? uploading.share : null}
          />
          <p className="text-muted text-sm">{uploading.share < 1 ? 'Uploading' : 'Looking into the file'}</p>
        </>
      ) : (
        <>
          <FileUp className="text-faint" aria-hidden />
          <p className="text-muted">Drop a {formats.told} file here</p>
          <Button onClick={() => input.current?.click()}>Choose a file</Button>
          <p className="text-faint text-xs">{hint}</p>
        </>
      )}
      <input
        ref={input}
        type="file"
        accept={formats.accept}
        className="sr-only"
        tabIndex={-1}
        aria-label="File to upload"
        onChange={(event) => {
          const file = event.target.files?.[0];
          event.target.value = '';
          if (file) onFile(file);
        }}
      />
    </div>
  );
}
