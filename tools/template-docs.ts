// node tools/template-docs.ts: writes docs/templates.md from the tables that the editor's completion uses.
import fs from 'node:fs';
import path from 'node:path';
import { referenceText } from '../lib/template/reference-text.ts';

fs.writeFileSync(path.join(import.meta.dirname, '../docs/templates.md'), referenceText());
