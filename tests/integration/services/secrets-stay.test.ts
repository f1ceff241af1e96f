import { beforeAll, describe, expect, it } from 'vitest';
import { pool } from '../../../lib/db/index.ts';
import { ServiceError, verbs } from '../../../lib/services/index.ts';
import { freshDatabase } from '../../support/database.ts';
import { ASKING, furnished, REACHES, SECRET_FORMS, type Theirs } from '../../support/reaches.ts';

// Generated from the registry: whatever can be asked for is asked for, by every role of the secret's own project.
freshDatabase();

const shown = (text: string) => SECRET_FORMS.filter((form) => text.includes(form));

describe('a secret', () => {
  let own: Theirs;
  beforeAll(async () => {
    own = await furnished();
  });

  it.each(ASKING)('is not in what %s answers, whoever asks', async (name) => {
    const verb = verbs[name] as unknown as (ctx: unknown, input: unknown) => Promise<unknown>;
    for (const role of ['viewer', 'marketer', 'developer', 'admin'] as const) {
      const ctx = await own.project.as(role);
      const told = await verb(ctx, REACHES[name](own)).catch((error: unknown) => {
        if (!(error instanceof ServiceError)) throw error;
        return [error.message, error.fields, error.details];
      });
      expect(shown(JSON.stringify(told) ?? ''), role).toEqual([]);
    }
  });

  it('is masked where the request that carries it is shown', async () => {
    const preview = await verbs['webhook.preview'](await own.project.as('marketer'), {
      scenario: own.scenario,
      node: 'n2',
      settings: own.webhook,
      subject: { kind: 'none' },
    });
    if (!preview.ok) throw new Error(preview.faults[0]!.message);
    const masked = preview.request.headers.filter(([, , isMasked]) => isMasked).map(([header]) => header.toLowerCase());
    expect(masked.sort()).toEqual(['authorization', 'x-key']);
    expect(preview.request.headers.filter(([, value, isMasked]) => isMasked && !/^•+$/.test(value))).toEqual([]);
  });

  it('stands nowhere in the database in a form that can be read', async () => {
    const { rows } = await pool().query<{ name: string }>(
      "SELECT table_name AS name FROM information_schema.tables WHERE table_schema = 'public' AND table_type = 'BASE TABLE'",
    );
    const found: string[] = [];
    for (const { name } of rows) {
      const all = await pool().query<{ row: string }>(`SELECT t::text AS row FROM ${name} t`);
      if (shown(all.rows.map(({ row }) => row).join('\n')).length > 0) found.push(name);
    }
    expect(rows.map(({ name }) => name)).toEqual(expect.arrayContaining(['integration', 'secret', 'audit_entry']));
    expect(found).toEqual([]);
  });
});
