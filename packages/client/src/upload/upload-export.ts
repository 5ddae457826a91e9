import { Sha256 } from '@cassette/bytes';
import { fillingReader } from '../page/filling-reader.ts';
import { type SendOptions, send } from './send.ts';
import { UploadError } from './upload-error.ts';
import { type ExportPart, partsOf } from './zip-parts.ts';

/** What is remembered of an upload, so that it goes on where it ended: kept by the caller for as long as the upload is not done. */
export interface UploadState {
  /** Names of the parts that arrived. */
  readonly done: readonly string[];
}

/** How an export is uploaded. */
export interface UploadOptions extends SendOptions {
  /** Parts that are on their way at one time. Default 4. */
  readonly concurrency?: number;
  /** The upload that ended before its end. */
  readonly resume?: UploadState;
  /** Called whenever a part has arrived, with what to give as `resume` if this is the last time. */
  readonly onState?: (state: UploadState) => void | Promise<void>;
  readonly onProgress?: (progress: UploadProgress) => void;
}

/** How an export is uploaded to any server. */
export interface HttpUploadOptions extends UploadOptions {
  /** The address of a part. Default: the export's id and the part's name, below the upload's address. */
  readonly urlOf?: (part: { readonly name: string; readonly size: number; readonly sha256: string }, id: string) => string;
  /** Whether parts are asked for with HEAD before they are sent. Default true. */
  readonly head?: boolean;
}

/** How far an upload is. */
export interface UploadProgress {
  /** Of parts that are there: sent now, or before. */
  readonly bytesDone: number;
  /** Of all parts. */
  readonly bytesTotal: number;
  /** Parts that are there. */
  readonly partsDone: number;
  /** All parts: the files of the export. */
  readonly partsTotal: number;
}

/** What was uploaded. */
export interface UploadReport {
  /** The export's: what `confirmExported` takes once the cluster has it. */
  readonly id: string;
  /** Of all parts, those that were there already included. */
  readonly bytes: number;
  /** Parts that were sent. */
  readonly sent: number;
  /** Parts that were there already. */
  readonly skipped: number;
}

/**
 * Uploads the zip of an export, part by part, with PUT to any HTTP server: each file as a request of its own with its SHA-256 as
 * `Content-Digest` (RFC 9530), and `manifest.json` last, so that where it is the rest is too. A part that is there already, as
 * its ETag or Repr-Digest tells, or the state of an upload before, is not sent again. Nothing is gathered in memory. Rejects with
 * UploadError, AbortedError, and CassetteError NOT_AN_EXPORT.
 */
export async function uploadExport(zip: Blob, url: string, options: HttpUploadOptions = {}): Promise<UploadReport> {
  const { manifest, parts } = await partsOf(zip);
  const { urlOf = (part, id) => addressOf(url, [id, ...part.name.split('/')]) } = options;
  const isLast = ({ name }: ExportPart) => name === 'manifest.json';
  const run = new Uploads(parts, options, async (part) => {
    const sha256 = await digestOf(part);
    const digest = base64(sha256);
    const hex = Array.from(sha256, (byte) => byte.toString(16).padStart(2, '0')).join('');
    if (part.sha256 !== '' && part.sha256 !== hex) throw damaged(part);
    const address = urlOf({ name: part.name, size: part.size, sha256: hex }, manifest.id);
    if (options.head !== false && (await isThere(address, part, hex, digest, options))) return false;
    const headers = { 'content-type': 'application/octet-stream', 'content-digest': `sha-256=:${digest}:` };
    await send(address, { method: 'PUT', body: part.content, headers }, options, (response) => {
      if (!response.ok) return response.status === 408 || response.status === 429 || response.status >= 500 ? 'again' : 'refused';
      // A server that says what it got, and got something else.
      const got = sha256Of(response.headers);
      return got === null || got === digest ? 'good' : 'again';
    });
    return true;
  });
  await run.all(parts.filter((part) => !isLast(part)));
  await run.all(parts.filter(isLast));
  return run.report(manifest.id);
}

/** Sends parts, some at a time, and keeps the account of it. */
export class Uploads {
  private readonly options: UploadOptions;
  private readonly sendPart: (part: ExportPart) => Promise<boolean>;
  private readonly done: Set<string>;
  private readonly parts: readonly ExportPart[];
  private bytesDone = 0;
  private partsDone = 0;
  private sent = 0;

  /** `sendPart` answers whether it was sent: false where it was there. */
  constructor(parts: readonly ExportPart[], options: UploadOptions, sendPart: (part: ExportPart) => Promise<boolean>) {
    this.parts = parts;
    this.options = options;
    this.sendPart = sendPart;
    this.done = new Set(options.resume?.done);
  }

  /** Sends these; rejects with what the first rejects that does. */
  async all(parts: readonly ExportPart[]): Promise<void> {
    const waiting = [...parts];
    let failed = false;
    const work = async () => {
      for (let part = waiting.shift(); part !== undefined && !failed; part = waiting.shift()) {
        try {
          await this.one(part);
        } catch (error) {
          failed = true;
          throw error;
        }
      }
    };
    const workers = Array.from({ length: Math.max(1, this.options.concurrency ?? 4) }, work);
    const ended = await Promise.allSettled(workers);
    const first = ended.find((one) => one.status === 'rejected');
    if (first !== undefined) throw first.reason;
  }

  /** Does something that is remembered by a name as parts are by theirs, if it has not been done. */
  async step(name: string, work: () => Promise<void>): Promise<void> {
    if (this.done.has(name)) return;
    await work();
    this.done.add(name);
    await this.options.onState?.({ done: [...this.done] });
  }

  report(id: string): UploadReport {
    const { bytesDone, sent, partsDone } = this;
    return { id, bytes: bytesDone, sent, skipped: partsDone - sent };
  }

  private async one(part: ExportPart): Promise<void> {
    if (!this.done.has(part.name)) {
      if (await this.sendPart(part)) this.sent++;
      this.done.add(part.name);
      await this.options.onState?.({ done: [...this.done] });
    }
    this.bytesDone += part.size;
    this.partsDone++;
    this.options.onProgress?.({
      bytesDone: this.bytesDone,
      bytesTotal: this.parts.reduce((sum, { size }) => sum + size, 0),
      partsDone: this.partsDone,
      partsTotal: this.parts.length,
    });
  }
}

/** An address below another, of names that may hold anything. */
export function addressOf(base: string, names: readonly string[]): string {
  const url = new URL(base, globalThis.location?.href);
  url.pathname = [url.pathname.replace(/\/$/, ''), ...names.map(encodeURIComponent)].join('/');
  return url.href;
}

/** The error for a part that is not what the manifest says. */
export function damaged({ name }: ExportPart): UploadError {
  return new UploadError('UPLOAD_REFUSED', `${name} is not what the export's manifest says: the zip was damaged`, { part: name });
}

async function digestOf({ content }: ExportPart): Promise<Uint8Array> {
  const sha256 = new Sha256();
  for await (const chunk of chunksOf(content)) sha256.update(chunk);
  return sha256.digest();
}

/** Bytes of a part that are looked at at a time. */
const STEP = 256 * 1024;

/**
 * The content of a blob, in pieces, each good until the next: read into one buffer, where the browser can, for of `arrayBuffer()`s it lets
 * hundreds of megabytes gather.
 */
export async function* chunksOf(content: Blob): AsyncGenerator<Uint8Array, void, void> {
  const reader = fillingReader(content.stream());
  if (reader === null) {
    for (let at = 0; at < content.size; at += STEP) yield new Uint8Array(await content.slice(at, at + STEP).arrayBuffer());
    return;
  }
  try {
    let buffer = new Uint8Array(STEP);
    for (;;) {
      const { done, value } = await reader.read(buffer);
      if (done || value === undefined) return;
      yield value;
      buffer = new Uint8Array(value.buffer);
    }
  } finally {
    await reader.cancel();
  }
}

async function isThere(address: string, part: ExportPart, hex: string, digest: string, options: SendOptions): Promise<boolean> {
  // A server that has no HEAD, or does not let everybody ask, may take the part all the same.
  const response = await send(address, { method: 'HEAD' }, options, ({ status }) =>
    status === 408 || status === 429 || status >= 500 ? 'again' : 'good',
  );
  if (!response.ok) return false;
  const length = response.headers.get('content-length');
  if (length !== null && Number(length) !== part.size) return false;
  const tag = response.headers.get('etag')?.replace(/^W\//, '').replaceAll('"', '');
  return tag === hex || tag === digest || sha256Of(response.headers) === digest;
}

/** The SHA-256 that a response's headers tell of what the server has, in base64. */
function sha256Of(headers: Headers): string | null {
  for (const name of ['repr-digest', 'digest']) {
    const [, found] = /(?:^|[,\s])sha-256=:?([A-Za-z0-9+/]+=*):?/i.exec(headers.get(name) ?? '') ?? [];
    if (found !== undefined) return found;
  }
  return null;
}

function base64(bytes: Uint8Array): string {
  return btoa(String.fromCharCode(...bytes));
}
