import { randomUUID } from 'node:crypto';
import { z } from 'zod';
import { refuseHeaderValue } from '../transport/index.ts';
import { SHORTEST_SECRET, sealSecret } from '../vault/index.ts';
import { ServiceError, write } from './verb.ts';

/** Values of secret headers: stored once, named by id in the document, never given out again. */

/**
 * Stores the value of a secret header.
 * With the webhook's URL the value is bound to its origin, so that whoever may edit the webhook cannot send it elsewhere;
 * where the host is part of a template, it is bound to none.
 */
export const storeSecret = write({
  needs: 'build',
  input: z.strictObject({
    value: z
      .string()
      .trim()
      .min(
        SHORTEST_SECRET,
        `Use at least ${SHORTEST_SECRET} characters: a shorter value could not be kept out of logs.`,
      )
      .max(8192, 'Use at most 8192 characters.'),
    /** The webhook's URL as it is edited, templates included. */
    url: z.string().max(8192).optional(),
  }),
  async run({ ctx, input: { value, url }, tx, note }) {
    refuse(refuseHeaderValue('value', value));
    refuse(/^[*•]+$/.test(value) ? 'This is a placeholder, not a value.' : null);
    const place = { id: randomUUID(), projectId: ctx.projectId, origin: url ? staticOrigin(url) : null };
    await tx.secret.create({
      data: {
        ...place,
        sealed: sealSecret(place, value),
        createdById: ctx.actor.kind === 'user' ? ctx.actor.id : null,
      },
    });
    await note({
      action: 'secret.store',
      objectType: 'secret',
      objectId: place.id,
      after: { origin: place.origin },
    });
    return { id: place.id, origin: place.origin };
  },
});

/** The origin of a URL whose host is written out before any template begins; null otherwise. */
export function staticOrigin(url: string): string | null {
  const written = /^\s*(https?:\/\/[^/?#{}[\]@\s]+)(?=[/?#]|\s*$)/i.exec(url)?.[1];
  return written && URL.canParse(written) ? new URL(written).origin : null;
}

function refuse(message: string | null): void {
  if (message) throw new ServiceError('invalid', message, { fields: [{ path: 'value', message }] });
}
