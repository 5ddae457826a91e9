// An export goes from a page to a server of another origin, part by part, over connections that break; and into a folder, without a zip.

import { createHash } from 'node:crypto';
import { mkdtemp, rm } from 'node:fs/promises';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { expect, test } from '@playwright/test';
import { serve } from '../scripts/tools/serve.mjs';
import { openChromium } from './browser/chromium-profile.ts';
import { firefoxMissing, startFirefox } from './browser/firefox.ts';

const here = fileURLToPath(new URL('.', import.meta.url));

declare const window: {
  cassette: typeof import('@cassette/client');
};

let folder: string;
let pages: Awaited<ReturnType<typeof serve>>;

test.beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'cassette-upload-'));
  // A page that may send to other origins; its scripts are its own, as elsewhere.
  const headers = { 'content-security-policy': "default-src 'self'; connect-src *" };
  pages = await serve({ '/': join(here, 'pages'), '/client/': join(here, '../packages/client/dist') }, { headers });
});

test.afterAll(async () => {
  await pages?.close();
  await rm(folder, { recursive: true, force: true });
});

const digestOf = (bytes: Buffer) => createHash('sha256').update(bytes).digest();

/** A server of another origin that keeps what it is sent, and may have trouble first. */
class PartServer {
  readonly files = new Map<string, Buffer>();
  readonly requests: string[] = [];
  /** True where that was the answer. */
  trouble: (request: IncomingMessage, response: ServerResponse, puts: number) => boolean = () => false;
  private server: Server = createServer();
  private port = 0;
  private puts = 0;

  async start(): Promise<string> {
    this.server = createServer((request, response) => {
      const chunks: Buffer[] = [];
      if (request.method === 'PUT' && this.trouble(request, response, ++this.puts)) return;
      request.on('data', (chunk) => chunks.push(chunk));
      request.on('end', () => this.answer(request, response, Buffer.concat(chunks)));
    });
    await new Promise<void>((resolve) => this.server.listen(this.port, '127.0.0.1', resolve));
    this.port = (this.server.address() as AddressInfo).port;
    return `http://127.0.0.1:${this.port}/store`;
  }

  async stop(): Promise<void> {
    this.server.closeAllConnections();
    await new Promise((resolve) => this.server.close(resolve));
  }

  readonly cors = {
    'access-control-allow-origin': '*',
    'access-control-allow-methods': 'PUT, HEAD',
    'access-control-allow-headers': 'content-type, content-digest',
    'access-control-expose-headers': 'etag, repr-digest, content-length',
  };

  private answer(request: IncomingMessage, response: ServerResponse, body: Buffer): void {
    const { cors } = this;
    if (request.method === 'OPTIONS') {
      response.writeHead(204, cors).end();
      return;
    }
    const name = decodeURIComponent(request.url!);
    this.requests.push(`${request.method} ${name}`);
    if (request.method === 'HEAD') {
      const found = this.files.get(name);
      if (found === undefined) response.writeHead(404, cors);
      else response.writeHead(200, { ...cors, etag: `"${digestOf(found).toString('hex')}"`, 'content-length': found.length });
      response.end();
      return;
    }
    const digest = `sha-256=:${digestOf(body).toString('base64')}:`;
    if (request.headers['content-digest'] !== digest) {
      response.writeHead(503, cors).end('that is not all of it');
      return;
    }
    this.files.set(name, body);
    response.writeHead(201, { ...cors, 'repr-digest': digest }).end();
  }

  /** Each part of an export as its manifest says, and nothing else but the kit. */
  wholeOf(id: string): boolean {
    const at = (name: string) => this.files.get(`/store/${id}/${name}`);
    const manifest = JSON.parse(at('manifest.json')!.toString());
    const named = [...manifest.files, ...manifest.sstables.flatMap((one: { components: unknown[] }) => one.components)];
    const right = named.every(({ name, size, sha256 }: { name: string; size: number; sha256: string }) => {
      const bytes = at(name);
      return bytes?.length === size && digestOf(bytes).toString('hex') === sha256;
    });
    return right && named.length + 4 === [...this.files.keys()].filter((name) => name.startsWith(`/store/${id}/`)).length;
  }
}

/** Runs in the page: a store of a few megabytes in three tables. */
async function fill() {
  const tables = ['a', 'b', 'c'].map((name) => `CREATE TABLE IF NOT EXISTS u.${name} (k int PRIMARY KEY, v blob);`);
  const schema = `CREATE KEYSPACE IF NOT EXISTS u WITH replication = {'class': 'SimpleStrategy', 'replication_factor': 1}; ${tables.join(' ')}`;
  const db = await window.cassette.open({ name: 'up', schema });
  for (const table of ['a', 'b', 'c']) {
    const rows = Array.from({ length: 64 }, (_, k) => [k, crypto.getRandomValues(new Uint8Array(16_384))]);
    await db.executeMany(`INSERT INTO u.${table} (k, v) VALUES (?, ?)`, rows);
  }
  await db.close();
}

/** Runs in the page: uploads, quickly where it has to wait, until so many parts have arrived. */
async function send({ url, parts }: { url: string; parts: number }) {
  const { open, upload } = window.cassette;
  const db = await open({ name: 'up' });
  const abort = new AbortController();
  const told: number[] = [];
  try {
    const report = await upload(db, url, {
      signal: abort.signal,
      retries: 30,
      wait: () => new Promise((resolve) => setTimeout(resolve, 5)),
      onProgress({ bytesDone, partsDone }) {
        told.push(bytesDone);
        if (partsDone >= parts) abort.abort();
      },
    });
    return { ...report, grows: told.every((bytes, i) => i === 0 || bytes > told[i - 1]), told: told.length };
  } catch (error) {
    return { code: (error as { code?: string }).code, told: told.length };
  } finally {
    await db.close();
  }
}

/** Runs in the page: the export as files in a folder, one that is cancelled, and one into a folder that is not empty. */
async function toFolder() {
  const { open } = window.cassette;
  const db = await open({ name: 'up' });
  const root = await navigator.storage.getDirectory();
  const whole = await root.getDirectoryHandle('whole', { create: true });
  const phases = new Set<string>();
  const report = await db.exportTo({ compact: false }, whole, { onProgress: ({ phase }) => void phases.add(phase) });
  const files: { name: string; file: File }[] = [];
  const walk = async (folder: FileSystemDirectoryHandle, path: string): Promise<void> => {
    for await (const handle of (folder as unknown as { values(): AsyncIterable<FileSystemHandle> }).values()) {
      const name = `${path}${handle.name}`;
      if (handle.kind === 'directory') await walk(handle as FileSystemDirectoryHandle, `${name}/`);
      else files.push({ name, file: await (handle as FileSystemFileHandle).getFile() });
    }
  };
  await walk(whole, '');
  const manifest = JSON.parse(await files.find(({ name }) => name === 'manifest.json')!.file.text());
  let wrong = 0;
  for (const { name, size, sha256 } of manifest.sstables.flatMap((one: { components: object[] }) => one.components)) {
    const bytes = await files.find((one) => one.name === name)!.file.arrayBuffer();
    const digest = new Uint8Array(await crypto.subtle.digest('SHA-256', bytes));
    if (bytes.byteLength !== size || Array.from(digest, (byte) => byte.toString(16).padStart(2, '0')).join('') !== sha256)
      wrong++;
  }
  // What lies there is what an import takes.
  const other = await open({ name: 'other' });
  const { tables } = await other.import(files.map(({ name, file }) => ({ name, blob: file })));
  await other.close();
  const cut = await root.getDirectoryHandle('cut', { create: true });
  const abort = new AbortController();
  const onProgress = ({ bytesDone }: { bytesDone: number }) => bytesDone > 1e6 && abort.abort();
  const cancelled = await db.exportTo({}, cut, { signal: abort.signal, onProgress }).catch(({ code }) => code);
  let left = 0;
  for await (const _ of (cut as unknown as { keys(): AsyncIterable<string> }).keys()) left++;
  const refused = await db.exportTo({}, whole).catch(({ code }) => code);
  await db.close();
  return {
    phases: [...phases],
    bytes: report.bytes === files.reduce((sum, { file }) => sum + file.size, 0),
    wrong,
    tables: tables.map(({ table, rows }) => [table, rows]),
    cancelled,
    left,
    refused,
  };
}

interface DrivenPage {
  goto(url: string): Promise<unknown>;
  waitForFunction(check: () => boolean): Promise<unknown>;
  evaluate<R>(task: () => Promise<R>): Promise<R>;
  evaluate<R, A>(task: (argument: A) => Promise<R>, argument: A): Promise<R>;
}

async function uploads(newPage: () => Promise<DrivenPage>): Promise<void> {
  const loaded = async () => {
    const page = await newPage();
    await page.goto(pages.url);
    await page.waitForFunction(() => window.cassette !== undefined);
    return page;
  };
  const server = new PartServer();
  const url = await server.start();
  try {
    const page = await loaded();
    await page.evaluate(fill);
    // Connections that break before and within a part, 503, and a server that is gone for a while and comes back.
    server.trouble = (request, response, puts) => {
      if (puts % 2 === 0) return false;
      if (puts % 3 === 0) response.writeHead(503, server.cors).end('not now');
      else if (puts % 5 === 0) request.once('data', () => request.socket.destroy());
      else request.socket.destroy();
      if (puts === 7) void server.stop().then(() => setTimeout(() => void server.start(), 60));
      return true;
    };
    const first = await page.evaluate(send, { url, parts: 10 });
    expect(first).toEqual({ code: 'ABORTED', told: expect.any(Number) });
    const sent = server.files.size;
    expect(sent).toBeGreaterThanOrEqual(10);
    // The page goes; another one goes on with the same export.
    const again = await loaded();
    server.trouble = () => false;
    const { id, grows, ...report } = (await again.evaluate(send, { url, parts: 1000 })) as { id: string; grows: boolean };
    expect(report).toMatchObject({ bytes: [...server.files.values()].reduce((sum, { length }) => sum + length, 0) });
    expect((report as unknown as { skipped: number }).skipped).toBeGreaterThanOrEqual(10);
    expect(grows).toBe(true);
    expect(server.wholeOf(id)).toBe(true);
    expect(new Set([...server.files.keys()].map((name) => name.split('/')[2]))).toEqual(new Set([id]));
    expect(server.requests.filter((request) => request.startsWith('PUT')).at(-1)).toBe(`PUT /store/${id}/manifest.json`);
    expect(await again.evaluate(toFolder)).toEqual({
      phases: expect.arrayContaining(['copying', 'finishing']),
      bytes: true,
      wrong: 0,
      tables: ['a', 'b', 'c'].map((table) => [table, 64]),
      cancelled: 'ABORTED',
      left: 0,
      refused: 'DIRECTORY_NOT_EMPTY',
    });
  } finally {
    await server.stop();
  }
}

test('Chromium uploads over connections that break, goes on in another page, and exports into a folder', async () => {
  const context = await openChromium(join(folder, 'chromium'));
  try {
    await uploads(() => context.newPage() as unknown as Promise<DrivenPage>);
  } finally {
    await context.close();
  }
});

test('Firefox uploads over connections that break, goes on in another page, and exports into a folder', async () => {
  test.skip(firefoxMissing !== null, firefoxMissing ?? '');
  const firefox = await startFirefox(join(folder, 'firefox'));
  try {
    await uploads(() => firefox.newPage() as unknown as Promise<DrivenPage>);
  } finally {
    await firefox.close();
  }
});
