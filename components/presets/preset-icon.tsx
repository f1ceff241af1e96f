'use client';

import { ImageUp, X } from 'lucide-react';
import { useRef, useState } from 'react';
import { Button } from '@/components/ui/button';
import { Field } from '@/components/ui/field';

/** Largest side of an icon in pixels (Bloomreach docs: widget webhooks). */
const MAX_SIDE = 72;

/** The picture of a preset: PNG or JPEG of at most 72 × 72 pixels, kept as data. */
export function PresetIcon({
  icon,
  fault,
  onChange,
}: {
  icon: string | null;
  fault: string | undefined;
  onChange: (icon: string | null) => void;
}) {
  const input = useRef<HTMLInputElement>(null);
  const [refusal, setRefusal] = useState<string | null>(null);
  const choose = async (file: File) => {
    const read = await readIcon(file);
    setRefusal(read.ok ? null : read.message);
    if (read.ok) onChange(read.data);
  };
  return (
    <Field label="Icon" hint={`PNG or JPEG, at most ${MAX_SIDE} × ${MAX_SIDE} pixels.`} error={refusal ?? fault}>
      <div className="flex items-center gap-3">
        <span className="grid size-9 place-items-center rounded-md border border-line bg-page text-faint">
          {icon?.startsWith('data:') ? (
            // biome-ignore lint/performance/noImgElement: a picture of a few kilobytes that is data already
            <img src={icon} alt="" className="size-6 rounded-sm" />
          ) : (
            <ImageUp aria-hidden />
          )}
        </span>
        <Button size="sm" onClick={() => input.current?.click()}>
          {icon ? 'Choose another' : 'Choose a picture'}
        </Button>
        {icon ? (
          <Button size="sm" variant="ghost" icon={<X aria-hidden />} onClick={() => onChange(null)}>
            Remove
          </Button>
        ) : null}
        <input
          ref={input}
          type="file"
          accept="image/png,image/jpeg"
          hidden
          aria-label="Picture of the preset"
          onChange={(event) => {
            const file = event.target.files?.[0];
            event.target.value = '';
            if (file) void choose(file);
          }}
        />
      </div>
    </Field>
  );
}

async function readIcon(file: File): Promise<{ ok: true; data: string } | { ok: false; message: string }> {
  const refuse = (message: string) => ({ ok: false as const, message });
  if (!/^image\/(png|jpeg)$/.test(file.type)) return refuse('Choose a PNG or JPEG picture.');
  try {
    const { width, height } = await createImageBitmap(file);
    if (width > MAX_SIDE || height > MAX_SIDE)
      return refuse(`This picture has ${width} × ${height} pixels; the most is ${MAX_SIDE} × ${MAX_SIDE}.`);
  } catch {
    return refuse('This file is not a picture that can be read.');
  }
  const bytes = new Uint8Array(await file.arrayBuffer());
  return { ok: true, data: `data:${file.type};base64,${btoa(String.fromCharCode(...bytes))}` };
}
