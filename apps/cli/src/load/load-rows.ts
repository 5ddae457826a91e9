import { setImmediate as nextTurn } from 'node:timers/promises';
import { CassetteError } from '@cassette/bytes';
import { InvalidRequestError, type TableMetadata } from '@cassette/cql';
import { CsvRecords, CsvRows, type Database, Durability, JsonRows, openDatabase, RefusedValue } from '@cassette/engine';
import { NodeStorage } from '@cassette/storage';
import { JsonLineReader } from './json-line-reader.ts';
import type { LoadJob, LoadOutcome, LoadPart, RefusedRow } from './load-job.ts';
import { RowBuffer } from './row-buffer.ts';
import { lineChunks, textChunks, textOf } from './text-chunks.ts';
import { type SSTableFiles, writeSSTableFiles } from './write-sstable-files.ts';

/** Rows that are handed over at a time. */
const BATCH_ROWS = 5000;
const LF = 0x0a;
/** Bytes after which it is told that they were read: a message to another thread costs as much as reading hundreds of rows. */
const PROGRESS_BYTES = 8 << 20;

/** A row, its timestamp behind its values, and where it was. */
interface ReadRow {
  readonly values: unknown[];
  readonly at: Omit<RefusedRow, 'reason'>;
}

/**
 * Loads the rows of a job into a store of its own, all of it durable at the end. `onProgress`: bytes of files read since the last call. Throws
 * CassetteError CANNOT_READ, WRONG_FILE; TOO_MANY_ERRORS with `data.refused` where more rows are refused than may be.
 */
export async function loadRows(job: LoadJob, onProgress: (bytes: number) => void): Promise<LoadOutcome> {
  const database = await openDatabase({
    storage: new NodeStorage(job.dir),
    keyspace: job.keyspace,
    config: {
      // What a crash leaves is removed: a log would be written for nothing.
      durability: Durability.Disabled,
      compaction: { enabled: false },
      memtableFlushThreshold: job.memtableBytes,
      memtableHardLimit: job.memtableBytes * 2,
    },
  });
  try {
    for (const statement of job.schema) await database.execute(statement);
    const loader = new RowLoader(job, database);
    for (const part of job.parts) await loader.load(part, onProgress);
    loader.finish();
    await database.flush();
    return loader.outcome;
  } finally {
    await database.close();
  }
}

class RowLoader {
  private readonly job: LoadJob;
  private readonly database: Database;
  private readonly table: TableMetadata;
  private readonly query: string;
  /** The same for rows of static columns alone; null where the table has none. */
  private readonly staticQuery: string | null;
  private readonly refused: RefusedRow[] = [];
  private rows = 0;
  private stored = 0;
  private readonly made: SSTableFiles[] = [];
  /** Rows that are written straight to SSTables, and what reads them; null where no row of the table may. */
  private readonly fast: { readonly buffer: RowBuffer; readonly reader: JsonLineReader } | null;
  /** Microseconds: of the next row that is taken. */
  private stamp: number;

  constructor(job: LoadJob, database: Database) {
    this.job = job;
    this.database = database;
    this.stamp = job.timestamp;
    const table = database.schema.table(job.keyspace, job.table);
    if (table === undefined) throw new CassetteError('NO_TABLE', `The schema has no table ${job.keyspace}.${job.table}`);
    this.table = table;
    this.query = this.insert(table.columns.map(({ name }) => name));
    const statics = [...table.partitionKey, ...table.staticColumns].map(({ name }) => name);
    this.staticQuery = table.staticColumns.length > 0 && table.clustering.length > 0 ? this.insert(statics) : null;
    this.fast = fastOf(job, table);
  }

  get outcome(): LoadOutcome {
    const { rows, stored, made, refused } = this;
    return { rows, stored, made, refused };
  }

  /** Writes what is left; nothing more may come. */
  finish(): void {
    this.writeBuffered();
  }

  async load(part: LoadPart, onProgress: (bytes: number) => void): Promise<void> {
    if (this.fast !== null) return this.loadLines(part, onProgress);
    const read = this.job.format === 'json' ? this.jsonReader(part) : this.csvReader(part);
    let end = 0;
    for (const chunk of textChunks(part)) {
      this.stampFrom(part.before + chunk.offset);
      await this.write(read(chunk.text, false));
      end = chunk.offset + chunk.bytes;
      onProgress(chunk.bytes);
    }
    // A last record that no end of line ends: later than all before it, and not later than the first of the next file.
    this.stampFrom(part.before + end - 1);
    await this.write(read('', true));
  }

  /** JSON, line by line: from bytes to SSTables where that can be, else as all other rows go. */
  private async loadLines(part: LoadPart, onProgress: (bytes: number) => void): Promise<void> {
    const { buffer, reader } = this.fast!;
    const exact = new JsonRows(this.table);
    const { file, from } = part;
    const step = this.job.stamps === 'same' ? 0 : 1;
    let number = 0;
    let read = 0;
    for (const { lines, offset, bytes } of lineChunks(part)) {
      this.stampFrom(part.before + offset);
      const rows: ReadRow[] = [];
      for (let start = 0; start < lines.length; ) {
        const found = lines.indexOf(LF, start);
        const end = found < 0 ? lines.length : found;
        number++;
        if (reader.take(lines, start, end, this.stamp)) {
          this.stamp += step;
          this.rows++;
          if (buffer.isFull) this.writeBuffered();
        } else {
          const line = textOf(lines.subarray(start, end));
          if (line.trim() !== '') this.take(rows, { file, from, line: number, record: null }, () => exact.row(line));
        }
        start = end + 1;
      }
      await this.write(rows);
      // Else nobody could interrupt it: rows that go straight to SSTables wait for nothing.
      await nextTurn();
      read += bytes;
      if (read < PROGRESS_BYTES) continue;
      onProgress(read);
      read = 0;
    }
    onProgress(read);
  }

  /** Writes the rows of the buffer as an SSTable. */
  private writeBuffered(): void {
    if (this.fast === null || this.fast.buffer.rows === 0) return;
    const { buffer } = this.fast;
    const { madeDir, version, firstNumber } = this.job;
    this.made.push(writeSSTableFiles(this.table, buffer, madeDir, version, firstNumber + this.made.length));
    buffer.clear();
  }

  /** Rows that are taken from here on lie at or behind so many bytes of all files. There are never more rows than bytes. */
  private stampFrom(bytes: number): void {
    if (this.job.stamps === 'by bytes') this.stamp = this.job.timestamp + bytes;
  }

  private jsonReader(part: LoadPart) {
    const reader = new JsonRows(this.table);
    const { file, from } = part;
    let number = 0;
    return (text: string): ReadRow[] => {
      const rows: ReadRow[] = [];
      for (let start = 0; start < text.length; ) {
        const end = text.indexOf('\n', start);
        const line = end < 0 ? text.slice(start) : text.slice(start, end);
        number++;
        if (line.trim() !== '') this.take(rows, { file, from, line: number, record: null }, () => reader.row(line));
        start = end < 0 ? text.length : end + 1;
      }
      return rows;
    };
  }

  private csvReader(part: LoadPart) {
    const { csv } = this.job;
    const records = new CsvRecords(csv);
    const options = { nullText: csv.nullText, schema: this.database.schema };
    const rowsOf = (names: readonly string[]) => new CsvRows(this.table, names, options, part.file);
    let reader = csv.columns === null ? null : rowsOf(csv.columns);
    let number = 0;
    return (text: string, isLast: boolean): ReadRow[] => {
      const rows: ReadRow[] = [];
      let taken: string[][] = [];
      try {
        taken = records.take(text, isLast);
      } catch (error) {
        if (!(error instanceof RefusedValue)) throw error;
        this.refuse({ file: part.file, from: 0, line: null, record: number + 1 }, error.message);
      }
      for (const record of taken) {
        if (reader === null) {
          reader = rowsOf(record);
          continue;
        }
        const using = reader;
        number++;
        this.take(rows, { file: part.file, from: 0, line: null, record: number }, () => using.row(record));
      }
      return rows;
    };
  }

  private take(rows: ReadRow[], at: ReadRow['at'], read: () => unknown[]): void {
    try {
      const values = read();
      this.checkKey(values);
      values.push(this.stamp);
      if (this.job.stamps !== 'same') this.stamp++;
      rows.push({ values, at });
    } catch (error) {
      if (!(error instanceof RefusedValue)) throw error;
      this.refuse(at, error.message);
    }
  }

  /** Throws RefusedValue where a part of the key is not there, but for rows of static columns alone. */
  private checkKey(values: readonly unknown[]): void {
    const { partitionKey, clustering } = this.table;
    const keys = partitionKey.length + clustering.length;
    const isStatic = this.staticQuery !== null && values.slice(partitionKey.length, keys).every((value) => value === undefined);
    for (let i = 0; i < (isStatic ? partitionKey.length : keys); i++) {
      if (values[i] !== undefined) continue;
      const { name } = i < partitionKey.length ? partitionKey[i] : clustering[i - partitionKey.length];
      throw new RefusedValue(`it has no value for ${name}, which is part of the primary key`);
    }
  }

  private refuse(at: ReadRow['at'], reason: string): void {
    this.refused.push({ ...at, reason });
    if (this.refused.length > this.job.errorsMax) {
      throw new CassetteError('TOO_MANY_ERRORS', 'More rows were refused than may be', { refused: this.refused });
    }
  }

  private async write(rows: readonly ReadRow[]): Promise<void> {
    const all = (values: unknown[]) => values;
    if (this.staticQuery === null) return this.writeAll(this.query, rows, all);
    const { partitionKey, clustering, staticColumns } = this.table;
    const [from, to] = [partitionKey.length, partitionKey.length + clustering.length];
    const isStatic = ({ values }: ReadRow) => values.slice(from, to).every((value) => value === undefined);
    const short = (values: unknown[]) => [
      ...values.slice(0, from),
      ...values.slice(to, to + staticColumns.length),
      values.at(-1),
    ];
    const statics = rows.filter(isStatic);
    // Each row brings its timestamp: it does not matter which of them are written first.
    await this.writeAll(this.staticQuery, statics, short);
    await this.writeAll(this.query, statics.length === 0 ? rows : rows.filter((row) => !isStatic(row)), all);
  }

  private async writeAll(query: string, rows: readonly ReadRow[], parameters: (values: unknown[]) => unknown[]): Promise<void> {
    for (let from = 0; from < rows.length; ) {
      const batch = rows.slice(from, from + BATCH_ROWS);
      try {
        await this.database.executeMany(
          query,
          batch.map(({ values }) => parameters(values)),
        );
        this.rows += batch.length;
        this.stored += batch.length;
        from += batch.length;
      } catch (error) {
        if (!(error instanceof InvalidRequestError) || typeof error.data['row'] !== 'number') throw error;
        // Chunks before it are written; the row is left out, and those around it are written without it.
        const written = error.data['rowsWritten'] as number;
        const bad = error.data['row'];
        this.rows += written;
        this.stored += written;
        this.refuse(batch[bad].at, error.reason.replace(/^Row \d+: /, ''));
        await this.writeAll(query, batch.slice(written, bad), parameters);
        from += bad + 1;
      }
    }
  }

  private insert(names: readonly string[]): string {
    const { keyspace, name } = this.table;
    const columns = names.map(quoted).join(', ');
    const ttl = this.job.ttl === null ? '' : ` AND TTL ${this.job.ttl}`;
    return `INSERT INTO ${quoted(keyspace)}.${quoted(name)} (${columns}) VALUES (${names.map(() => '?').join(', ')}) USING TIMESTAMP ?${ttl}`;
  }
}

/** What takes rows straight from JSON to SSTables; rows that expire get their times from statements, and other files have other readers. */
function fastOf({ format, ttl, memtableBytes }: LoadJob, table: TableMetadata) {
  if (format !== 'json' || ttl !== null || table.params.defaultTimeToLive !== 0) return null;
  const buffer = new RowBuffer(table, memtableBytes);
  const reader = JsonLineReader.of(table, buffer);
  return reader === null ? null : { buffer, reader };
}

/** A name as CQL takes any. */
export function quoted(name: string): string {
  return `"${name.replaceAll('"', '""')}"`;
}
