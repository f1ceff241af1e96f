import fs from 'node:fs';
import path from 'node:path';
import { describe, expect, it } from 'vitest';
import vectors from '../fixtures/attack-vectors.json' with { type: 'json' };

/**
 * Where each attack vector is decided: a whole surface where one test walks it, else ids with the fact that decides them.
 * docs/security.md sends its readers here. "none" says that there is nothing to attack, and why.
 */
const LEDGER: Record<string, Record<string, string>> = {
  'unit/core/prefix-cover.test.ts': { url_prefix: 'attack-vectors.json' },
  'unit/transport/vectors.test.ts': { ssrf: 'are all decided', headers: 'cannot be saved' },
  'unit/template/safety.test.ts': {
    template_exec: 'gets its verdict',
    template_tamper: 'gets its verdict',
    template_dos: 'gets its verdict',
  },
  'unit/transport/exchange.test.ts': {
    'RH-005': 'ends endless early hints',
    'RH-007': 'is read up to a limit, kept up to another',
    'RH-013 RH-015': 'has no cookies and no NUL',
    'RH-019': 'that wants to change the protocol',
    'RH-020': 'without a body is an answer with an empty body',
    'RH-023': 'drops an answer that comes later',
  },
  'unit/transport/tls.test.ts': { 'RH-024': 'that has expired' },
  'unit/core/response-view.test.ts': {
    'RH-008': 'undefined',
    'RH-009': 'are read from own properties only',
    'RH-010 RH-011': 'are one for each customer or none at all, whatever comes back',
  },
  'unit/core/verdict.test.ts': {
    'RH-016': 'waits a day at most',
    'BA-006': 'counts as delivered when the webhook says so',
    'DE-003': 'and then no more',
  },
  'integration/engine/delivery.test.ts': {
    'RH-018': 'that says "later" is obeyed',
    'DE-001': 'that stops the webhook keeps the rest waiting, and Resume sends it',
    'DE-011': 'a lowered limit acts within a second',
    'DE-014': 'that is stopped at once settles what is in flight and skips the rest',
    'BA-001 BA-002': 'lets a part that is not JSON leave the batch',
    'BA-005': '413 splits a batch until it fits, with new keys',
  },
  'integration/engine/crash.test.ts': {
    'DE-004': 'loses nobody',
    'BA-007 BA-010': 'with the same keys and bytes',
  },
  'integration/engine/nodes.test.ts': {
    'DE-015 DE-016': 'lets a customer in for each matching event',
  },
  'unit/engine/breakers.test.ts': { 'DE-002': 'opens after three refusals in a row' },
  'integration/engine/faults.test.ts': { 'DE-007': 'lose nobody, send nothing twice without cause' },
  'integration/services/policy.test.ts': { 'DE-013': 'are deleted only with an answer for each' },
  'unit/services/sign-in-limit.test.ts': {
    'AU-001': 'of one account from many networks',
    'AU-002': 'of one network with a hundred accounts',
    'AU-004': 'is the first 64 bits in IPv6',
  },
  'unit/next/answer.test.ts': {
    'AU-014 AU-015': 'is a path of ours, whatever was asked for',
    'AU-022 AU-023': 'is refused when it comes from another site or from nowhere',
    'AP-008': 'is refused when it is not a JSON object',
    'AP-009 AP-010': 'no JSON that names a file of the server, no multipart',
    'FW-003': 'is refused beyond 1 MB',
  },
  'integration/services/permissions.test.ts': {
    'AU-021': 'refused to every role that lacks the capability',
    'TN-011': 'a stranger does not learn that the project exists',
    'TN-015': 'gives nothing of it away and changes nothing in it',
  },
  'integration/api/intake.test.ts': {
    'AP-011': 'uncompressed, an object, and at most 5 MB',
    'AP-012': 'is POST only, whatever a header says',
    'AP-014': 'is refused when the key stands for another body',
    'AP-015': 'is done once when it is sent twenty times at the same moment',
    'AP-016': 'above that 429 with Retry-After',
  },
  'integration/api/scenarios.test.ts': { 'AP-018': 'of another project is not found' },
  'integration/services/customer.test.ts': {
    'AP-007': 'refuses a page size outside 1 to 200 and a cursor that is none',
  },
  'integration/services/integration/integration.test.ts': {
    'TN-005': 'shows a marketer its name, kind and prefix',
    'SE-002': 'the placeholder means the same',
    'SE-018': 'sealed with a key that is gone',
  },
  'unit/vault/credentials.test.ts': { 'TN-006': 'the request goes nowhere and no secret stands in the reason' },
  'integration/services/webhook.test.ts': { 'TN-008': 'a viewer previews and does not send' },
  'integration/services/import.test.ts': {
    'TN-014': 'is not seen by another project',
    'IC-003': 'says where the file stops being CSV',
    'IC-006': 'have at most 500 columns',
    'IC-007 IC-009': 'are read in UTF-16 with its mark, in semicolons and tabs',
    'IC-008': 'refuse the rows that hold what cannot be stored',
    'IC-012': 'that name a customer twice make one',
    'IC-014': 'are refused when they are no text at all',
    'IC-015': 'goes on behind the last stored batch',
  },
  'unit/services/import-mapping.test.ts': {
    'IC-005': 'names both columns that go to one place',
    'IC-010': 'keep what a spreadsheet would take for a number',
    'IC-011': 'is stored as it is when it is text, a formula too',
    'IC-013': 'is one e-mail address, never two',
    'IC-016': 'is at most 16 kB',
  },
  'integration/services/export.test.ts': { 'EX-015 TN-007': 'is refused to a viewer' },
  'integration/services/transfer.test.ts': {
    'IJ-001 IJ-002 IJ-007': 'of a broken file is refused by field, and nothing is stored',
    'IJ-005': 'keeps it from starting until everything that was left open is there',
  },
  'integration/security/vectors.test.ts': {
    'AU-007': 'AU-007',
    'AU-008': 'AU-008',
    'AU-010': 'AU-010',
    'AU-019': 'AU-019',
    'AU-025': 'AU-025',
    'AP-002': 'AP-002',
    'AP-003 AP-004': 'AP-003 AP-004',
    'AP-022': 'AP-022',
    'EX-003 EX-004 EX-007 EX-008 EX-009 EX-010 EX-011': 'is written as text',
    'PJ-002 PJ-005': 'stays one string of JSON',
    'PJ-007': 'PJ-007',
    'PJ-008': 'PJ-008',
    'PJ-009 PJ-012 PT-004': 'PJ-009',
    'PJ-013 PJ-014': 'PJ-013',
    'PX-004': 'PX-004',
    'PX-008 PX-010 PX-011': 'PX-008',
    'BA-003 BA-004': 'BA-003',
    'TN-010': 'TN-010',
    'PX-002 PX-003 PX-006 PX-007': 'cannot break the markup',
    'PT-001': 'PT-001',
    'FW-004': 'FW-004',
    'FW-010': 'FW-010',
    'IJ-010': 'renders no text as HTML',
    'SE-012': 'SE-012',
    'SE-020': 'SE-020',
  },
  'integration/security/two-projects.test.ts': {
    'TN-011 TN-014': 'tells the admin of another, about either',
    'TN-015': 'are in no row of the other, in any table',
  },
  'integration/security/credentials-in-a-run.test.ts': {
    'SE-003 SE-004 SE-005 SE-006 SE-013': 'is in no stored request, no answer, no later template',
    'SE-009': 'is not shown by a test either',
  },
  'unit/vault/envelope.test.ts': { 'SE-014': 'does not open for', 'SE-015': 'once any bit of it was changed' },
  'unit/env.test.ts': { 'SE-016': 'refuses an encryption key' },
  'unit/integrations/draft.test.ts': { 'SE-019': 'looks like a secret' },
  'unit/core/node-kinds.test.ts': { 'PJ-015': 'GET' },
  'unit/tools/audit.test.ts': { 'FW-002 FW-006': 'hold for what is installed' },
  'e2e/two-projects.spec.ts': { 'SE-009': 'finds nothing of another: on no page' },
  'e2e/security.spec.ts': { 'AP-023': 'AP-023', 'FW-001': 'FW-001', 'FW-007': 'FW-007' },
  none: {
    'SE-010 SE-011': 'requests are never logged and there is no tracing: lib/log.ts is given names and numbers',
    'SE-021': 'templates are interpreted, never compiled, and see neither environment nor host objects',
    'TN-009': 'no verb deletes a project',
    'DE-005': 'leases are compared by the clock of the database alone',
    'DE-008':
      'the fault harness restarts the database when it is asked to (tools/chaos/faults.ts); too slow for every change',
    'BA-009': 'customers are loaded in the step that renders and sends them, so there is no time between',
  },
};

const all = new Map(vectors.vectors.map(({ id, surface }) => [id, surface]));
const surfaces = new Set(all.values());
const rows = Object.entries(LEDGER).flatMap(([file, facts]) =>
  Object.entries(facts).flatMap(([keys, fact]) => keys.split(' ').map((key) => ({ file, key, fact }))),
);

describe('the attack vectors', () => {
  it('are each decided by a test', () => {
    const decided = new Set(rows.map(({ key }) => key));
    expect([...all].filter(([id, surface]) => !decided.has(id) && !decided.has(surface)).map(([id]) => id)).toEqual([]);
  });

  it('that the ledger names exist', () => {
    expect(rows.filter(({ key }) => !all.has(key) && !surfaces.has(key))).toEqual([]);
  });

  it.each(rows.filter(({ file }) => file !== 'none').map(({ key, file, fact }) => [key, file, fact]))(
    '%s is decided in %s',
    (_, file, fact) => {
      expect(fs.readFileSync(path.join(import.meta.dirname, '..', file), 'utf8')).toContain(fact);
    },
  );
});
