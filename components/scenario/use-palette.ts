'use client';

import { useCallback, useMemo } from 'react';
import { CallError, call, useAsk } from '@/components/call';
import { useProject } from '@/components/shell/project-context';
import { toast } from '@/components/ui/toast';
import type { Piece } from './edits';
import { kindGroups, type PaletteGroup, type PaletteItem, presetGroup, templateGroup } from './pieces';

const KINDS_AND_TEMPLATES = { kinds: kindGroups(), templates: templateGroup() };

/** What can be put on the canvas: the kinds of nodes, the project's presets, the built-in templates. */
export function usePaletteGroups(): readonly PaletteGroup[] {
  const { data: presets } = useAsk('preset.list', {});
  return useMemo(() => {
    const { kinds, templates } = KINDS_AND_TEMPLATES;
    return [...kinds, ...(presets && presets.length > 0 ? [presetGroup(presets)] : []), templates];
  }, [presets]);
}

/** Gets the piece of an item ready; a preset's settings come from the server. Null when they could not be had. */
export function usePieceOf(): (item: PaletteItem) => Promise<Piece | null> {
  const project = useProject().id;
  return useCallback(
    async ({ preset, piece }) => {
      if (preset === undefined) return piece;
      try {
        const { settings } = await call(project, 'preset.settings', { id: preset });
        return { ...piece, settings };
      } catch (error) {
        toast.error(error instanceof CallError ? error.message : 'The preset could not be loaded.');
        return null;
      }
    },
    [project],
  );
}
