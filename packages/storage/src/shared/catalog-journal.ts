// The file of a catalog under Node, and of its second copy in OPFS: a journal of transactions. All integers big-endian.
//   magic      8 bytes   "CASSCAT1"
//   records, each:
//     marker   u32       0x7ca7a106, or 0x7ca7a107 of a copy; where the search for records behind a damaged one begins
//     length   u32       of the payload
//     crc32c   u32       of length and payload
//     payload  JSON      { "delete": [key, …], "put": [[key, value], …] }
//
// The first record after a rewrite puts everything. A transaction is written as a record and a copy of it, in one write: else a
// bit that flips in the last record could not be told from the write that a crash interrupted, and what it says would be lost
// in silence. Applying both changes nothing. Where one of the two is good, nothing is lost. Where neither is and no good record is
// behind them, a crash interrupted the write, most likely; with a good one behind them, it is damage that can't be mended.

import { CorruptionError, crc32c } from '@cassette/bytes';
import type { CatalogDamage } from '../storage.ts';
import { applyChanges, type EncodedChanges } from './catalog-values.ts';

/** Bytes before the first record. */
export const journalMagic: Uint8Array = new TextEncoder().encode('CASSCAT1');
const marker = 0x7ca7a106;
const copyMarker = 0x7ca7a107;
const headerSize = 12;
/** The search behind a damaged record checks at most this many bytes, so that no file can make it take for ever. */
const searchBudgetBytes = 64 * 1024 * 1024;

/** What a journal says, and up to where it is whole. */
export interface JournalContent {
  /** Values as JSON texts. */
  readonly values: Map<string, string>;
  /** End of the last good record in bytes: the next one belongs here. */
  readonly validBytes: number;
  /** What in it can't be read; null if nothing. */
  readonly damage: CatalogDamage | null;
}

/** Encodes one transaction as it is appended: a record and its copy. */
export function encodeTransaction(changes: EncodedChanges): Uint8Array {
  const record = encodeRecord(changes);
  const bytes = new Uint8Array(record.length * 2);
  bytes.set(record);
  bytes.set(record, record.length);
  new DataView(bytes.buffer).setUint32(record.length, copyMarker);
  return bytes;
}

/** Encodes one transaction as one record, without a copy. */
export function encodeRecord(changes: EncodedChanges): Uint8Array {
  const puts = changes.puts.map(([key, json]) => `[${JSON.stringify(key)},${json}]`);
  const payload = new TextEncoder().encode(`{"delete":${JSON.stringify(changes.deletes)},"put":[${puts.join(',')}]}`);
  const record = new Uint8Array(headerSize + payload.length);
  const view = new DataView(record.buffer);
  view.setUint32(0, marker);
  view.setUint32(4, payload.length);
  record.set(payload, headerSize);
  view.setUint32(8, crc32c(record, headerSize, record.length, crc32c(record, 4, 8)));
  return record;
}

/** Encodes a whole journal with one transaction that puts everything. */
export function encodeSnapshot(values: ReadonlyMap<string, string>): Uint8Array {
  const transaction = encodeTransaction({ deletes: [], puts: [...values] });
  const bytes = new Uint8Array(journalMagic.length + transaction.length);
  bytes.set(journalMagic);
  bytes.set(transaction, journalMagic.length);
  return bytes;
}

/** Decodes a journal; throws CorruptionError (with `file` and the offset) for damage that took a transaction before the last. */
export function decodeJournal(bytes: Uint8Array, file: string): JournalContent {
  if (bytes.length < journalMagic.length || !journalMagic.every((byte, index) => bytes[index] === byte)) {
    throw new CorruptionError('This is not a catalog: it should begin with CASSCAT1', file, 0);
  }
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const values = new Map<string, string>();
  let damage: CatalogDamage | null = null;
  /** Length of the last record, where its copy should come next; else 0. */
  let copyDue = 0;
  let at = journalMagic.length;
  while (at < bytes.length) {
    let end = endOfRecord(bytes, view, at);
    if (end === undefined) {
      const next = nextRecord(bytes, view, at + 1);
      if (next === undefined) {
        const size = bytes.length - at;
        damage ??= { file, offset: at, size, atEnd: true, mayHaveLost: size > copyDue };
        break;
      }
      end = endOfRecord(bytes, view, next);
      // Of the transactions that the gap touches each has its other record beside it.
      const before = end !== undefined && isCopy(view, next) ? end - next : 0;
      const size = next - at;
      if (end === undefined || ![copyDue, before, copyDue + before].includes(size)) {
        throw new CorruptionError(`The catalog is damaged: ${size} bytes before a good record cannot be read`, file, at, {
          lostBytes: size,
        });
      }
      damage ??= { file, offset: at, size, atEnd: false, mayHaveLost: false };
      at = next;
    }
    applyChanges(values, decodePayload(bytes.subarray(at + headerSize, end), file, at));
    copyDue = isCopy(view, at) ? 0 : end - at;
    at = end;
  }
  return { values, validBytes: at, damage };
}

function isCopy(view: DataView, at: number): boolean {
  return view.getUint32(at) === copyMarker;
}

function isMarker(view: DataView, at: number): boolean {
  const found = view.getUint32(at);
  return found === marker || found === copyMarker;
}

/** Where the record at `at` ends; undefined when there is no good one. */
function endOfRecord(bytes: Uint8Array, view: DataView, at: number): number | undefined {
  if (at + headerSize > bytes.length || !isMarker(view, at)) return undefined;
  const end = at + headerSize + view.getUint32(at + 4);
  if (end > bytes.length) return undefined;
  return crc32c(bytes, at + headerSize, end, crc32c(bytes, at + 4, at + 8)) === view.getUint32(at + 8) ? end : undefined;
}

function nextRecord(bytes: Uint8Array, view: DataView, from: number): number | undefined {
  let budget = searchBudgetBytes;
  for (let at = bytes.indexOf(marker >>> 24, from); at >= 0; at = bytes.indexOf(marker >>> 24, at + 1)) {
    if (at + headerSize > bytes.length) return undefined;
    if (!isMarker(view, at)) continue;
    if (endOfRecord(bytes, view, at) !== undefined) return at;
    budget -= Math.min(view.getUint32(at + 4), bytes.length);
    // So many things that look like records are no torn tail.
    if (budget < 0) return at;
  }
  return undefined;
}

/** The checksum held, so anything wrong in here was written wrong. */
function decodePayload(payload: Uint8Array, file: string, at: number): EncodedChanges {
  let record: unknown;
  try {
    record = JSON.parse(new TextDecoder('utf-8', { fatal: true }).decode(payload));
  } catch (error) {
    throw new CorruptionError('A record of the catalog is not JSON', file, at, {}, error);
  }
  if (typeof record === 'object' && record !== null && 'delete' in record && 'put' in record) {
    const { delete: deletes, put } = record;
    if (isStrings(deletes) && isPairs(put)) return { deletes, puts: put.map(([key, value]) => [key, JSON.stringify(value)]) };
  }
  throw new CorruptionError('A record of the catalog does not have the shape of a transaction', file, at);
}

function isStrings(value: unknown): value is string[] {
  return Array.isArray(value) && value.every((item) => typeof item === 'string');
}

function isPairs(value: unknown): value is [string, unknown][] {
  return Array.isArray(value) && value.every((item) => Array.isArray(item) && item.length === 2 && typeof item[0] === 'string');
}
