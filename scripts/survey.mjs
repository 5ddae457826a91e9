// npm run survey: installs, builds, serves the example app on 127.0.0.1 and says where.
import { join } from 'node:path';
import { serve } from './tools/serve.mjs';
import { ensureBuilt, ensureInstalled, root } from './tools/workspace.mjs';

await ensureInstalled();
await ensureBuilt('survey');
const server = await serve(join(root, 'apps/survey/dist'), { port: Number(process.env.PORT ?? 4174) });
console.log(
  `\n  Hedgerow count: ${server.url}\n\n  Open it in two tabs, then end this with Ctrl+C: it goes on without a server.\n`,
);
