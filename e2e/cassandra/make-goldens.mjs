// Makes the goldens anew: node e2e/cassandra/make-goldens.mjs [nb | oa | da …] [case …]
// Node 20 does not run TypeScript by itself; Vite, which the repository has anyway, does.
import { fileURLToPath } from 'node:url';
import { runnerImport } from 'vite';

const { module } = await runnerImport(fileURLToPath(new URL('./goldens.ts', import.meta.url)));
await module.makeGoldens(process.argv.slice(2));
