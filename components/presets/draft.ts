import type { InputOf, OutputOf } from '@/components/call';
import type { GalleryEntry } from '@/lib/core/gallery';
import { DEFAULT_OPEN, type PresetGroup } from '@/lib/core/preset';
import { WebhookSettings } from '@/lib/core/webhook';

export type StoredPreset = OutputOf<'preset.open'>;

/** A preset while it is being written. */
export interface PresetDraft {
  name: string;
  description: string;
  icon: string | null;
  open: PresetGroup[];
  webhook: WebhookSettings;
}

export const blankPreset = (): PresetDraft => ({
  name: '',
  description: '',
  icon: null,
  open: [...DEFAULT_OPEN],
  webhook: WebhookSettings.parse({}),
});

/** A preset that begins as one of the built-in templates. */
export const presetOfTemplate = ({ name, about, settings }: GalleryEntry): PresetDraft => ({
  ...blankPreset(),
  name,
  description: about,
  webhook: WebhookSettings.parse(settings),
});

export const draftOfPreset = ({ name, description, icon, open, webhook }: StoredPreset): PresetDraft => ({
  name,
  description,
  icon,
  open,
  webhook,
});

export const inputOfPreset = (draft: PresetDraft): InputOf<'preset.create'> => draft;
