import { type Ctx, verbs } from '../../lib/services/index.ts';

type Scopes = Parameters<(typeof verbs)['api-key.create']>[1]['scopes'];

/** A new API key of the admin's project. */
export async function newApiKey(admin: Ctx, ...scopes: Scopes): Promise<{ id: string; key: string }> {
  return verbs['api-key.create'](admin, { name: 'Shop', scopes });
}
