import { randomUUID } from 'node:crypto';
import type { IntegrationSettings } from '../../lib/core/integration.ts';
import { prisma } from '../../lib/db/index.ts';
import { createTransport, type OutgoingRequest, type Transport } from '../../lib/transport/index.ts';
import { changeSecrets, type StoredIntegration } from '../../lib/vault/index.ts';

/** A stored integration, in a project of its own unless one is given. */
export async function storedIntegration(
  prefix: string,
  settings: IntegrationSettings,
  secrets: Record<string, string>,
  inProject?: string,
): Promise<StoredIntegration> {
  const projectId = inProject ?? (await prisma().project.create({ data: { name: 'Vault' } })).id;
  const { kind, ...shown } = settings;
  const row = { id: randomUUID(), projectId, kind, prefix, public: shown, sealed: null };
  const { sealed } = changeSecrets(row, settings, secrets);
  await prisma().integration.create({ data: { ...row, name: row.id, sealed } });
  return { ...row, sealed };
}

/** A way out that may reach servers of the test. */
export function loopback(): Transport {
  return createTransport({ rules: { allow: ['127.0.0.0/8'] }, connections: 4 });
}

export const requestTo = (url: string, more: Partial<OutgoingRequest> = {}): OutgoingRequest => ({
  method: 'POST',
  url,
  headers: [['Content-Type', 'application/json']],
  body: '{}',
  ...more,
});
