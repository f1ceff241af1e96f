// What runs under faults: a campaign of two webhooks, the second of which reads the answer of the first and sends batches, and
// a smaller one whose receiver stops it.
import { randomUUID } from 'node:crypto';
import { compile } from '../../lib/core/compile.ts';
import { type Document, emptyDocument, newNode } from '../../lib/core/document.ts';
import type { Kind } from '../../lib/core/node-kinds.ts';
import { apply } from '../../lib/core/operations.ts';
import { pool, prisma, sqlOf } from '../../lib/db/index.ts';
import { startRuns } from '../../lib/engine/index.ts';
import { compileTemplate } from '../../lib/template/index.ts';
import { changeSecrets } from '../../lib/vault/index.ts';

export interface Sizes {
  customers: number;
  /** Of the campaign that is stopped. */
  stopCustomers: number;
  concurrency: number;
  batchSize: number;
}

export interface Begun {
  runId: string;
  audience: number[];
  trigger: number;
  webhooks: number[];
  paths: string[];
}

/** At once in the campaign that is stopped, and how many a second, so that it lasts. */
export const STOP_LIMIT = 2;
const STOP_PER_SECOND = 20;

type Draw = (kind: Kind, settings: object, after?: [id: string, port: string]) => string;

function drawn(by: (add: Draw) => void): Document {
  let document = emptyDocument();
  by((kind, settings, after) => {
    const id = `n${document.nextNumber}`;
    const node = newNode(document, kind, id, { x: 0, y: 0 });
    const edges = after ? [{ id: `e${id}`, from: after[0], port: after[1], to: id }] : [];
    document = apply(document, {
      type: 'add',
      nodes: [{ ...node, settings: { ...node.settings, ...settings } } as never],
      edges,
    }).document;
    return id;
  });
  return document;
}

/** Now → webhook for each customer → webhook for batches of them → attribute. */
export async function beginCampaign(url: string, canary: string, sizes: Sizes): Promise<Begun> {
  const project = await projectOf(sizes.customers);
  const policy = await prisma().policy.create({
    data: { projectId: project.id, name: 'Chaos', concurrency: sizes.concurrency },
  });
  const integrationId = await integrationWith(project.id, url, canary);
  const document = drawn((add) => {
    const single = add(
      'webhook',
      {
        url: `${url}/single`,
        policyId: policy.id,
        integrationId,
        payload: '{"c":{{ customer.number }},"at":{{ time }}}',
      },
      [add('now', {}), 'out'],
    );
    const batch = add(
      'webhook',
      {
        url: `${url}/batch`,
        policyId: policy.id,
        integrationId,
        batch: true,
        batchSize: sizes.batchSize,
        root: '[{% output customers separated by "," %}]',
        customer: '{"c":{{ customer.number }},"id":{{ webhook.id }}}',
      },
      [single, 'sent'],
    );
    add('set-attribute', { attributes: [{ name: 'reached', value: '{{ webhook.id }}' }] }, [batch, 'sent']);
  });
  return {
    runId: await begin(project.id, document),
    audience: project.audience,
    trigger: 1,
    webhooks: [2, 3],
    paths: ['single', 'batch'],
  };
}

/** Now → webhook, slowly, until its receiver answers with a stop code. */
export async function beginStopped(url: string, sizes: Sizes): Promise<Begun> {
  const project = await projectOf(sizes.stopCustomers);
  const policy = await prisma().policy.create({
    data: {
      projectId: project.id,
      name: 'Slow',
      concurrency: STOP_LIMIT,
      rate: STOP_PER_SECOND,
      ratePeriodSeconds: 1,
    },
  });
  const document = drawn((add) => {
    add('webhook', { url: `${url}/stop`, policyId: policy.id, payload: '{"c":{{ customer.number }}}' }, [
      add('now', {}),
      'out',
    ]);
  });
  return {
    runId: await begin(project.id, document),
    audience: project.audience,
    trigger: 1,
    webhooks: [2],
    paths: ['stop'],
  };
}

async function projectOf(customers: number): Promise<{ id: string; audience: number[] }> {
  const { id } = await prisma().project.create({ data: { name: 'Chaos' } });
  const { rows } = await pool().query<{ id: number }>(
    `INSERT INTO customer (project_id, properties) SELECT $1::uuid, jsonb_build_object('number', n) FROM generate_series(1, $2) AS n RETURNING id`,
    [id, customers],
  );
  return { id, audience: rows.map((row) => row.id) };
}

async function integrationWith(projectId: string, prefix: string, canary: string): Promise<string> {
  const settings = {
    kind: 'http' as const,
    scheme: 'headers' as const,
    headers: [{ name: 'X-Chaos-Key', value: null }],
    test: null,
  };
  const { kind, ...shown } = settings;
  const row = { id: randomUUID(), projectId, kind, prefix, public: shown, sealed: null };
  const { sealed } = changeSecrets(row, settings, { 'header:x-chaos-key': canary });
  await prisma().integration.create({ data: { ...row, name: 'Chaos', sealed } });
  return row.id;
}

async function begin(projectId: string, document: Document): Promise<string> {
  const program = compile(document, (source) => {
    const { reads } = compileTemplate(source, { name: 'x', escape: 'raw' });
    return { event: reads.has('event'), webhook: reads.has('webhook') };
  });
  const runs = await prisma().$transaction(async (tx) => {
    const made = await tx.scenario.create({
      data: { projectId, name: 'Chaos', status: 'active', draft: document as object },
    });
    const version = await tx.version.create({
      data: {
        scenarioId: made.id,
        number: 1,
        reason: 'start',
        document: document as object,
        program: program as object,
      },
    });
    return startRuns(sqlOf(tx), {
      projectId,
      scenarioId: made.id,
      versionId: version.id,
      program,
      startedById: null,
    });
  });
  return runs[0]!.id;
}
