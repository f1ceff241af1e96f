// Loaded before anything else (node --import): replaces one text of one file of lib/engine as the mutant HOOKLINE_MUTANT says.
import { registerHooks } from 'node:module';
import path from 'node:path';
import { pathToFileURL } from 'node:url';
import { mutantOf, mutated } from './mutants.ts';

const name = process.env.HOOKLINE_MUTANT;
if (name) {
  const mutant = mutantOf(name);
  const target = pathToFileURL(path.join(import.meta.dirname, '../../lib/engine', mutant.file)).href;
  registerHooks({
    load(url, context, next) {
      const loaded = next(url, context);
      return url === target ? { ...loaded, source: mutated(mutant, String(loaded.source)) } : loaded;
    },
  });
}
