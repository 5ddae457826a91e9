// The guides' blocks of code, run in the order of the page and compared with what the guide says they print.

import { mkdir, mkdtemp, readdir, readFile, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { type BrowserContext, expect, test } from '@playwright/test';
import { capture } from '../scripts/tools/run.mjs';
import { serve } from '../scripts/tools/serve.mjs';
import { openChromium } from './browser/chromium-profile.ts';

const root = fileURLToPath(new URL('..', import.meta.url));
const docs = join(root, 'docs');

/** A block of a guide: ```LANGUAGE HOW. */
interface Block {
  readonly language: string;
  readonly how: string;
  readonly code: string;
}

function blocksOf(markdown: string): Block[] {
  const fences = markdown.matchAll(/^```(\S+) ?(.*)\n([\s\S]*?)^```$/gm);
  return Array.from(fences, ([, language, how, code]) => ({ language, how, code }));
}

let folder: string;
let context: BrowserContext;
let server: Awaited<ReturnType<typeof serve>>;

test.beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'cassette-guides-'));
  await mkdir(join(folder, 'pages'));
  await writeFile(join(folder, 'pages/index.html'), '<!doctype html><title>A guide</title>');
  server = await serve({ '/': join(folder, 'pages'), '/client/': join(root, 'packages/client/dist') });
  context = await openChromium(join(folder, 'chromium'));
  // What npm install leaves, and a command on the path.
  await mkdir(join(folder, 'node_modules/@cassette'), { recursive: true });
  for (const name of ['engine', 'storage']) {
    await symlink(join(root, 'packages', name), join(folder, 'node_modules/@cassette', name));
  }
  await mkdir(join(folder, 'bin'));
  const command = `#!/bin/sh\nexec '${process.execPath}' '${join(root, 'apps/cli/dist/cassette.js')}' "$@"\n`;
  await writeFile(join(folder, 'bin/cassette'), command, { mode: 0o755 });
});

test.afterAll(async () => {
  await context?.close();
  await server?.close();
  await rm(folder, { recursive: true, force: true });
});

/** Runs a block as a module of a page that has the client; what it writes to the console. */
async function inPage(name: string, code: string): Promise<string> {
  await writeFile(
    join(folder, 'pages', name),
    `${code.replaceAll("'@cassette/client'", "'/client/index.js'")}\nwindow.done = true;\n`,
  );
  const page = await context.newPage();
  const lines: string[] = [];
  page.on('console', (message) => {
    if (message.type() === 'log') lines.push(`${message.text()}\n`);
  });
  await page.goto(server.url);
  await page.evaluate((url) => import(url).then(() => undefined), `${server.url}${name}`);
  await page.close();
  return lines.join('');
}

/** Runs a command in the guide's folder; what it prints. Fails where it does. */
async function inShell(cwd: string, command: string, args: readonly string[]): Promise<string> {
  const env = { ...process.env, FORCE_COLOR: '0', PATH: `${join(folder, 'bin')}:${process.env.PATH}` };
  const { code, stdout, stderr } = await capture(command, [...args], { cwd, env });
  expect({ code, stderr }).toEqual({ code: 0, stderr: expect.any(String) });
  return stdout;
}

const guides = ['quick-start.md', 'device-to-cluster.md', 'durability.md', 'formats.md', 'limits.md'];

for (const guide of guides) {
  test(`${guide} does what it says`, async () => {
    const cwd = join(folder, guide);
    await mkdir(cwd);
    let printed: string | null = null;
    for (const [index, { language, how, code }] of blocksOf(await readFile(join(docs, guide), 'utf8')).entries()) {
      if (language === 'text') {
        expect(printed, `${guide}, what comes before block ${index}`).toBe(code);
        printed = null;
        continue;
      }
      // What prints something the guide shows it, or it prints nothing.
      expect(printed ?? '', `${guide}, before block ${index}`).toBe('');
      printed = '';
      const file = /^file=(\S+)$/.exec(how)?.[1];
      if (file !== undefined) await writeFile(join(cwd, file), code);
      else if (language === 'js' && how === 'page') printed = await inPage(`${guide}-${index}.js`, code);
      else if (language === 'js' && how === 'node') {
        await writeFile(join(cwd, `block-${index}.mjs`), code);
        printed = await inShell(cwd, process.execPath, [`block-${index}.mjs`]);
      } else if (language === 'sh' && how === '') printed = await inShell(cwd, 'bash', ['-euc', code]);
      else if (language === 'sh' && how === 'cluster') await knowsOptions(cwd, code);
      else throw new Error(`${guide}: nobody knows how to run a block of "${language} ${how}"`);
    }
    expect(printed ?? '').toBe('');
  });
}

/** What needs a cluster: that the script which it calls has the options that it is given. */
async function knowsOptions(cwd: string, code: string): Promise<void> {
  for (const line of code.trim().split('\n')) {
    const [sh, script, ...args] = line.split(' ');
    expect(sh).toBe('sh');
    const help = await inShell(cwd, 'sh', [script, '--help']);
    for (const option of args.filter((arg) => arg.startsWith('--'))) expect(help).toContain(`  ${option} `);
  }
}

/** What compares, and has no code of its own: its table is compared with the benchmark's page of figures. */
const withoutCode = ['comparison.md'];

test('every guide is run, and every link between guides and sources leads somewhere', async () => {
  const there = (await readdir(docs)).filter((name) => name.endsWith('.md') && name !== 'README.md');
  expect(there.sort()).toEqual([...guides, ...withoutCode].sort());
  for (const name of withoutCode) {
    const languages = blocksOf(await readFile(join(docs, name), 'utf8')).map(({ language }) => language);
    expect([...new Set(languages)]).toEqual(['console']);
  }
  for (const name of [...there, 'README.md']) {
    const text = await readFile(join(docs, name), 'utf8');
    for (const [, target] of text.matchAll(/\]\(((?!https?:)[^)#]+)/g)) await readFile(join(docs, target));
  }
});
