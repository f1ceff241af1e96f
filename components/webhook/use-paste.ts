'use client';

import { useDo } from '@/components/call';
import { toast } from '@/components/ui/toast';
import { looksPasted, readPaste } from '@/lib/core/paste';
import { splitBatch } from '@/lib/core/split-batch';
import type { WebhookSettings } from '@/lib/core/webhook';
import { personalise } from './personalise';
import type { ChosenCustomer } from './use-whom';

const KINDS = { curl: 'The cURL command', har: 'The HAR entry', json: 'The JSON sample' };

/**
 * Takes cURL commands, HAR entries and JSON samples over into a webhook. Headers that look like credentials are stored as
 * secrets at once; values that the chosen customer has are offered as expressions.
 */
export function usePaste(
  settings: WebhookSettings,
  change: (settings: Partial<WebhookSettings>) => void,
  chosen: ChosenCustomer | null,
) {
  const store = useDo('secret.store');

  const offer = (part: Partial<WebhookSettings>) => {
    const { settings: personal, count } = personalise(part, chosen?.properties ?? {});
    if (count === 0) return undefined;
    return { label: `Personalise ${count}`, onClick: () => change(personal) };
  };
  const tell = (title: string, notes: readonly string[], part: Partial<WebhookSettings>) => {
    const action = offer(part);
    const hint = action && chosen ? [`${action.label.slice(12)} of its values are those of ${chosen.name}.`] : [];
    toast.success(title, {
      description: [...notes, ...hint].join(' ') || undefined,
      // The page outside of the sheet takes no clicks; this must.
      ...(action ? { action, duration: 15_000, style: { pointerEvents: 'auto' } } : {}),
    });
  };
  const keepSecrets = async (part: Partial<WebhookSettings>, secrets: readonly { name: string; value: string }[]) => {
    const { url = settings.url } = part;
    const stored = await Promise.all(
      secrets.map(async ({ name, value }) => ({
        name,
        value: '',
        secretId: (await store.mutateAsync({ value, url })).id,
      })),
    );
    change({ headers: [...(part.headers ?? []), ...stored] });
  };

  return {
    /** True when the text was one of these and is taken care of. */
    paste(text: string): boolean {
      if (!looksPasted(text)) return false;
      const pasted = readPaste(text);
      if (!pasted.ok) {
        toast.error('This could not be read', { description: pasted.reason });
        return true;
      }
      change(pasted.settings);
      const { secrets } = pasted;
      // A refusal is told by the call itself; the other headers stay.
      if (secrets.length > 0) void keepSecrets(pasted.settings, secrets).catch(() => undefined);
      const notes =
        secrets.length > 0 ? [`Stored as secret: ${secrets.map(({ name }) => name).join(', ')}.`] : pasted.notes;
      tell(`${KINDS[pasted.kind]} is taken over`, notes, pasted.settings);
      return true;
    },
    /** Makes Root over Customer of a payload that is a JSON sample with a list of like objects. */
    split(): void {
      let value: unknown;
      try {
        value = JSON.parse(settings.payload);
      } catch {
        toast.error('The payload cannot be split', { description: 'It must be a plain JSON sample, without Jinja.' });
        return;
      }
      const parts = splitBatch(value);
      if (!parts) {
        toast.error('The payload cannot be split', { description: 'It has no list of like objects.' });
        return;
      }
      const part = { batch: true, root: parts.root, customer: parts.customer };
      change(part);
      tell('Split into Root and Customer', [], part);
    },
  };
}
