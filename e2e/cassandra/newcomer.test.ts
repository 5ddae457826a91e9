// What the README promises a newcomer, done as it is written there: npm start, the buttons in their order, and the commands, on a real node.

import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { chmod, mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { chromium } from '@playwright/test';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { chromiumArgs, findBrowser } from '../../scripts/tools/browsers.mjs';
import { capture } from '../../scripts/tools/run.mjs';
import { Judge } from './judge.ts';
import type { CassandraNode } from './node.ts';

const root = fileURLToPath(new URL('../../', import.meta.url));
const tools = Judge.available();
const browser = tools.ok ? await findBrowser('chromium') : null;
const hasUnzip = (await capture('unzip', ['-v'])).code === 0;
const missing = tools.ok ? (browser?.path == null ? (browser?.why ?? '') : hasUnzip ? '' : 'there is no unzip') : tools.why;

describe.skipIf(missing !== '')(`a newcomer${missing === '' ? '' : ` (skipped: ${missing})`}`, () => {
  let folder: string;
  let judge: Judge;
  let node: CassandraNode;

  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'cassette-newcomer-'));
    judge = await Judge.start();
    node = await judge.startNode();
  });
  afterAll(async () => {
    await judge?.stop();
    await rm(folder, { recursive: true, force: true });
  });

  /** `npm start` on a free port; where it says that the page is, and how it is ended. */
  async function started(): Promise<{ url: string; end(): Promise<void> }> {
    const child = spawn('npm', ['start'], {
      cwd: root,
      env: { ...process.env, PORT: '0' },
      stdio: ['ignore', 'pipe', 'inherit'],
      detached: true,
    });
    let said = '';
    const url = await new Promise<string>((resolve, reject) => {
      child.stdout.on('data', (bytes) => {
        said += bytes;
        const found = /(http:\/\/127\.0\.0\.1:\d+\/)/.exec(said);
        if (found !== null) resolve(found[1]);
      });
      child.once('exit', (code) => reject(new Error(`npm start ended with ${code}: ${said}`)));
    });
    const gone = once(child, 'exit');
    return {
      url,
      end: async () => {
        // npm and what it has started.
        process.kill(-child.pid!, 'SIGTERM');
        await gone;
      },
    };
  }

  /** Commands of Cassandra by their names, for a node on its own ports: nodetool, and of cqlsh (Python, no part of the jars) what is used of it. */
  async function commands(): Promise<string> {
    const bin = join(folder, 'bin');
    await mkdir(bin);
    const nodetool = [...node.toolCommand('NodeTool'), '-p', `${node.jmxPort}`].map((word) => `'${word}'`);
    await writeFile(join(bin, 'nodetool'), `#!/bin/sh\nexec ${nodetool.join(' ')} "$@"\n`);
    const driver = pathToFileURL(createRequire(import.meta.url).resolve('cassandra-driver')).href;
    await writeFile(
      join(bin, 'cqlsh.mjs'),
      `import { readFileSync } from 'node:fs';
import cassandra from '${driver}';
const [how, what] = process.argv.slice(2);
const client = new cassandra.Client({ contactPoints: ['127.0.0.1:${node.port}'], localDataCenter: 'datacenter1' });
const script = how === '-f' ? readFileSync(what, 'utf8') : what;
for (const statement of script.split(/;\\s*\\n/)) {
  if (!statement.trim()) continue;
  const { rows } = await client.execute(statement);
  for (const row of rows ?? []) console.log(row.values().join(' | '));
}
await client.shutdown();
`,
    );
    await writeFile(join(bin, 'cqlsh'), `#!/bin/sh\nexec '${process.execPath}' '${join(bin, 'cqlsh.mjs')}' "$@"\n`);
    for (const name of ['nodetool', 'cqlsh']) await chmod(join(bin, name), 0o755);
    return bin;
  }

  test('gets from the page into Cassandra as the README says', async () => {
    const readme = await readFile(join(root, 'README.md'), 'utf8');
    const [, prose, block] = /### From here to Cassandra\n([\s\S]*?)```sh\n([\s\S]*?)```/.exec(readme)!;
    const buttons = Array.from(prose.matchAll(/\*\*(.+?)\*\*/g), ([, name]) => name);
    expect(buttons).toHaveLength(3);

    const page = await started();
    const context = await chromium.launchPersistentContext(join(folder, 'profile'), {
      executablePath: browser!.path!,
      headless: true,
      args: chromiumArgs,
    });
    let flights = '';
    try {
      const tab = await context.newPage();
      // The window in which a user picks the file is the system's own: without it the zip is a download, as in Firefox.
      await tab.addInitScript(() => Reflect.deleteProperty(globalThis, 'showSaveFilePicker'));
      await tab.goto(page.url);
      flights = /([\d,]+) flights/.exec((await tab.getByText(/[\d,]+ flights/).textContent())!)![1].replace(',', '');
      const saved = tab.waitForEvent('download', { timeout: 120_000 });
      for (const name of buttons) {
        await tab.getByRole('button', { name }).first().click();
        // A reader sees when they are there.
        if (name === 'Load sample data') await tab.getByText('rows written durably').waitFor({ timeout: 120_000 });
      }
      await (await saved).saveAs(join(folder, 'devtools.zip'));
    } finally {
      await context.close();
      await page.end();
    }

    const PATH = `${await commands()}:${process.env['PATH']}`;
    const { code, stdout, stderr } = await capture('sh', ['-e', '-c', block], { cwd: folder, env: { ...process.env, PATH } });
    expect({ code, stderr: code === 0 ? '' : stderr }).toEqual({ code: 0, stderr: '' });
    expect(flights).toBe('5000');
    expect(stdout.trim().split('\n').at(-1)).toBe(flights);
  });
});
