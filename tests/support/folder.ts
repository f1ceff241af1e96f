import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';

/** A temporary folder that the test owns and removes. */
export function temporaryFolder(): string {
  return fs.mkdtempSync(path.join(os.tmpdir(), 'hookline-'));
}
