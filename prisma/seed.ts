// The demo project: customers with events, throughput policies, three scenarios, and an admin who signs in by link.
import { createHash, randomBytes } from 'node:crypto';
import { pool, prisma } from '../lib/db/index.ts';
import { type DemoCustomer, demoCustomers } from './demo-customers.ts';
import { bulkSms, orderThanks, singleSms } from './demo-scenarios.ts';

export const DEMO_ADMIN = 'demo@hookline.invalid';
const ROWS = 2000;

/**
 * Makes the demo project unless there is one already.
 * @param gateway where the rehearsal target listens; the demo scenarios send there
 * @returns what was made, or null when it was there
 */
export async function seedDemo(
  gateway: string,
  customers = 10_000,
): Promise<{ projectId: string; customers: number } | null> {
  const db = prisma();
  if (await db.project.findFirst({ where: { isDemo: true } })) return null;
  const projectId = await db.$transaction(async (tx) => {
    const user = await tx.user.upsert({
      where: { email: DEMO_ADMIN },
      update: {},
      create: { email: DEMO_ADMIN, name: 'Demo admin' },
    });
    const project = await tx.project.create({
      data: {
        name: 'Acme Shop',
        timeZone: 'Europe/Bratislava',
        isDemo: true,
        memberships: { create: { userId: user.id, role: 'admin' } },
      },
    });
    const sms = await tx.policy.create({ data: { projectId: project.id, name: 'SMS gateway', concurrency: 5 } });
    const offers = await tx.policy.create({ data: { projectId: project.id, name: 'Offers API', concurrency: 20 } });
    const scenario = (name: string, draft: object) =>
      tx.scenario.create({ data: { projectId: project.id, name, draft, createdById: user.id } });
    await scenario('Thanks for your order', orderThanks(gateway));
    await scenario('Spring offers, one by one', singleSms(gateway, offers.id));
    await scenario('Spring SMS', bulkSms(gateway, sms.id));
    return project.id;
  });
  await insertCustomers(projectId, demoCustomers(customers));
  return { projectId, customers };
}

/** One statement a table and 2000 customers; ids are taken from the sequence beforehand so that events can name them. */
async function insertCustomers(projectId: string, all: DemoCustomer[]): Promise<void> {
  const client = await pool().connect();
  const now = Date.now();
  try {
    await client.query('BEGIN');
    for (let from = 0; from < all.length; from += ROWS) {
      const part = all.slice(from, from + ROWS);
      const ids = (
        await client.query<{ id: number }>("SELECT nextval('customer_id_seq') AS id FROM generate_series(1, $1)", [
          part.length,
        ])
      ).rows.map((row) => row.id);
      await client.query(
        'INSERT INTO customer(id, project_id, properties) SELECT id, $1, properties FROM unnest($2::bigint[], $3::jsonb[]) AS t(id, properties)',
        [projectId, ids, part.map((c) => JSON.stringify(c.properties))],
      );
      const identifiers = part.flatMap((c, i) => [
        { kind: 'registered', value: c.registered, hard: true, id: ids[i]! },
        ...(c.cookie ? [{ kind: 'cookie', value: c.cookie, hard: false, id: ids[i]! }] : []),
      ]);
      await client.query(
        'INSERT INTO customer_identifier(project_id, kind, value, is_hard, customer_id) SELECT $1, * FROM unnest($2::text[], $3::text[], $4::bool[], $5::bigint[])',
        [
          projectId,
          identifiers.map((x) => x.kind),
          identifiers.map((x) => x.value),
          identifiers.map((x) => x.hard),
          identifiers.map((x) => x.id),
        ],
      );
      const events = part.flatMap((c, i) =>
        c.events.map((event) => ({ ...event, id: ids[i]!, at: new Date(now - event.daysAgo * 86_400_000) })),
      );
      await client.query(
        'INSERT INTO event(project_id, customer_id, type, at, properties) SELECT $1, * FROM unnest($2::bigint[], $3::text[], $4::timestamptz[], $5::jsonb[])',
        [
          projectId,
          events.map((e) => e.id),
          events.map((e) => e.type),
          events.map((e) => e.at),
          events.map((e) => JSON.stringify(e.properties)),
        ],
      );
    }
    await client.query('COMMIT');
    await client.query('ANALYZE customer, customer_identifier, event');
  } catch (error) {
    await client.query('ROLLBACK');
    throw error;
  } finally {
    client.release();
  }
}

/** A link that signs the demo admin in, once, within a day; only its hash is stored. Null when there is no such account. */
export async function newSignInLink(address: string): Promise<string | null> {
  const user = await prisma().user.findUnique({ where: { email: DEMO_ADMIN } });
  if (!user) return null;
  const token = randomBytes(32).toString('base64url');
  await prisma().signInLink.create({
    data: {
      tokenHash: createHash('sha256').update(token).digest(),
      userId: user.id,
      expiresAt: new Date(Date.now() + 86_400_000),
    },
  });
  return `${address}/auth/link?token=${token}`;
}
