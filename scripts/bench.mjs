// npm run bench: Cassette beside its peers in one run, in Chromium and in Node; prints figures and ratios.
import { join } from 'node:path';
import { run } from './tools/run.mjs';
import { ensureBuilt, ensureInstalled, root } from './tools/workspace.mjs';

await ensureInstalled();
await ensureBuilt('cli', 'bench', 'devtools');
process.exitCode = await run(process.execPath, [join(root, 'apps/bench/run.mjs'), ...process.argv.slice(2)], { cwd: root });
