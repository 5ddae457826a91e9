import { createHash } from 'node:crypto';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { type ExportOptions, openDatabase } from '@cassette/engine';
import { MemoryStorage } from '@cassette/storage';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { type UploadState, uploadExport, uploadToSidecar } from './index.ts';
import { XxHash32 } from './xxhash32.ts';
import { partsOf } from './zip-parts.ts';

let server: Server;
let url: string;
let files: Map<string, Buffer>;
let requests: string[];
/** What the server does first; true where that was all. */
let trouble: (request: IncomingMessage, response: ServerResponse, body: Buffer) => boolean;

beforeEach(async () => {
  files = new Map();
  requests = [];
  trouble = () => false;
  server = createServer((request, response) => {
    const chunks: Buffer[] = [];
    request.on('data', (chunk) => chunks.push(chunk));
    request.on('end', () => answer(request, response, Buffer.concat(chunks)));
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  url = `http://127.0.0.1:${(server.address() as AddressInfo).port}/store`;
});

afterEach(() => {
  server.closeAllConnections();
  server.close();
});

const base64Of = (body: Buffer) => createHash('sha256').update(body).digest('base64');

function answer(request: IncomingMessage, response: ServerResponse, body: Buffer): void {
  const name = decodeURIComponent(request.url!);
  requests.push(`${request.method} ${name}`);
  if (trouble(request, response, body)) return;
  const found = files.get(name);
  if (request.method === 'HEAD') {
    if (found === undefined) response.writeHead(404);
    else
      response.writeHead(200, { etag: `"${createHash('sha256').update(found).digest('hex')}"`, 'content-length': found.length });
  } else if (request.headers['content-digest'] !== `sha-256=:${base64Of(body)}:`) {
    response.writeHead(400);
  } else {
    files.set(name, body);
    response.writeHead(201, { 'repr-digest': `sha-256=:${base64Of(body)}:` });
  }
  response.end();
}

async function zipOf(options: ExportOptions = {}): Promise<{ zip: Blob; id: string }> {
  const schema = `CREATE KEYSPACE k WITH replication = {'class': 'SimpleStrategy', 'replication_factor': 1};
    CREATE TABLE k.t (a int PRIMARY KEY, v text); CREATE TABLE k.u (a int PRIMARY KEY, v text);`;
  const database = await openDatabase({ storage: new MemoryStorage(), schema });
  await database.execute(`INSERT INTO k.t (a, v) VALUES (1, '${'x'.repeat(5000)}')`);
  await database.execute("INSERT INTO k.u (a, v) VALUES (1, 'y')");
  const chunks: Uint8Array<ArrayBuffer>[] = [];
  const { id } = await database.export(options, { write: (chunk) => void chunks.push(chunk as Uint8Array<ArrayBuffer>) });
  await database.close();
  return { zip: new Blob(chunks), id };
}

const waits: number[] = [];
const quick = { wait: async (milliseconds: number) => void waits.push(milliseconds) };
beforeEach(() => void waits.splice(0));

test('every part of an export arrives as it is, the manifest last', async () => {
  const { zip, id } = await zipOf();
  const { parts } = await partsOf(zip);
  const told: number[] = [];
  const report = await uploadExport(zip, url, { onProgress: ({ bytesDone }) => told.push(bytesDone) });
  expect(report).toEqual({ id, bytes: parts.reduce((sum, { size }) => sum + size, 0), sent: parts.length, skipped: 0 });
  for (const { name, content } of parts) {
    expect(files.get(`/store/${id}/${name}`)?.equals(Buffer.from(await content.arrayBuffer()))).toBe(true);
  }
  expect(files.size).toBe(21);
  expect(requests.at(-1)).toBe(`PUT /store/${id}/manifest.json`);
  expect(told.at(-1)).toBe(report.bytes);
  // What is there is not sent again.
  expect(await uploadExport(zip, `${url}/`)).toMatchObject({ sent: 0, skipped: 21 });
});

test('connections that break, 429, 503 and a server that got something else are tried again', async () => {
  const { zip } = await zipOf();
  let count = 0;
  trouble = (request, response, body) => {
    if (request.method !== 'PUT' || ++count % 3 === 0) return false;
    switch (count % 4) {
      case 0:
        request.socket.destroy();
        return true;
      case 1:
        response.writeHead(429, { 'retry-after': '7' }).end();
        return true;
      case 2:
        response.writeHead(503).end('not now');
        return true;
      default:
        response.writeHead(201, { 'repr-digest': `sha-256=:${base64Of(Buffer.concat([body, Buffer.from('x')]))}:` }).end();
        return true;
    }
  };
  expect(await uploadExport(zip, url, { ...quick, retries: 20 })).toMatchObject({ sent: 21, skipped: 0 });
  expect(files.size).toBe(21);
  expect(waits).toContain(7000);
});

test('an upload that ended goes on where it was, from its state, or from what the server has', async () => {
  const { zip, id } = await zipOf();
  let puts = 0;
  trouble = (request, response) => {
    if (request.method !== 'PUT' || ++puts <= 6) return false;
    response.writeHead(500).end();
    return true;
  };
  let state: UploadState | undefined;
  const keep = (next: UploadState) => {
    state = next;
  };
  const first = uploadExport(zip, url, { ...quick, retries: 1, concurrency: 1, onState: keep });
  await expect(first).rejects.toMatchObject({
    code: 'UPLOAD_FAILED',
    message: expect.stringMatching(/answered 500 .*tried 2 times/),
  });
  expect(state?.done.length).toBe(6);
  expect(files.has(`/store/${id}/manifest.json`)).toBe(false);
  trouble = () => false;
  requests = [];
  expect(await uploadExport(zip, url, { resume: state!, head: false })).toMatchObject({ sent: 15, skipped: 6 });
  expect(requests.length).toBe(15);
});

test('what a server refuses is told at once, and what is no whole export never leaves', async () => {
  const { zip } = await zipOf();
  trouble = (request, response) => {
    if (request.method !== 'PUT') return false;
    response.writeHead(403).end('no');
    return true;
  };
  await expect(uploadExport(zip, url, quick)).rejects.toMatchObject({ code: 'UPLOAD_REFUSED', data: { status: 403 } });
  expect(waits).toEqual([]);
  trouble = () => false;
  await expect(uploadExport(zip.slice(0, zip.size - 100), url)).rejects.toMatchObject({ code: 'NOT_AN_EXPORT' });
  await expect(uploadExport((await zipOf({ kit: false })).zip, url)).rejects.toMatchObject({ code: 'NOT_AN_EXPORT' });
  const bytes = new Uint8Array(await zip.arrayBuffer());
  const { parts } = await partsOf(zip);
  const data = parts.find(({ name }) => name.endsWith('-Data.db'))!;
  const at = Buffer.from(bytes).indexOf(Buffer.from(await data.content.arrayBuffer()));
  bytes[at] ^= 1;
  await expect(uploadExport(new Blob([bytes]), url, { ...quick, concurrency: 1 })).rejects.toMatchObject({
    code: 'UPLOAD_REFUSED',
    data: { part: data.name },
  });
});

test('a signal ends an upload, also one that waits', async () => {
  const { zip } = await zipOf();
  const abort = new AbortController();
  trouble = (_request, response) => {
    response.writeHead(503, { 'retry-after': '60' }).end();
    setTimeout(() => abort.abort(), 20);
    return true;
  };
  await expect(uploadExport(zip, url, { signal: abort.signal })).rejects.toMatchObject({ code: 'ABORTED' });
});

test('Cassandra Sidecar gets the components of each table with their XXHash32, and is asked to import them until it has', async () => {
  const { zip, id } = await zipOf();
  const polls = new Map<string, number>();
  let mismatches = 0;
  trouble = (request, response, body) => {
    const name = decodeURIComponent(request.url!);
    if (name.includes('/import')) {
      const count = (polls.get(name) ?? 0) + 1;
      polls.set(name, count);
      response.writeHead(count < 3 ? 202 : 200).end();
    } else if (mismatches++ === 0) {
      // Sidecar's own status for what did not arrive as it was sent.
      response.writeHead(455).end();
    } else {
      expect(request.headers['cassandra-content-xxhash32']).toBe(new XxHash32().update(body).digest().toString(16));
      files.set(name, body);
      response.writeHead(200).end('{}');
    }
    return true;
  };
  let state: UploadState | undefined;
  const root = new URL(url).origin;
  const report = await uploadToSidecar(zip, root, {
    ...quick,
    verifyTokens: false,
    onState: (next) => {
      state = next;
    },
  });
  expect(report).toMatchObject({ id, sent: 16, skipped: 0 });
  const { manifest } = await partsOf(zip);
  const expected = manifest.sstables.flatMap(({ keyspace, table, components }) =>
    components.map(
      ({ name }) => `/api/v1/uploads/${id}/keyspaces/${keyspace}/tables/${table}/components/${name.split('/').at(-1)}`,
    ),
  );
  expect([...files.keys()].sort()).toEqual(expected.sort());
  expect([...polls]).toEqual(
    ['t', 'u'].map((table) => [`/api/v1/uploads/${id}/keyspaces/k/tables/${table}/import?verifyTokens=false`, 3]),
  );
  requests = [];
  expect(await uploadToSidecar(zip, root, { resume: state! })).toMatchObject({ sent: 0, skipped: 16 });
  expect(requests).toEqual([]);
});

test('names that are not all small letters are in quotes for Sidecar, which takes others for small ones', async () => {
  const database = await openDatabase({
    storage: new MemoryStorage(),
    schema:
      'CREATE KEYSPACE "Ks" WITH replication = {\'class\': \'SimpleStrategy\', \'replication_factor\': 1}; CREATE TABLE "Ks"."Readings" (a int PRIMARY KEY); CREATE TABLE "Ks".t_2 (a int PRIMARY KEY)',
  });
  for (const table of ['"Readings"', 't_2']) await database.execute(`INSERT INTO "Ks".${table} (a) VALUES (1)`);
  const chunks: Uint8Array<ArrayBuffer>[] = [];
  await database.export({}, { write: (chunk) => void chunks.push(chunk as Uint8Array<ArrayBuffer>) });
  await database.close();
  trouble = (_, response) => {
    response.writeHead(200).end();
    return true;
  };
  await uploadToSidecar(new Blob(chunks), new URL(url).origin, quick);
  const asked = new Set(requests.map((request) => decodeURIComponent(request).match(/keyspaces\/.*\/(?=components|import)/)![0]));
  expect([...asked].sort()).toEqual(['keyspaces/"Ks"/tables/"Readings"/', 'keyspaces/"Ks"/tables/t_2/']);
});

test('XXHash32 is that of the known answers, in whatever pieces the bytes come', () => {
  const bytes = (text: string) => new TextEncoder().encode(text);
  expect(new XxHash32().digest()).toBe(0x02cc5d05);
  expect(new XxHash32().update(bytes('a')).digest()).toBe(0x550d7456);
  expect(new XxHash32().update(bytes('Nobody inspects the spammish repetition')).digest()).toBe(0xe2293b2f);
  expect(
    new XxHash32().update(bytes('Nobody insp')).update(bytes('ects the spammish ')).update(bytes('repetition')).digest(),
  ).toBe(0xe2293b2f);
});
