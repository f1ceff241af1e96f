// `npm run secrets:rotate`: a new encryption key for all stored secrets. Can be killed at any moment and run again.
//
// With keys of the installation's own (.data/keys.json) it makes the new key itself. With keys from the environment the
// operator sets ENCRYPTION_KEY to the new and ENCRYPTION_KEY_PREVIOUS to the old one, restarts all processes with both,
// runs this, and then removes ENCRYPTION_KEY_PREVIOUS.
import crypto from 'node:crypto';
import fs from 'node:fs';
import path from 'node:path';
import pc from 'picocolors';
import { closeDb, pool } from '../lib/db/index.ts';
import { keyRing, rotateSecrets } from '../lib/vault/index.ts';
import { StartupError } from './postgres.ts';
import { dataFolder, installationKeys, openDatabase, run } from './stack.ts';

interface Keys {
  ENCRYPTION_KEY: string;
  ENCRYPTION_KEY_PREVIOUS?: string;
}

await run(async () => {
  const folder = dataFolder();
  const isOwn = !process.env.ENCRYPTION_KEY;
  const given = isOwn ? null : keysOfEnvironment();
  const database = await openDatabase(folder);
  try {
    process.env.DATABASE_URL = database.url;
    if (isOwn) await refuseWhileRunning();
    const keys = given ?? newOwnKey(folder);
    const ring = keyRing(keys.ENCRYPTION_KEY, keys.ENCRYPTION_KEY_PREVIOUS);
    const { seen, wrapped, unreadable } = await rotateSecrets(pool(), ring, (rotation) =>
      console.log(`${rotation.wrapped} of ${rotation.seen} secrets sealed anew`),
    );
    console.log(pc.green(`${seen} secrets are sealed with the new key, ${wrapped} of them just now.`));
    if (unreadable.length > 0) {
      console.log(pc.yellow(`${unreadable.length} could be opened with neither key; they must be entered again:`));
      for (const place of unreadable) console.log(`  ${place}`);
    }
    if (isOwn) forgetOldKey(folder);
    else console.log('ENCRYPTION_KEY_PREVIOUS is not needed any more: remove it and restart.');
  } finally {
    await closeDb();
    database.stop();
  }
});

/** Processes of this installation know only the key that they were started with. */
async function refuseWhileRunning(): Promise<void> {
  const { rows } = await pool().query<{ others: number }>(
    `SELECT count(*)::int AS others FROM pg_stat_activity
      WHERE datname = current_database() AND backend_type = 'client backend' AND pid <> pg_backend_pid()`,
  );
  if (rows[0]!.others > 0)
    throw new StartupError('Hookline is running with the key until now. Stop it, run this again, and start it.');
}

function keysOfEnvironment(): Keys {
  const { ENCRYPTION_KEY, ENCRYPTION_KEY_PREVIOUS } = process.env;
  if (!ENCRYPTION_KEY_PREVIOUS)
    throw new StartupError(
      'Set ENCRYPTION_KEY to a new key (openssl rand -base64 32) and ENCRYPTION_KEY_PREVIOUS to the one until now.',
    );
  return { ENCRYPTION_KEY: ENCRYPTION_KEY!, ENCRYPTION_KEY_PREVIOUS };
}

/** Writes the new key beside the old one before anything is sealed with it; a rotation that was cut short goes on. */
function newOwnKey(folder: string): Keys {
  const { keys } = installationKeys(folder);
  if (keys.ENCRYPTION_KEY_PREVIOUS) {
    console.log('An earlier rotation was not finished: going on with it.');
    return keys as unknown as Keys;
  }
  const next = {
    ...keys,
    ENCRYPTION_KEY: crypto.randomBytes(32).toString('base64'),
    ENCRYPTION_KEY_PREVIOUS: keys.ENCRYPTION_KEY!,
  };
  writeKeys(folder, next);
  return next;
}

function forgetOldKey(folder: string): void {
  const { ENCRYPTION_KEY_PREVIOUS: _, ...keys } = installationKeys(folder).keys;
  writeKeys(folder, keys);
}

/** All or nothing: half a key file would lose every secret. */
function writeKeys(folder: string, keys: Record<string, string>): void {
  const file = path.join(folder, 'keys.json');
  const draft = `${file}.new`;
  const handle = fs.openSync(draft, 'w', 0o600);
  fs.writeSync(handle, JSON.stringify(keys, null, 2));
  fs.fsyncSync(handle);
  fs.closeSync(handle);
  fs.renameSync(draft, file);
}
