// npm run build: every package's dist/, the client's bundle, the apps.
import { ensureBuilt, ensureInstalled } from './tools/workspace.mjs';

await ensureInstalled();
await ensureBuilt('cli', 'devtools', 'bench', 'survey');
