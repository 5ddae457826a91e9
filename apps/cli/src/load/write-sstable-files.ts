import { createHash } from 'node:crypto';
import { closeSync, fsyncSync, mkdirSync, openSync, writeSync } from 'node:fs';
import { join } from 'node:path';
import { CassetteError, toBigInt } from '@cassette/bytes';
import type { TableMetadata } from '@cassette/cql';
import { flushCompression, type WrittenFile, type WrittenSSTable } from '@cassette/engine';
import { type ByteSink, DELETION_TIME_EPOCH, printFileName, SSTableWriter, supportedVersions } from '@cassette/sstable';
import type { RowBuffer } from './row-buffer.ts';

/** Bytes that are written and hashed at a time. */
const GATHERED_BYTES = 256 * 1024;

/** An SSTable in files of its own, as plain data. */
export interface SSTableFiles extends WrittenSSTable {
  /** Each with where it lies. */
  readonly files: readonly (WrittenFile & { readonly path: string })[];
}

/**
 * Writes the rows of a buffer as an SSTable into a directory, all of it durable. `number`: its name there. Throws CassetteError CANNOT_WRITE.
 */
export function writeSSTableFiles(
  table: TableMetadata,
  rows: RowBuffer,
  directory: string,
  versionName: 'nb' | 'oa' | 'da',
  number: number,
): SSTableFiles {
  try {
    return write(table, rows, directory, versionName, number);
  } catch (error) {
    // What the file system throws names the call that failed; all else is a bug.
    if (error instanceof CassetteError || (error as NodeJS.ErrnoException).syscall === undefined) throw error;
    const message = `${directory} can't be written: ${(error as Error).message}`;
    throw new CassetteError('CANNOT_WRITE', message, { file: directory }, error);
  }
}

function write(
  table: TableMetadata,
  rows: RowBuffer,
  directory: string,
  versionName: 'nb' | 'oa' | 'da',
  number: number,
): SSTableFiles {
  mkdirSync(directory, { recursive: true });
  const version = supportedVersions.get(versionName)!;
  const { compression } = table.params;
  const sinks = new Map<string, FileSink>();
  try {
    const writer = new SSTableWriter({
      version,
      table,
      encodingStats: { minTimestamp: BigInt(rows.minTimestamp), minLocalDeletionTime: DELETION_TIME_EPOCH, minTtl: 0 },
      staticColumns: [],
      regularColumns: rows.columns,
      expectedPartitions: rows.partitionCount,
      // As of a flush: other versions than a store's own are for loading alone.
      compression: versionName === 'nb' ? flushCompression(compression) : compression,
      sink: (component) => {
        let sink = sinks.get(component);
        if (sink === undefined) {
          sink = new FileSink(join(directory, printFileName({ version, id: String(number) }, component)));
          sinks.set(component, sink);
        }
        return sink;
      },
    });
    rows.writeTo(writer);
    const { components, partitions, metadata, firstToken, lastToken } = writer.finish();
    const files = components.map((component) => {
      const sink = sinks.get(component)!;
      const sha256 = sink.finish();
      return { component, path: sink.name, size: sink.size, sha256 };
    });
    return {
      partitions,
      rows: metadata.totalRows,
      minTimestamp: metadata.minTimestamp,
      maxTimestamp: metadata.maxTimestamp,
      firstToken: toBigInt(firstToken.hi, firstToken.lo),
      lastToken: toBigInt(lastToken.hi, lastToken.lo),
      files,
    };
  } finally {
    for (const sink of sinks.values()) sink.close();
  }
}

class FileSink implements ByteSink {
  readonly name: string;
  size = 0;
  private readonly file: number;
  private readonly hash = createHash('sha256');
  private readonly gathered = new Uint8Array(GATHERED_BYTES);
  private filled = 0;
  private isOpen = true;

  constructor(path: string) {
    this.name = path;
    this.file = openSync(path, 'w');
  }

  write(bytes: Uint8Array): void {
    this.size += bytes.length;
    if (this.filled + bytes.length > GATHERED_BYTES) this.flush();
    if (bytes.length >= GATHERED_BYTES) {
      this.put(bytes);
    } else {
      this.gathered.set(bytes, this.filled);
      this.filled += bytes.length;
    }
  }

  /** Makes all of it durable; returns its SHA-256 in hexadecimal digits. */
  finish(): string {
    this.flush();
    fsyncSync(this.file);
    this.close();
    return this.hash.digest('hex');
  }

  close(): void {
    if (this.isOpen) closeSync(this.file);
    this.isOpen = false;
  }

  private flush(): void {
    this.put(this.gathered.subarray(0, this.filled));
    this.filled = 0;
  }

  private put(bytes: Uint8Array): void {
    this.hash.update(bytes);
    for (let done = 0; done < bytes.length; ) done += writeSync(this.file, bytes, done);
  }
}
