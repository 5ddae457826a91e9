// npm start: installs, builds, serves the devtools page on 127.0.0.1 and says where.
import { join } from 'node:path';
import { serve } from './tools/serve.mjs';
import { ensureBuilt, ensureInstalled, root } from './tools/workspace.mjs';

await ensureInstalled();
await ensureBuilt('devtools');
const server = await serve(join(root, 'apps/devtools/dist'), { port: Number(process.env.PORT ?? 4173) });
console.log(`\n  Cassette devtools: ${server.url}\n\n  Open it in Chromium, Chrome, Edge or Firefox. Ctrl+C ends it.\n`);
