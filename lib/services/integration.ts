import { randomUUID } from 'node:crypto';
import { z } from 'zod';
import { type IntegrationSettings, secretFields } from '../core/integration.ts';
import type { Prisma, Tx } from '../db/index.ts';
import { changeSecrets, hasKeyFor, newSigningSecret, settingsOf, storedFields } from '../vault/index.ts';
import { checkedIntegration, IntegrationInput, urlsOf } from './integration-input.ts';
import { switchIntegration, usesOfIntegrations } from './integration-use.ts';
import { privateNote } from './private-hosts.ts';
import { notFound, read, ServiceError, write } from './verb.ts';

/**
 * Authentication integrations: a developer owns the credentials, a marketer selects them. Their secrets come in and never
 * go out again; what may be shown of them is known to developers only.
 */

/** How the last test went. */
export interface IntegrationTest {
  ok: boolean;
  /** The HTTP status, where there was an answer. */
  status: number | null;
  ms: number;
  message: string;
  at: string;
}

/** Whether an integration can be used: some secret is missing, or was sealed with a key that is gone. */
export type IntegrationState = 'ready' | 'needs-secrets' | 'unreadable';

type Row = Prisma.IntegrationModel;

/** After a rotation both signing secrets are in use for a day. */
const ROTATION_MS = 24 * 3600_000;

/** The integrations by name, with kind, prefix, uses and the last test; nothing else of them. */
export const listIntegrations = read({
  needs: 'look',
  scope: 'settings:read',
  input: z.strictObject({}),
  async run({ ctx, db }) {
    const [rows, uses] = await Promise.all([
      db.integration.findMany({ where: { projectId: ctx.projectId }, orderBy: { name: 'asc' } }),
      usesOfIntegrations(db, ctx.projectId),
    ]);
    return rows.map((row) => ({
      id: row.id,
      name: row.name,
      kind: settingsOf(row).kind,
      prefix: row.prefix,
      state: stateOf(row),
      test: testOf(row),
      uses: uses.get(row.id) ?? [],
      updatedAt: row.updatedAt.toISOString(),
    }));
  },
});

/** One integration with what may be shown of it, and which of its secrets are stored. */
export const getIntegration = read({
  needs: 'develop',
  input: z.strictObject({ id: z.uuid() }),
  async run({ ctx, input: { id }, db }) {
    const row = await db.integration.findFirst({ where: { id, projectId: ctx.projectId } });
    if (!row) throw notFound('The integration');
    return {
      id: row.id,
      name: row.name,
      prefix: row.prefix,
      settings: settingsOf(row),
      stored: storedFields(row),
      state: stateOf(row),
      test: testOf(row),
      updatedAt: row.updatedAt.toISOString(),
    };
  },
});

/**
 * Makes an integration. A signing secret that is not given is made here.
 * @returns `shown`: that secret, this one time, for the receiver
 */
export const createIntegration = write({
  needs: 'develop',
  input: IntegrationInput,
  async run({ ctx, input, tx, note }) {
    const { name, prefix, settings, secrets } = checkedIntegration(input);
    await refuseTakenName(tx, ctx.projectId, name);
    const shown = settings.kind === 'signature' && !secrets.secret ? newSigningSecret() : null;
    const given = shown ? { ...secrets, secret: shown } : secrets;
    const id = randomUUID();
    const blank = { id, projectId: ctx.projectId, kind: settings.kind, prefix, public: {}, sealed: null };
    const { sealed, missing } = changeSecrets(blank, settings, given);
    refuseMissing(settings, missing);
    await tx.integration.create({
      data: { id, projectId: ctx.projectId, name, kind: settings.kind, prefix, public: publicOf(settings), sealed },
    });
    await note({
      action: 'integration.create',
      objectType: 'integration',
      objectId: id,
      objectName: name,
      after: {
        name,
        prefix,
        settings,
        secrets: Object.keys(given),
        ...(await privateNote(urlsOf(prefix, settings))),
      },
    });
    return { id, shown };
  },
});

/**
 * Changes an integration. With another prefix, token address or scheme the stored secrets are forgotten, so that nobody
 * can point them at a server of their own: they are entered again, now or later.
 * @returns `cleared`: whether that happened; `missing`: the fields that now have no value; `shown`: a signing secret that
 *   `rotate` made, this one time
 */
export const updateIntegration = write({
  needs: 'develop',
  input: IntegrationInput.extend({
    id: z.uuid(),
    /** Makes a new signing secret; the one before signs too for another day. */
    rotate: z.boolean().default(false),
  }),
  async run({ ctx, input: { id, rotate, ...input }, tx, note }) {
    const before = await lockedIntegration(tx, ctx.projectId, id);
    const was = settingsOf(before);
    const { name, prefix, settings, secrets } = checkedIntegration(keepDerived(input, was));
    if (settings.kind !== was.kind) throw new ServiceError('invalid', 'The kind of an integration cannot be changed.');
    await refuseTakenName(tx, ctx.projectId, name, id);
    const shown = rotate && settings.kind === 'signature' ? newSigningSecret() : null;
    const given = shown ? { ...secrets, secret: shown } : secrets;
    const cleared =
      before.sealed !== null && pointsElsewhere({ prefix: before.prefix, settings: was }, { prefix, settings });
    const next = rotated(settings, was, given, cleared);
    const { sealed, missing } = changeSecrets({ ...before, sealed: cleared ? null : before.sealed }, next, given);
    if (!cleared && before.sealed !== null) refuseMissing(next, missing);
    await tx.integration.update({
      where: { id },
      data: {
        name,
        prefix,
        public: publicOf(next),
        sealed,
        testedAt: null,
        updatedAt: new Date(),
      },
    });
    await tx.integrationToken.deleteMany({ where: { integrationId: id } });
    await note({
      action: 'integration.update',
      objectType: 'integration',
      objectId: id,
      objectName: name,
      before: { name: before.name, prefix: before.prefix, settings: was },
      after: {
        name,
        prefix,
        settings: next,
        secrets: Object.keys(given),
        cleared,
        ...(await privateNote(urlsOf(prefix, next))),
      },
    });
    return { cleared, missing, shown };
  },
});

/**
 * Deletes an integration. Webhooks and presets that use it are switched to the replacement; a scenario that is running
 * with it must be stopped first.
 */
export const deleteIntegration = write({
  needs: 'develop',
  input: z.strictObject({
    id: z.uuid(),
    /** Another integration, or null for none; needed when something uses this one. */
    replacementId: z.uuid().nullable().optional(),
  }),
  async run({ ctx, input: { id, replacementId }, tx, note }) {
    const row = await lockedIntegration(tx, ctx.projectId, id);
    if (replacementId === id) throw new ServiceError('invalid', 'Choose another integration as the replacement.');
    if (replacementId) await lockedIntegration(tx, ctx.projectId, replacementId);
    const uses = (await usesOfIntegrations(tx, ctx.projectId)).get(id) ?? [];
    const running = uses.filter((use) => use.isRunning);
    if (running.length > 0) {
      const names = running.map((use) => use.name).join(', ');
      throw new ServiceError('conflict', `${names} is running with this integration. Stop it first.`, {
        details: { uses },
      });
    }
    if (uses.length > 0 && replacementId === undefined)
      throw new ServiceError('conflict', 'Webhooks use this integration. Choose a replacement.', { details: { uses } });
    for (const use of uses) await switchIntegration(tx, use, id, replacementId ?? null);
    await tx.integration.delete({ where: { id } });
    await note({
      action: 'integration.delete',
      objectType: 'integration',
      objectId: id,
      objectName: row.name,
      before: {
        name: row.name,
        prefix: row.prefix,
        settings: settingsOf(row),
        replacementId: replacementId ?? null,
        switched: uses.map((use) => use.id),
      },
    });
    return { switched: uses.length };
  },
});

/** What the server derives is not for a form to change. */
function keepDerived(input: IntegrationInput, was: IntegrationSettings): IntegrationInput {
  const { settings } = input;
  if (settings.kind === 'signature' && was.kind === 'signature')
    return { ...input, settings: { ...settings, previousUntil: was.previousUntil } };
  if (settings.kind === 'certificate' && was.kind === 'certificate')
    return { ...input, settings: { ...settings, subject: was.subject, expiresAt: was.expiresAt } };
  return input;
}

function rotated(
  settings: IntegrationSettings,
  was: IntegrationSettings,
  given: Record<string, string>,
  cleared: boolean,
): IntegrationSettings {
  if (settings.kind !== 'signature' || was.kind !== 'signature') return settings;
  if (cleared) return { ...settings, previousUntil: null };
  return given.secret ? { ...settings, previousUntil: new Date(Date.now() + ROTATION_MS).toISOString() } : settings;
}

interface Target {
  prefix: string;
  settings: IntegrationSettings;
}

function pointsElsewhere(before: Target, after: Target): boolean {
  if (before.prefix !== after.prefix) return true;
  const [was, is] = [before.settings, after.settings];
  if (was.kind === 'oauth2' && is.kind === 'oauth2') return was.tokenUrl !== is.tokenUrl;
  return was.kind === 'http' && is.kind === 'http' && was.scheme !== is.scheme;
}

function refuseMissing(settings: IntegrationSettings, missing: readonly string[]): void {
  if (missing.length === 0) return;
  const labels = new Map(secretFields(settings).map(({ field, label }) => [field, label]));
  const fields = missing.map((field) => ({
    path: `secrets.${field}`,
    message: `Enter ${labels.get(field) ?? field}.`,
  }));
  throw new ServiceError('invalid', fields[0]!.message, { fields });
}

/** The settings without the kind, which has a column of its own. */
function publicOf({ kind: _, ...rest }: IntegrationSettings): Prisma.InputJsonValue {
  return rest as Prisma.InputJsonValue;
}

function stateOf(row: Row): IntegrationState {
  if (row.sealed && !hasKeyFor(row.sealed)) return 'unreadable';
  const stored = storedFields(row);
  const settings = settingsOf(row);
  if (row.sealed && stored.length === 0) return 'unreadable';
  return secretFields(settings).every(({ field, required }) => !required || stored.includes(field))
    ? 'ready'
    : 'needs-secrets';
}

function testOf({ testedAt, testResult }: Row): IntegrationTest | null {
  if (!testedAt || !testResult) return null;
  return { ...(testResult as unknown as Omit<IntegrationTest, 'at'>), at: testedAt.toISOString() };
}

/** @throws ServiceError "not-found" */
export async function lockedIntegration(tx: Tx, projectId: string, id: string): Promise<Row> {
  await tx.$queryRaw`SELECT id FROM integration WHERE id = ${id}::uuid FOR UPDATE`;
  const row = await tx.integration.findFirst({ where: { id, projectId } });
  if (!row) throw notFound('The integration');
  return row;
}

async function refuseTakenName(tx: Tx, projectId: string, name: string, except?: string): Promise<void> {
  const other = await tx.integration.findFirst({
    where: { projectId, name, ...(except ? { id: { not: except } } : {}) },
  });
  if (!other) return;
  const message = 'Another integration has this name.';
  throw new ServiceError('invalid', message, { fields: [{ path: 'name', message }] });
}
