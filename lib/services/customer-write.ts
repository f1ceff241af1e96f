import type { Sql } from '../db/index.ts';
import { moveInCampaigns } from '../engine/index.ts';
import { HARD_KIND, type Identifier, type PropertyChange } from './customer-input.ts';

/**
 * Creating, changing and merging customers, by the thousand and without a statement per customer; shared by the API, the
 * import and the forms. The rule (Bloomreach docs: data structure, external id): a hard identifier names one customer;
 * a soft one that so far named an anonymous profile brings that profile along when it comes together with a hard one;
 * a soft identifier of another *registered* customer stays where it is.
 */

export interface CustomerWrite extends PropertyChange {
  identifiers: Identifier[];
}

export type Written =
  | {
      ok: true;
      customerId: number;
      created: boolean;
      /** Anonymous customers that became part of this one. */
      merged: number[];
      /** Kinds of soft identifiers that stay with another registered customer. */
      left: string[];
    }
  | { ok: false; message: string };

/**
 * Applies writes in their order. Must run inside a transaction, and once in it: it takes locks that a second call could
 * wait for in the wrong order. Values of a later write win; of two merged profiles, the values of the one that stays win.
 */
export async function writeCustomers(
  sql: Sql,
  projectId: string,
  writes: readonly CustomerWrite[],
): Promise<Written[]> {
  if (writes.length === 0) return [];
  const quick = await changeKnown(sql, projectId, writes);
  if (quick) return quick;
  // Somebody is new or two profiles become one: one such transaction at a time in a project.
  await sql.query(`SELECT pg_advisory_xact_lock(hashtextextended('customers ' || $1, 0))::text`, [projectId]);
  const plan = new Plan(await ownersOf(sql, projectId, writes), writes);
  await plan.store(sql, projectId);
  return plan.answers();
}

const key = ({ kind, value }: Identifier) => `${kind}\n${value}`;

interface Owner {
  customerId: number;
  hard: string | null;
}

/** Who owns the identifiers of the writes now, and by which hard identifier those owners are known. */
async function ownersOf(sql: Sql, projectId: string, writes: readonly CustomerWrite[]): Promise<Map<string, Owner>> {
  const pairs = [...new Map(writes.flatMap((w) => w.identifiers).map((pair) => [key(pair), pair])).values()];
  const { rows } = await sql.query<{ kind: string; value: string; customer_id: number; hard: string | null }>(
    `SELECT i.kind, i.value, i.customer_id,
            (SELECT h.value FROM customer_identifier h WHERE h.customer_id = i.customer_id AND h.is_hard LIMIT 1) AS hard
       FROM unnest($2::text[], $3::text[]) AS t(kind, value)
       JOIN customer_identifier i ON i.project_id = $1::uuid AND i.kind = t.kind AND i.value = t.value`,
    [projectId, pairs.map((p) => p.kind), pairs.map((p) => p.value)],
  );
  return new Map(rows.map((row) => [key(row), { customerId: Number(row.customer_id), hard: row.hard }]));
}

/**
 * The common case without a lock on the project: every write names one customer that is known by all its identifiers.
 * Their rows are locked, so that no merge takes them away meanwhile. Null when it is not that case.
 */
async function changeKnown(sql: Sql, projectId: string, writes: readonly CustomerWrite[]): Promise<Written[] | null> {
  const owners = await ownersOf(sql, projectId, writes);
  const ids: number[] = [];
  for (const { identifiers } of writes) {
    const own = identifiers.map((pair) => owners.get(key(pair))?.customerId);
    const first = own[0];
    if (first === undefined || own.some((id) => id !== first)) return null;
    ids.push(first);
  }
  const nodes = new Map<number, Node>();
  writes.forEach((write, index) => {
    const id = ids[index]!;
    const node = nodes.get(id) ?? nodeOf(id, null);
    nodes.set(id, node);
    node.apply(write);
  });
  const changes = [...nodes.values()].some((node) => node.changed);
  const { rows } = await sql.query(
    `SELECT id FROM customer WHERE id = ANY($1::bigint[]) ORDER BY id FOR ${changes ? 'NO KEY UPDATE' : 'KEY SHARE'}`,
    [[...nodes.keys()]],
  );
  if (rows.length < nodes.size) return null;
  await updateProfiles(sql, [...nodes.values()]);
  return ids.map((customerId) => ({ ok: true, customerId, created: false, merged: [], left: [] }));
}

/** A customer in the making: what is there, what is to be written, and whether it became part of another. */
interface Node {
  /** Null until its row exists. */
  id: number | null;
  hard: string | null;
  into: Node | null;
  set: Record<string, unknown>;
  remove: Set<string>;
  /** Values of merged profiles, under its own. */
  fill: Record<string, unknown>;
  changed: boolean;
  apply(write: PropertyChange): void;
}

function nodeOf(id: number | null, hard: string | null): Node {
  return {
    id,
    hard,
    into: null,
    set: Object.create(null) as Record<string, unknown>,
    remove: new Set(),
    fill: Object.create(null) as Record<string, unknown>,
    changed: false,
    apply({ set, remove }) {
      for (const [name, value] of Object.entries(set)) {
        this.set[name] = value;
        this.remove.delete(name);
        this.changed = true;
      }
      for (const name of remove) {
        delete this.set[name];
        this.remove.add(name);
        this.changed = true;
      }
    },
  };
}

function root(node: Node): Node {
  let at = node;
  while (at.into) at = at.into;
  return at;
}

/** Decides in memory who becomes whom, then stores it with one statement a table. */
class Plan {
  private readonly owner = new Map<string, Node>();
  private readonly nodes: Node[] = [];
  private readonly newIdentifiers: { pair: Identifier; node: Node }[] = [];
  private readonly merges: { loser: Node; winner: Node }[] = [];
  private readonly results: ({ node: Node; created: boolean; merged: Node[]; left: string[] } | { message: string })[] =
    [];

  constructor(owners: Map<string, Owner>, writes: readonly CustomerWrite[]) {
    const byId = new Map<number, Node>();
    for (const [pair, { customerId, hard }] of owners) {
      const node = byId.get(customerId) ?? nodeOf(customerId, hard);
      byId.set(customerId, node);
      this.owner.set(pair, node);
    }
    this.nodes.push(...byId.values());
    for (const write of writes) this.results.push(this.place(write));
  }

  private place(write: CustomerWrite) {
    const hard = write.identifiers.find(({ kind }) => kind === HARD_KIND);
    const soft = write.identifiers.filter(({ kind }) => kind !== HARD_KIND);
    const softOwners = [...new Set(soft.flatMap((pair) => this.ownerOf(pair) ?? []))];
    const found = hard ? this.byHard(hard, softOwners) : bySoft(softOwners);
    if (found === 'ambiguous')
      return {
        message: 'these identifiers belong to different registered customers; add registered to say whom you mean',
      };
    const created = found === null;
    const node = found ?? this.add();
    if (hard && !this.ownerOf(hard)) {
      node.hard = hard.value;
      this.attach(hard, node);
    }
    const merged: Node[] = [];
    const left: string[] = [];
    for (const pair of soft) {
      const other = this.ownerOf(pair);
      if (!other) this.attach(pair, node);
      else if (other !== node && other.hard === null) {
        this.merge(other, node);
        merged.push(other);
      } else if (other !== node) left.push(pair.kind);
    }
    node.apply(write);
    return { node, created, merged, left };
  }

  private ownerOf(pair: Identifier): Node | null {
    const node = this.owner.get(key(pair));
    return node ? root(node) : null;
  }

  private byHard(hard: Identifier, softOwners: Node[]): Node | null {
    return this.ownerOf(hard) ?? softOwners.find((node) => node.hard === null) ?? null;
  }

  private add(): Node {
    const node = nodeOf(null, null);
    this.nodes.push(node);
    return node;
  }

  private attach(pair: Identifier, node: Node): void {
    this.owner.set(key(pair), node);
    this.newIdentifiers.push({ pair, node });
  }

  private merge(loser: Node, winner: Node): void {
    loser.into = winner;
    this.merges.push({ loser, winner });
    winner.set = Object.assign(Object.create(null), loser.set, winner.set);
    winner.changed = true;
  }

  async store(sql: Sql, projectId: string): Promise<void> {
    const gone = this.merges.filter(({ loser }) => loser.id !== null);
    const standing = this.nodes.filter((node) => !node.into && (node.id === null || node.changed));
    const locked = [...standing, ...gone.map(({ loser }) => loser)].flatMap(({ id }) => id ?? []);
    if (locked.length > 0)
      await sql.query('SELECT id FROM customer WHERE id = ANY($1::bigint[]) ORDER BY id FOR UPDATE', [locked]);
    await insertCustomers(
      sql,
      projectId,
      standing.filter((node) => node.id === null),
    );
    await moveMerged(sql, gone);
    await insertIdentifiers(sql, projectId, this.newIdentifiers);
    await updateProfiles(
      sql,
      standing.filter((node) => node.changed),
    );
    const losers = gone.map(({ loser }) => loser.id);
    if (losers.length > 0) await sql.query('DELETE FROM customer WHERE id = ANY($1::bigint[])', [losers]);
  }

  answers(): Written[] {
    return this.results.map((result) =>
      'message' in result
        ? { ok: false, message: result.message }
        : {
            ok: true,
            customerId: root(result.node).id!,
            created: result.created,
            merged: result.merged.flatMap(({ id }) => id ?? []),
            left: result.left,
          },
    );
  }
}

function bySoft(owners: Node[]): Node | null | 'ambiguous' {
  const registered = owners.filter((node) => node.hard !== null);
  if (registered.length > 1) return 'ambiguous';
  return registered[0] ?? owners[0] ?? null;
}

/** Rows with ids taken from the sequence beforehand; their values follow with `updateProfiles`. */
async function insertCustomers(sql: Sql, projectId: string, nodes: Node[]): Promise<void> {
  if (nodes.length === 0) return;
  const { rows } = await sql.query<{ id: number }>(
    `INSERT INTO customer(project_id, properties) SELECT $1::uuid, '{}'::jsonb FROM generate_series(1, $2::int) RETURNING id`,
    [projectId, nodes.length],
  );
  nodes.forEach((node, index) => {
    node.id = Number(rows[index]!.id);
  });
}

/** Events and identifiers of merged customers go to the one that stays; so do the values that it does not have itself. */
async function moveMerged(sql: Sql, merges: { loser: Node; winner: Node }[]): Promise<void> {
  if (merges.length === 0) return;
  const losers = merges.map(({ loser }) => loser.id!);
  const winners = merges.map(({ winner }) => root(winner).id!);
  for (const table of ['event', 'customer_identifier'])
    await sql.query(
      `UPDATE ${table} SET customer_id = t.winner
         FROM unnest($1::bigint[], $2::bigint[]) AS t(loser, winner) WHERE customer_id = t.loser`,
      [losers, winners],
    );
  await moveInCampaigns(sql, losers, winners);
  // Requests of theirs name them by their former numbers: whoever deletes the customer must know these.
  await sql.query(
    `WITH t AS (SELECT * FROM unnest($1::bigint[], $2::bigint[]) AS u(loser, winner)),
          moved AS (UPDATE merged_customer m SET customer_id = t.winner FROM t WHERE m.customer_id = t.loser)
     INSERT INTO merged_customer(former_id, customer_id) SELECT loser, winner FROM t`,
    [losers, winners],
  );
  const { rows } = await sql.query<{ id: number; properties: Record<string, unknown> }>(
    'SELECT id, properties FROM customer WHERE id = ANY($1::bigint[])',
    [losers],
  );
  const values = new Map(rows.map((row) => [Number(row.id), row.properties]));
  for (const { loser, winner } of merges) {
    const stays = root(winner);
    stays.fill = Object.assign(Object.create(null), values.get(loser.id!), stays.fill);
    stays.changed = true;
  }
}

async function insertIdentifiers(
  sql: Sql,
  projectId: string,
  identifiers: { pair: Identifier; node: Node }[],
): Promise<void> {
  if (identifiers.length === 0) return;
  await sql.query(
    `INSERT INTO customer_identifier(project_id, kind, value, is_hard, customer_id)
     SELECT $1::uuid, kind, value, is_hard, customer_id
       FROM unnest($2::text[], $3::text[], $4::bool[], $5::bigint[]) AS t(kind, value, is_hard, customer_id)`,
    [
      projectId,
      identifiers.map(({ pair }) => pair.kind),
      identifiers.map(({ pair }) => pair.value),
      identifiers.map(({ pair }) => pair.kind === HARD_KIND),
      identifiers.map(({ node }) => root(node).id),
    ],
  );
}

/** Merged values under the profile's own, its own under the new ones, and removed names taken away. */
async function updateProfiles(sql: Sql, nodes: Node[]): Promise<void> {
  const changed = nodes.filter((node) => node.changed);
  if (changed.length === 0) return;
  await sql.query(
    `UPDATE customer
        SET properties = (t.fill::jsonb || properties || t.values::jsonb)
                         - ARRAY(SELECT jsonb_array_elements_text(t.removed::jsonb)),
            updated_at = now()
       FROM unnest($1::bigint[], $2::text[], $3::text[], $4::text[]) AS t(id, fill, values, removed)
      WHERE customer.id = t.id`,
    [
      changed.map((node) => node.id),
      changed.map((node) => JSON.stringify(node.fill)),
      changed.map((node) => JSON.stringify(node.set)),
      changed.map((node) => JSON.stringify([...node.remove])),
    ],
  );
}
