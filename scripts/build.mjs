// npm run build: every package's dist/, the client's bundle, the apps, the API reference.
import { join } from 'node:path';
import { must } from './tools/run.mjs';
import { ensureBuilt, ensureInstalled, root } from './tools/workspace.mjs';

await ensureInstalled();
await ensureBuilt('cli', 'devtools', 'bench', 'survey');
await must(process.execPath, [join(root, 'docs/reference.mjs')]);
