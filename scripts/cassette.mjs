// npm run cassette -- …: the command line, from a fresh clone too. What it prints on standard output is the answer alone,
// so installing and building speak on standard error.
import { join } from 'node:path';
import { run } from './tools/run.mjs';
import { ensureBuilt, ensureInstalled, root } from './tools/workspace.mjs';

const log = console.log;
console.log = console.error;
process.env.CASSETTE_QUIET = '1';
await ensureInstalled();
await ensureBuilt('cli');
console.log = log;
process.exitCode = await run(process.execPath, [join(root, 'apps/cli/dist/cassette.js'), ...process.argv.slice(2)], {
  cwd: process.env.INIT_CWD ?? process.cwd(),
  stdio: 'inherit',
});
