// The packed client and devtools in an app of each bundler, none of which is configured: its page writes, reloads, reads, flushes, exports, and
// looks at its store in <cassette-devtools>, under script-src 'self'.

import { cp, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { type BrowserContext, expect, type Page, test } from '@playwright/test';
import * as esbuild from 'esbuild';
import * as vite from 'vite';
import webpack from 'webpack';
import { pack } from '../scripts/tools/pack.mjs';
import { must } from '../scripts/tools/run.mjs';
import { serve } from '../scripts/tools/serve.mjs';
import { root } from '../scripts/tools/workspace.mjs';
import { openChromium } from './browser/chromium-profile.ts';

const apps = fileURLToPath(new URL('./bundlers/', import.meta.url));

let folder: string;
let context: BrowserContext;
const servers: { close(): Promise<unknown> }[] = [];

test.beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'cassette-bundlers-'));
  const tarballs = await pack(root, ['packages/client', 'apps/devtools'], join(folder, 'packed'));
  const quiet = ['--offline', '--no-audit', '--no-fund', '--loglevel=error'];
  await must('npm', ['install', ...quiet, '--prefix', join(folder, 'base'), ...tarballs]);
  context = await openChromium(join(folder, 'chromium'));
});

test.afterAll(async () => {
  await context?.close();
  for (const server of servers) await server.close();
  await rm(folder, { recursive: true, force: true });
});

/** A project of its own with the client installed, as an app's author has it. */
async function project(name: string): Promise<string> {
  const made = await mkdtemp(join(folder, `${name}-`));
  await cp(join(folder, 'base'), made, { recursive: true });
  await cp(join(apps, name), made, { recursive: true });
  await cp(join(apps, 'app.js'), join(made, 'app.js'));
  const html = await readFile(join(apps, 'index.html'), 'utf8');
  // What webpack makes is a script and no module.
  await writeFile(join(made, 'index.html'), name === 'webpack' ? html.replace('type="module"', 'defer') : html);
  return made;
}

/** Serves a folder under the strict policy; the paths that were asked for and not there gather in `missing`. */
async function site(built: string): Promise<{ url: string; asked: string[] }> {
  const asked: string[] = [];
  const server = await serve(built, { onRequest: (path: string) => asked.push(path) });
  servers.push(server);
  return { url: server.url, asked };
}

/** What a user does there. */
async function use(url: string): Promise<void> {
  const page = await context.newPage();
  const refused: string[] = [];
  page.on('console', (message) => {
    if (/Content.Security.Policy/i.test(message.text())) refused.push(message.text());
  });
  await page.goto(url);
  await sees(page, 'count', '0 notes');
  await page.click('#write');
  await sees(page, 'count', '1 notes');
  await page.reload();
  await sees(page, 'count', '1 notes');
  await page.click('#flush');
  await sees(page, 'flushed', 'by its worker');
  await page.click('#export');
  await sees(page, 'exported', 'PK of some bytes');
  await page.click('#devtools');
  const devtools = page.locator('cassette-devtools');
  // The inspector reads the files in a worker of the devtools' own.
  await devtools.getByRole('button', { name: /notes/ }).first().click({ timeout: 120_000 });
  await expect(
    devtools
      .getByRole('tree')
      .getByText(/^partition/)
      .first(),
  ).toBeVisible({ timeout: 120_000 });
  expect(refused).toEqual([]);
  await page.close();
}

/** As the README tells those whose bundler leaves `new URL(…, import.meta.url)` as it is: the devtools' workers beside what it has made. */
async function copyWorkers(made: string): Promise<void> {
  await cp(join(made, 'node_modules/@cassette/devtools/dist-element/assets'), join(made, 'dist/assets'), { recursive: true });
}

/** The text, unless the app tells an error. */
async function sees(page: Page, id: string, text: string): Promise<void> {
  await expect
    .poll(async () => (await page.textContent('#error')) || (await page.textContent(`#${id}`)), { timeout: 120_000 })
    .toBe(text);
}

test('a page without a bundler imports the folders by their URLs', async () => {
  const made = await project('plain');
  await cp(join(made, 'node_modules/@cassette/client/dist'), join(made, 'client'), { recursive: true });
  await cp(join(made, 'node_modules/@cassette/devtools/dist-element'), join(made, 'devtools'), { recursive: true });
  // As the README tells: where the client lies, which no name says here.
  await writeFile(join(made, 'devtools/client.js'), "export * from '../client/index.js';\n");
  await use((await site(made)).url);
});

test('Vite builds it', async () => {
  const made = await project('vite');
  await vite.build({ root: made, base: './', configFile: false, logLevel: 'error' });
  await use((await site(join(made, 'dist'))).url);
});

test("Vite's development server serves it, dependencies optimized", async () => {
  const made = await project('vite');
  const server = await vite.createServer({
    root: made,
    configFile: false,
    logLevel: 'error',
    server: { host: '127.0.0.1', port: 0 },
  });
  servers.push(server);
  await server.listen();
  await use(server.resolvedUrls!.local[0]);
});

test('webpack builds it', async () => {
  const made = await project('webpack');
  const stats = await new Promise<webpack.Stats>((resolve, reject) => {
    const output = { path: join(made, 'dist') };
    // What is minified already would only take its time once more.
    const optimization = { minimize: false };
    webpack({ mode: 'production', context: made, entry: './main.js', output, optimization }, (error, result) =>
      result ? resolve(result) : reject(error),
    );
  });
  expect(stats.toJson({ all: false, errors: true, warnings: true })).toMatchObject({ errors: [] });
  await cp(join(made, 'index.html'), join(made, 'dist/index.html'));
  await use((await site(join(made, 'dist'))).url);
});

test('esbuild builds it with code splitting: the worker is the chunk of an import()', async () => {
  const made = await project('esbuild');
  const { warnings } = await esbuild.build({
    absWorkingDir: made,
    entryPoints: ['main.js'],
    ...{ bundle: true, minify: true, splitting: true, format: 'esm', outdir: 'dist', logLevel: 'silent' },
  });
  expect(warnings).toEqual([]);
  await cp(join(made, 'index.html'), join(made, 'dist/index.html'));
  await copyWorkers(made);
  const { url, asked } = await site(join(made, 'dist'));
  await use(url);
  expect(asked.some((path) => path.startsWith('/worker-chunk-'))).toBe(true);
});

test('esbuild builds it into one file a script, with the worker as a second entry point', async () => {
  const made = await project('esbuild');
  await esbuild.build({
    absWorkingDir: made,
    entryPoints: { main: './main.js', worker: '@cassette/client/worker' },
    ...{ bundle: true, minify: true, format: 'esm', outdir: 'dist', logLevel: 'silent' },
  });
  await cp(join(made, 'index.html'), join(made, 'dist/index.html'));
  expect((await readdir(join(made, 'dist'))).sort()).toEqual(['index.html', 'main.js', 'worker.js']);
  await copyWorkers(made);
  await use((await site(join(made, 'dist'))).url);
});

test('one file without its worker says what is missing', async () => {
  const made = await project('esbuild');
  await esbuild.build({
    absWorkingDir: made,
    entryPoints: ['main.js'],
    ...{ bundle: true, format: 'esm', outdir: 'dist', logLevel: 'silent' },
  });
  await cp(join(made, 'index.html'), join(made, 'dist/index.html'));
  await writeFile(join(made, 'dist/other.js'), '');
  const { url } = await site(join(made, 'dist'));
  const page = await context.newPage();
  await page.goto(url);
  await expect(page.locator('#error')).toContainText('worker.js beside the client module', { timeout: 120_000 });
  await expect(page.locator('#error')).toContainText('Bundlers');
  await page.close();
});
