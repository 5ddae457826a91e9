import { CorruptionError } from '@cassette/bytes';
import type { Storage } from '@cassette/storage';
import { type CatalogContents, decodeDescriptions, isOfChanges, type StoreDescription } from '../catalog/index.ts';
import { MutationReader } from '../mutation/index.ts';
import {
  decodeSegmentHeader,
  isReadVersion,
  recordsIn,
  SEGMENT_HEADER_SIZE,
  type SegmentContents,
  saltCrc,
} from '../wal/index.ts';
import type { SalvagedSegment, SchemaGap } from './salvage-report.ts';
import type { SalvageTarget } from './salvage-target.ts';
import { beginningOfChecksums } from './wal-salt.ts';

/**
 * A segment of a WAL, a part of one that a recovery set aside, or one that is kept for those who read changes (`isKept`) though its
 * mutations are in SSTables; null for other files.
 */
export function segmentOf(name: string): { readonly number: number; readonly isAside: boolean; readonly isKept: boolean } | null {
  const match = /^(aside-(?:\d+-)?|cdc-)?wal-(\d{10})\.log(-\d+)?$/.exec(name);
  const isKept = match?.[1] === 'cdc-';
  const isAside = match?.[1] !== undefined && !isKept;
  if (match === null || (!isAside && match[3] !== undefined)) return null;
  return { number: Number(match[2]), isAside, isKept };
}

/**
 * Takes from such a file the mutations of all records whose checksums are right. Where the header of the segment is damaged or is not
 * there, what the checksums begin from is found out from the records themselves. Throws StorageError.
 */
export async function salvageSegment(
  storage: Storage,
  file: string,
  contents: CatalogContents,
  target: SalvageTarget,
): Promise<SalvagedSegment> {
  const bytes = await contentOf(storage, file);
  const lost: { from: number; to: number; reason: string }[] = [];
  const found = recordsOf(bytes);
  if (found === null) {
    const reason = 'no two records with right checksums are in it, and no header that says what checksums begin from';
    lost.push({ from: 0, to: bytes.length, reason });
  }
  let mutations = 0;
  let mutationsSkipped = 0;
  const { number } = segmentOf(file)!;
  const reader = new MutationReader(file);
  const { payloads = [] } = found ?? {};
  for (let i = 0; i < payloads.length; i += 2) {
    const [from, to] = [payloads[i], payloads[i + 1]];
    try {
      for (let at = from; at < to; at = reader.end) {
        reader.begin(bytes, at, to);
        if (isWanted(bytes.subarray(reader.tableIdFrom, reader.tableIdFrom + 16), number, contents)) {
          target.addMutation(bytes, at, reader.end);
          mutations++;
        } else mutationsSkipped++;
      }
    } catch (error) {
      if (!(error instanceof CorruptionError)) throw error;
      lost.push({ from, to, reason: `a record that is no mutation: ${error.message}` });
    }
    if (target.isFull) await target.write();
  }
  const refused = target.refused;
  await target.write();
  mutations -= target.refused - refused;
  for (const { offset, size } of [...(found?.torn ?? []), ...(found?.damaged ?? [])]) {
    lost.push({ from: offset, to: offset + size, reason: 'bytes that are no record with a right checksum' });
  }
  lost.sort((a, b) => a.from - b.from);
  return { file, bytes: bytes.length, mutations, mutationsSkipped, lost: lost.map((range) => ({ file, ...range })) };
}

/** A description of the store, or changes to one, and where it is. */
interface Piece {
  readonly bytes: Uint8Array;
  readonly file: string;
  readonly position: number;
}

/** What the log tells of its store where the catalog is lost. */
export interface DescriptionFound {
  /** Which file has the whole one that the rest goes on from. */
  readonly file: string;
  readonly description: StoreDescription;
  /** Where changes of the schema are missing, or may be. */
  readonly gaps: readonly SchemaGap[];
}

/** The last description of the store in such files; null where there is none. Throws StorageError. */
export async function descriptionIn(storage: Storage, files: readonly string[]): Promise<DescriptionFound | null> {
  const numbers = [...new Set(files.map((file) => segmentOf(file)!.number))].sort((a, b) => b - a);
  // Changes whose segment has lost the whole description that it began with: what the segment before it tells is the same.
  let changes: Piece[] = [];
  const gaps: SchemaGap[] = [];
  let isLast = true;
  for (const number of numbers) {
    const ofNumber = files.filter((file) => segmentOf(file)!.number === number);
    for (const { file, bytes, records } of await youngestFirst(storage, ofNumber)) {
      const { descriptions = [] } = records ?? {};
      if (isLast) gaps.push(...behind(file, bytes, records, descriptions[descriptions.length - 1] ?? 0));
      if (descriptions.length > 0) isLast = false;
      for (let i = descriptions.length - 2; i >= 0; i -= 2) {
        const piece = { bytes: bytes.subarray(descriptions[i], descriptions[i + 1]), file, position: descriptions[i] };
        if (isOfChanges(piece.bytes)) {
          changes = [piece, ...changes];
          continue;
        }
        const folded = described([piece, ...changes], file);
        const hasChanged = i > 0 || changes.length > 0;
        // A new store is described before it has tables; where it was described before that, they have been dropped.
        if (folded !== null && (folded.description.schema.tables.length > 0 || hasChanged)) {
          return { file, description: folded.description, gaps: [...folded.gaps, ...gaps] };
        }
        // One before it may make sense.
        changes = [];
      }
    }
  }
  return null;
}

/**
 * Files of one number, the youngest first: those that were set aside of a store whose catalog was lost, which began to count again, and parts
 * of a segment. What was written last tells, and of parts of one segment where they begin.
 */
async function youngestFirst(storage: Storage, files: readonly string[]) {
  const found = [];
  for (const file of files) {
    const bytes = await contentOf(storage, file);
    const records = recordsOf(bytes);
    found.push({ file, bytes, records, written: records?.lastTimestamp ?? 0, from: Number(/\.log-(\d+)$/.exec(file)?.[1] ?? 0) });
  }
  return found.sort((a, b) => b.written - a.written || b.from - a.from || (a.file < b.file ? 1 : -1));
}

/** What can't be read behind the last description: there may have been others. */
function behind(file: string, bytes: Uint8Array, records: SegmentContents | null, end: number): SchemaGap[] {
  const reason =
    'bytes that are no record stand behind the last description of the store: changes of the schema may have been among them';
  if (records === null) return bytes.length > SEGMENT_HEADER_SIZE ? [{ file, position: 0, reason }] : [];
  const lost = [...records.damaged, ...records.torn].filter(({ offset }) => offset >= end);
  return lost.map(({ offset }) => ({ file, position: offset, reason }));
}

/** What these come to; where the last of them makes no sense, those before it. */
function described(
  pieces: readonly Piece[],
  file: string,
): { readonly description: StoreDescription; readonly gaps: readonly SchemaGap[] } | null {
  const left: SchemaGap[] = [];
  for (let count = pieces.length; count > 0; count--) {
    try {
      const { description, gaps } = decodeDescriptions(
        pieces.slice(0, count).map(({ bytes }) => bytes),
        file,
      );
      const reason = 'changes of the schema that come before these are missing';
      return { description, gaps: [...gaps.map((i) => gapAt(pieces[i], reason)), ...left] };
    } catch (error) {
      if (!(error instanceof CorruptionError)) throw error;
      left.unshift(gapAt(pieces[count - 1], 'changes of the schema that make no sense'));
    }
  }
  return null;
}

function gapAt({ file, position }: Piece, reason: string): SchemaGap {
  return { file, position, reason };
}

async function contentOf(storage: Storage, file: string): Promise<Uint8Array> {
  const opened = await storage.open(file, { lenient: true });
  const bytes = new Uint8Array(opened.size);
  try {
    opened.read(bytes, 0);
  } finally {
    opened.close();
  }
  return bytes;
}

function recordsOf(bytes: Uint8Array): SegmentContents | null {
  const header = decodeSegmentHeader(bytes);
  if (header !== null && isReadVersion(header.version)) return recordsIn(bytes, saltCrc(header.salt));
  const beginning = beginningOfChecksums(bytes);
  return beginning === null ? null : recordsIn(bytes, beginning, 0);
}

function isWanted(id: Uint8Array, segment: number, { schema, truncated }: CatalogContents): boolean {
  const key = Array.from(id, (byte) => byte.toString(16).padStart(2, '0')).join('');
  if (segment < (truncated.get(key) ?? 0)) return false;
  return schema.tables.some((table) => table.id.bytes.every((byte, i) => byte === id[i]));
}
