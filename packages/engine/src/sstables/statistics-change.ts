import { ByteWriter, CorruptionError, crc32c } from '@cassette/bytes';
import { Component, decodeStatistics, encodeStatistics } from '@cassette/sstable';
import type { Storage, StorageFile } from '@cassette/storage';
import type { SSTableRecord } from '../catalog/index.ts';
import { descriptorOf, sstableFileName } from './sstable-files.ts';

// Another level of an SSTable: nothing of it but Statistics.db is written anew. Cassandra: MetadataSerializer#mutateLevel.
//
// Crash points: the new file lies beside the old one, durable, before the catalog has its checksum; until then it is litter. From then on it is
// the SSTable's, and it gets the name when the catalog has it, or at the next start.

const SUFFIX = '.new';

function nameOf({ tableId, version, generation }: SSTableRecord): string {
  return sstableFileName(tableId, descriptorOf({ version, generation }), Component.STATISTICS);
}

/**
 * Writes the Statistics.db of another level beside the one there is, durably. Returns the record of the SSTable that has it, for the catalog;
 * the files it names are there after {@link takeLevel}. Throws StorageError, CorruptionError.
 */
export async function writeLevel(storage: Storage, record: SSTableRecord, level: number): Promise<SSTableRecord> {
  const name = nameOf(record);
  const { version } = descriptorOf(record);
  const bytes = await contentOf(storage, name);
  const expected = record.checksums[Component.STATISTICS];
  if (expected !== undefined && crc32c(bytes) !== expected) {
    throw new CorruptionError('the file is not what was written: its checksum is another', name, 0);
  }
  const statistics = decodeStatistics(bytes, name, version);
  const out = new ByteWriter(bytes.length);
  encodeStatistics(out, { ...statistics, stats: { ...statistics.stats, level } }, version);
  const written = out.written();
  await withFile(storage, name + SUFFIX, true, (file) => {
    if (file.size > 0) file.truncate(0);
    file.write(written, 0);
    file.flush();
  });
  await storage.sync();
  return {
    ...record,
    level,
    bytes: record.bytes - record.components[Component.STATISTICS] + written.length,
    components: { ...record.components, [Component.STATISTICS]: written.length },
    checksums: { ...record.checksums, [Component.STATISTICS]: crc32c(written) },
  };
}

/** Gives what {@link writeLevel} wrote its name, durably: the catalog has its record. Throws StorageError. */
export async function takeLevel(storage: Storage, record: SSTableRecord): Promise<void> {
  await storage.rename(nameOf(record) + SUFFIX, nameOf(record));
  await storage.sync();
}

/** Removes what {@link writeLevel} wrote: the catalog has another record. Throws StorageError. */
export async function dropLevel(storage: Storage, record: SSTableRecord): Promise<void> {
  await storage.remove(nameOf(record) + SUFFIX);
}

/**
 * At a start: gives the files their names that the catalog had already taken when the machine stopped. Of `litter`, names of files that
 * it does not name, what is left is. Doing it again does no harm. Throws StorageError.
 */
export async function finishLevels(
  storage: Storage,
  records: readonly SSTableRecord[],
  litter: readonly string[],
): Promise<readonly string[]> {
  const waiting = litter.filter((name) => name.endsWith(SUFFIX));
  if (waiting.length === 0) return litter;
  const taken = new Set<string>();
  for (const record of records) {
    const name = nameOf(record) + SUFFIX;
    if (!waiting.includes(name)) continue;
    const checksum = await contentOf(storage, name).then(
      (bytes) => crc32c(bytes),
      (error: unknown) => {
        // A storage that checks its bytes by itself: it was not written to its end.
        if (error instanceof CorruptionError) return null;
        throw error;
      },
    );
    if (checksum === null || checksum !== record.checksums[Component.STATISTICS]) continue;
    await takeLevel(storage, record);
    taken.add(name);
  }
  return litter.filter((name) => !taken.has(name));
}

function contentOf(storage: Storage, name: string): Promise<Uint8Array> {
  return withFile(storage, name, false, (file) => {
    const bytes = new Uint8Array(file.size);
    if (file.read(bytes, 0) < bytes.length) throw new CorruptionError(`the file ends before its ${bytes.length} bytes`, name, 0);
    return bytes;
  });
}

async function withFile<T>(storage: Storage, name: string, create: boolean, use: (file: StorageFile) => T): Promise<T> {
  const file = await storage.open(name, { create });
  try {
    return use(file);
  } finally {
    file.close();
  }
}
