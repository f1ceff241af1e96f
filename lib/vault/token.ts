import { createHash } from 'node:crypto';
import { inTransaction, type Sql } from '../db/index.ts';
import { open, seal, UnreadableSecret } from './envelope.ts';

/**
 * Tokens that a login yields, one for all workers: kept sealed in the database, renewed by whoever holds the lock while the
 * others wait for the result. A process asks the database once a token, not once a request.
 */

export interface Grant {
  token: string;
  /** The address that later calls go to, where the login names one (Responsys). */
  endPoint: string | null;
  /** Milliseconds since 1970; from `refreshAt` on a new one is fetched, after `expiresAt` this one is worth nothing. */
  refreshAt: number;
  expiresAt: number;
}

export type Login =
  | { ok: true; grant: Grant }
  /** `temporary`: no answer, or one that may be different soon. */
  | { ok: false; reason: string; temporary: boolean };

export interface TokenOwner {
  id: string;
  projectId: string;
  /** What the token was made from, as it is stored (sealed, not plain): once that changes, the token is not used. */
  made: readonly string[];
  /** Fetches a token; with a grant that is still valid, by refreshing it where the service can. */
  login(valid: Grant | null): Promise<Login>;
}

/** A refused login is not repeated for this long, so that a wrong password does not lock the account. */
const REFUSED_FOR_MS = 60_000;
/** Renewals on demand (after a 401) are at least this far apart: a second 401 means that the token is not the reason. */
const RENEWAL_GAP_MS = 10_000;

interface Kept {
  grant: Grant;
  fingerprint: string;
  obtainedAt: number;
}

const kept = new Map<string, Kept>();
const flights = new Map<string, Promise<Login>>();

/** The token of an integration: from memory, from another worker, or by a login. */
export function tokenOf(owner: TokenOwner): Promise<Login> {
  const fingerprint = fingerprintOf(owner);
  const mine = kept.get(owner.id);
  if (mine && mine.fingerprint === fingerprint && mine.grant.refreshAt > Date.now())
    return Promise.resolve({ ok: true, grant: mine.grant });
  return once(`${owner.id} ${fingerprint}`, () => fetched(owner, fingerprint, null));
}

/** After a 401: forgets the token that was refused and logs in once, unless somebody just did. */
export async function renewToken(owner: TokenOwner, refusedToken: string): Promise<boolean> {
  const fingerprint = fingerprintOf(owner);
  const login = await once(`${owner.id} ${fingerprint} renew`, () => fetched(owner, fingerprint, refusedToken));
  return login.ok;
}

/** Lets a process forget its tokens, as a new one would know none. */
export function forgetTokens(): void {
  kept.clear();
}

function once(key: string, work: () => Promise<Login>): Promise<Login> {
  let flight = flights.get(key);
  if (!flight) {
    flight = work().finally(() => flights.delete(key));
    flights.set(key, flight);
  }
  return flight;
}

const fingerprintOf = (owner: TokenOwner) =>
  createHash('sha256').update(JSON.stringify(owner.made)).digest('hex').slice(0, 32);

interface Row {
  fingerprint: string;
  sealed: Uint8Array | null;
  obtainedAt: Date;
  refusal: string | null;
  refusedUntil: Date | null;
}

function fetched(owner: TokenOwner, fingerprint: string, refusedToken: string | null): Promise<Login> {
  return inTransaction(async (sql) => {
    // Held until the new token is stored: the others then find it instead of logging in themselves.
    await sql.query(`SELECT pg_advisory_xact_lock(hashtextextended('hookline token ' || $1, 0))`, [owner.id]);
    const row = await read(sql, owner.id);
    const known = row?.fingerprint === fingerprint ? row : undefined;
    const stored = known ? opened(known, owner) : null;
    const now = Date.now();
    const isWanted = stored && stored.token !== refusedToken;
    const isTooSoon = refusedToken !== null && known && now - known.obtainedAt.getTime() < RENEWAL_GAP_MS;
    if (stored && stored.refreshAt > now && (isWanted || isTooSoon)) return keep(owner, fingerprint, stored, known!);
    if (known?.refusal && known.refusedUntil && known.refusedUntil.getTime() > now)
      return { ok: false, reason: known.refusal, temporary: false };
    const valid = isWanted && stored.expiresAt > now ? stored : null;
    const login = await owner.login(valid);
    if (login.ok) {
      await write(sql, owner, fingerprint, login.grant);
      return keep(owner, fingerprint, login.grant, { obtainedAt: new Date(now) });
    }
    if (login.temporary) return valid ? { ok: true, grant: valid } : login;
    kept.delete(owner.id);
    await writeRefusal(sql, owner, fingerprint, login.reason, new Date(now + REFUSED_FOR_MS));
    return login;
  });
}

function keep(owner: TokenOwner, fingerprint: string, grant: Grant, { obtainedAt }: { obtainedAt: Date }): Login {
  kept.set(owner.id, { grant, fingerprint, obtainedAt: obtainedAt.getTime() });
  return { ok: true, grant };
}

function opened(row: Row, owner: TokenOwner): Grant | null {
  if (!row.sealed) return null;
  try {
    return JSON.parse(open(row.sealed, placeOf(owner))) as Grant;
  } catch (error) {
    // Sealed with a key that is gone: a token can always be fetched anew.
    if (error instanceof UnreadableSecret) return null;
    throw error;
  }
}

const placeOf = (owner: TokenOwner) => ({ projectId: owner.projectId, objectId: owner.id, field: 'token' });

async function read(sql: Sql, id: string): Promise<Row | undefined> {
  const { rows } = await sql.query<Row>(
    `SELECT fingerprint, sealed, obtained_at AS "obtainedAt", refusal, refused_until AS "refusedUntil"
       FROM integration_token WHERE integration_id = $1`,
    [id],
  );
  return rows[0];
}

async function write(sql: Sql, owner: TokenOwner, fingerprint: string, grant: Grant): Promise<void> {
  await sql.query(
    `INSERT INTO integration_token (integration_id, project_id, fingerprint, sealed, obtained_at)
     VALUES ($1, $2, $3, $4, now())
     ON CONFLICT (integration_id) DO UPDATE SET fingerprint = excluded.fingerprint, sealed = excluded.sealed,
       obtained_at = excluded.obtained_at, refusal = NULL, refused_until = NULL`,
    [owner.id, owner.projectId, fingerprint, seal(JSON.stringify(grant), placeOf(owner))],
  );
}

async function writeRefusal(sql: Sql, owner: TokenOwner, fingerprint: string, refusal: string, until: Date) {
  await sql.query(
    `INSERT INTO integration_token (integration_id, project_id, fingerprint, obtained_at, refusal, refused_until)
     VALUES ($1, $2, $3, now(), $4, $5)
     ON CONFLICT (integration_id) DO UPDATE SET fingerprint = excluded.fingerprint, sealed = NULL,
       obtained_at = excluded.obtained_at, refusal = excluded.refusal, refused_until = excluded.refused_until`,
    [owner.id, owner.projectId, fingerprint, refusal, until],
  );
}
