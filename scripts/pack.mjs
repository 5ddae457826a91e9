// npm run pack: the packages as they are published, each a tarball, checked. To publish them: `npm publish FILE` for each, in this order.
import { checkTarballs } from './tools/check-packages.mjs';
import { packAll } from './tools/pack.mjs';
import { ensureBuilt, ensureInstalled } from './tools/workspace.mjs';

await ensureInstalled();
await ensureBuilt('cli', 'devtools');
const tarballs = await packAll();
if (tarballs === null || !(await checkTarballs(tarballs))) process.exitCode = 1;
else for (const file of tarballs) console.log(file);
