import { randomUUID } from 'node:crypto';
import { z } from 'zod';
import { refuseHeaderValue } from '../transport/index.ts';
import { SHORTEST_SECRET, sealSecret } from '../vault/index.ts';
import { ServiceError, write } from './verb.ts';

/** Values of secret headers: stored once, named by id in the document, never given out again. */

/**
 * Stores the value of a secret header, bound to the origin that the webhook's URL names, so that whoever may edit the
 * webhook cannot send it elsewhere.
 * @throws ServiceError "invalid" when the URL is empty or its host comes from a template: there is nothing to bind it to
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
    url: z.string().max(8192).default(''),
  }),
  async run({ ctx, input: { value, url }, tx, note }) {
    refuse(refuseHeaderValue('value', value));
    refuse(/^[*•]+$/.test(value) ? 'This is a placeholder, not a value.' : null);
    const origin = staticOrigin(url);
    if (origin === null) throw noHost(url);
    const place = { id: randomUUID(), projectId: ctx.projectId, origin };
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
    return { id: place.id, origin };
  },
});

/** The origin of a URL whose host is written out before any template begins; null otherwise. */
export function staticOrigin(url: string): string | null {
  const written = /^\s*(https?:\/\/[^/?#{}[\]@\s]+)(?=[/?#]|\s*$)/i.exec(url)?.[1];
  return written && URL.canParse(written) ? new URL(written).origin : null;
}

function noHost(url: string): ServiceError {
  const why =
    url.trim() === '' ? 'has no URL yet' : 'has a URL whose host is not written out before the first template';
  const message = `The value of a secret header goes to one host only, and this webhook ${why}. Write the host into the URL, e.g. https://api.example.com/…, or keep the credentials in an authentication integration.`;
  return new ServiceError('invalid', message, { fields: [{ path: 'url', message }] });
}

function refuse(message: string | null): void {
  if (message) throw new ServiceError('invalid', message, { fields: [{ path: 'value', message }] });
}
