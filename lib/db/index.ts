/**
 * The one way to the database. Prisma for what people do one at a time; `pool` and hand-written SQL for what the
 * executor does by the thousand. Knows nothing of rules: scoping to a project is the caller's duty.
 */
import { PrismaPg } from '@prisma/adapter-pg';
import pg from 'pg';
import { Prisma, PrismaClient } from '../generated/client.ts';

export { Prisma };
export type Db = PrismaClient;
/** A Prisma client inside an interactive transaction. */
export type Tx = Prisma.TransactionClient;

/** Hand-written SQL on a connection, whoever owns it: `pool`, one client of it, or a Prisma transaction. */
export interface Sql {
  query<Row = Record<string, unknown>>(text: string, values?: unknown[]): Promise<{ rows: Row[] }>;
}

// bigint columns are ids far below 2^53: read them as numbers, arrays too.
pg.types.setTypeParser(20, Number);
const numbers = (text: string) => (text === '{}' ? [] : text.slice(1, -1).split(',').map(Number));
for (const arrayType of [1005, 1007, 1016]) pg.types.setTypeParser(arrayType as number, numbers);

const held = globalThis as unknown as {
  hooklinePrisma?: PrismaClient;
  hooklineColumns?: string;
  hooklinePool?: pg.Pool;
};

// A client that was kept over a reload does not know tables and columns that the schema has gained since.
const columns = JSON.stringify(Object.entries(Prisma).filter(([name]) => name.endsWith('ScalarFieldEnum')));
if (held.hooklineColumns !== columns) {
  void held.hooklinePrisma?.$disconnect();
  delete held.hooklinePrisma;
  held.hooklineColumns = columns;
}

function connectionString(): string {
  const url = process.env.DATABASE_URL;
  if (!url) throw new Error('DATABASE_URL is not set: the start-up scripts in tools/ set it.');
  return url;
}

/** The process's Prisma client; made at first use, kept over reloads in development. */
export function prisma(): PrismaClient {
  held.hooklinePrisma ??= new PrismaClient({
    adapter: new PrismaPg({ connectionString: connectionString(), max: 10 }),
  });
  return held.hooklinePrisma;
}

/** The process's pool for hand-written SQL. */
export function pool(): pg.Pool {
  if (!held.hooklinePool) {
    held.hooklinePool = new pg.Pool({ connectionString: connectionString(), max: 10 });
    // An idle connection that is lost is of no concern: the next statement opens another, or says why it cannot.
    held.hooklinePool.on('error', () => {});
    // One that is lost between two statements of a transaction fails the next of them; unheard, it would end the process.
    held.hooklinePool.on('connect', (client) => client.on('error', () => {}));
  }
  return held.hooklinePool;
}

/** The connection broke while a transaction was being committed: it may have happened or not. */
export class CommitUnknown extends Error {
  override name = 'CommitUnknown';
}

/** SQLSTATE of what the server itself refused; classes 08 and 57 tell of a connection that was cut. */
const REFUSED = /^(?!08|57)[0-9A-Z]{5}$/;

async function commit(client: pg.PoolClient): Promise<void> {
  try {
    await client.query('COMMIT');
  } catch (error) {
    if (REFUSED.test((error as { code?: string }).code ?? '')) throw error;
    throw new CommitUnknown((error as Error).message, { cause: error });
  }
}

/**
 * Runs hand-written SQL in one transaction on a connection of its own; rolls back when the work throws.
 * @throws CommitUnknown when nobody can say whether it was committed
 */
export async function inTransaction<T>(work: (sql: Sql) => Promise<T>): Promise<T> {
  const client = await pool().connect();
  try {
    await client.query('BEGIN');
    const value = await work(client);
    await commit(client);
    client.release();
    return value;
  } catch (error) {
    // A connection that cannot even roll back is thrown away.
    await client.query('ROLLBACK').then(
      () => client.release(),
      (broken: Error) => client.release(broken),
    );
    throw error;
  }
}

/** Runs hand-written SQL inside a Prisma transaction, so that engine rows and service rows commit together. */
export function sqlOf(tx: Tx): Sql {
  return {
    async query<Row>(text: string, values: unknown[] = []) {
      return { rows: await tx.$queryRawUnsafe<Row[]>(text, ...values) };
    },
  };
}

/** Closes both; for orderly shutdown and for tests. */
export async function closeDb(): Promise<void> {
  const { hooklinePrisma, hooklinePool } = held;
  held.hooklinePrisma = undefined;
  held.hooklinePool = undefined;
  await hooklinePrisma?.$disconnect();
  await hooklinePool?.end();
}
