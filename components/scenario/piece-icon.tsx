import { toneSoft } from '@/components/ui/badge';
import { cn } from '@/components/ui/cn';
import type { PaletteItem } from './pieces';

/** The icon of a palette item in the colour of its family, or the picture of a preset. */
export function PieceIcon({ item: { icon: Icon, image, family } }: { item: PaletteItem }) {
  // biome-ignore lint/performance/noImgElement: a picture of a few kilobytes inside the page, nothing to be fetched
  if (image) return <img src={image} alt="" className="size-6 shrink-0 rounded-md object-contain" />;
  return (
    <span className={cn('flex size-6 shrink-0 items-center justify-center rounded-md', toneSoft[family])}>
      <Icon aria-hidden />
    </span>
  );
}
