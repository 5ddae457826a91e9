import { type CassetteError, EncodedValue, type RemoteDatabase } from '@cassette/client';
import { type CqlType, parseMarshalType } from '@cassette/cql';
import { CsvRecords, CsvRows, type EncodedAs, JsonRows, RefusedValue, type TextTable } from '@cassette/engine';
import { CommandError, type CopyCommand } from '../commands/command.ts';
import { quoteName } from '../quote-name.ts';
import type { CopyOptions } from './copy-options.ts';
import { tableOf } from './copy-to.ts';
import { dateTimeReader } from './date-time-format.ts';
import type { FileJob } from './file-job.ts';
import { textPieces } from './text-pieces.ts';

/** Makes rows of pieces of text; a row that is none is null, and was told. */
type Reader = (text: string, isLast: boolean) => (readonly unknown[] | null)[];

/** COPY … FROM: files piece by piece into the table, in bounded memory. Rejects with what the store or a file says. */
export async function copyFrom(
  job: FileJob,
  command: CopyCommand,
  options: CopyOptions,
  files: readonly Blob[],
  database: RemoteDatabase,
): Promise<void> {
  const load = await Load.begin(job, command, options, database);
  job.progress({ bytesTotal: files.reduce((sum, file) => sum + file.size, 0) });
  for (const [i, file] of files.entries()) {
    const name = file instanceof File ? file.name : files.length === 1 ? 'the text' : `part ${i + 1}`;
    await load.file(file, name);
    if (load.isFull) break;
  }
  await load.end();
}

const encodedAs: EncodedAs = (bytes) => new EncodedValue(bytes);

class Load {
  private readonly job: FileJob;
  private readonly options: CopyOptions;
  private readonly database: RemoteDatabase;
  private readonly table: TextTable;
  /** Columns that are written, by their places in the table. */
  private readonly written: readonly number[];
  private readonly named: readonly string[] | null;
  private readonly keys: readonly number[];
  private readonly query: string;
  private readonly keyspace: string;
  private batch: unknown[][] = [];
  private seen = 0;
  private done = 0;
  private parseErrors = 0;
  private insertErrors = 0;
  private bytes = 0;

  private constructor(job: FileJob, command: CopyCommand, options: CopyOptions, database: RemoteDatabase, table: TextTable) {
    this.job = job;
    this.options = options;
    this.database = database;
    this.table = table;
    this.keyspace = table.keyspace;
    this.named = command.columns;
    const skipped = new Set(options.skipColumns);
    const names = (command.columns ?? table.columns.map(({ name }) => name)).filter((name) => !skipped.has(name));
    this.written = names.map((name) => table.columns.findIndex((column) => column.name === name));
    const known = tableOf(table.keyspace, table.name)?.columns ?? [];
    const isKey = new Set(known.filter(({ kind }) => kind === 'partition_key' || kind === 'clustering').map(({ name }) => name));
    this.keys = table.columns.flatMap(({ name }, i) => (isKey.has(name) ? [i] : []));
    const ttl = options.ttl === null ? '' : ` USING TTL ${options.ttl}`;
    const columns = names.map(quoteName).join(', ');
    const marks = names.map(() => '?').join(', ');
    this.query = `INSERT INTO ${quoteName(table.keyspace)}.${quoteName(table.name)} (${columns}) VALUES (${marks})${ttl}`;
  }

  /** Looks the table up. */
  static async begin(job: FileJob, command: CopyCommand, options: CopyOptions, database: RemoteDatabase): Promise<Load> {
    const { keyspace, table: name } = command;
    const qualified = keyspace === null ? quoteName(name) : `${quoteName(keyspace)}.${quoteName(name)}`;
    const { columns } = await database.execute(`SELECT * FROM ${qualified} LIMIT 1`, undefined, { signal: job.signal });
    const specs = columns ?? [];
    if (specs.some(({ type }) => type.cqlName() === 'counter')) {
      throw new CommandError('a counter is not set to a value: UPDATE … SET c = c + n counts', 0);
    }
    const table: TextTable = {
      keyspace: specs[0].keyspace,
      name: specs[0].table,
      // As types of this code, whichever copy of it the client is.
      columns: specs.map(({ name: column, type }) => ({ name: column, type: parseMarshalType(type.marshalName()) })),
    };
    for (const column of [...(command.columns ?? []), ...options.skipColumns]) {
      if (!table.columns.some((one) => one.name === column)) {
        throw new CommandError(`${table.keyspace}.${table.name} has no column ${column}`, 0);
      }
    }
    return new Load(job, command, options, database, table);
  }

  /** Whether MAXROWS is reached. */
  get isFull(): boolean {
    const { maxRows } = this.options;
    return maxRows >= 0 && this.seen >= maxRows;
  }

  async file(file: Blob, name: string): Promise<void> {
    const read = this.options.format === 'json' ? this.jsonReader() : this.csvReader(name);
    let rowOfFile = 0;
    for await (const { text, bytes, isLast } of textPieces(file)) {
      this.job.signal.throwIfAborted();
      this.bytes += bytes;
      for (const row of read(text, isLast)) {
        rowOfFile++;
        if (rowOfFile <= this.options.skipRows) continue;
        if (this.isFull) break;
        this.seen++;
        if (row === null) continue;
        this.batch.push(this.written.map((i) => row[i]));
      }
      while (this.batch.length >= this.options.chunkSize) await this.write(this.batch.splice(0, this.options.chunkSize));
      this.progress();
      if (this.isFull) return;
    }
  }

  /** Writes what is left, and says what came of it. */
  async end(): Promise<void> {
    await this.write(this.batch.splice(0));
    this.progress();
  }

  private progress(): void {
    this.job.progress({ done: this.done, refused: this.parseErrors + this.insertErrors, bytes: this.bytes });
  }

  private csvReader(file: string): Reader {
    const { delimiter, quote, escapeWith, header, nullText } = this.options;
    const records = new CsvRecords({ delimiter, quote, escapeWith });
    const skipped = new Set(this.options.skipColumns);
    const rowsOf = (names: readonly string[]) => {
      const kept = names.flatMap((name, i) => (skipped.has(name) ? [] : [i]));
      const rows = new CsvRows(
        this.table,
        kept.map((i) => names[i]),
        { nullText, encodedAs, rewrite: rewriteOf(this.options) },
        file,
      );
      return { rows, kept, length: names.length };
    };
    const names = this.named ?? this.table.columns.map(({ name }) => name);
    let reader = header ? null : rowsOf(names);
    let number = 0;
    return (text, isLast) => {
      let taken: string[][] = [];
      try {
        taken = records.take(text, isLast);
      } catch (error) {
        this.refuseRow(error, `${file}, behind row ${number}`);
      }
      const found: (readonly unknown[] | null)[] = [];
      for (const record of taken) {
        if (reader === null) {
          // The names in the file say what its columns are, unless the statement does.
          reader = rowsOf(this.named ?? record);
          continue;
        }
        number++;
        const { rows, kept, length } = reader;
        const fits = record.length === length;
        // Of a record of another length the reader says how long it is.
        found.push(this.row(() => rows.row(fits ? kept.map((i) => record[i]) : record), `${file}, row ${number}`));
      }
      return found;
    };
  }

  private jsonReader(): Reader {
    const rows = new JsonRows(this.table, encodedAs);
    /** What there is of the line that is being read: joined once its end has come. */
    let rest: string[] = [];
    let number = 0;
    return (text, isLast) => {
      rest.push(text);
      if (!isLast && !text.includes('\n')) return [];
      const lines = rest.join('').split('\n');
      rest = isLast ? [] : [lines.pop() ?? ''];
      const found: (readonly unknown[] | null)[] = [];
      for (const line of lines) {
        number++;
        if (line.trim() !== '') found.push(this.row(() => rows.row(line), `line ${number}`));
      }
      return found;
    };
  }

  private row(read: () => readonly unknown[], place: string): readonly unknown[] | null {
    try {
      const row = read();
      const missing = this.keys.find((i) => row[i] === undefined);
      if (missing === undefined) return row;
      throw new RefusedValue(`it has no value for ${this.table.columns[missing].name}, which is part of the primary key`);
    } catch (error) {
      this.refuseRow(error, place);
      return null;
    }
  }

  private refuseRow(error: unknown, place: string): void {
    if (!(error instanceof RefusedValue)) throw error;
    this.parseErrors++;
    this.job.say(`${place}: ${error.message}`);
    const { maxParseErrors } = this.options;
    if (maxParseErrors >= 0 && this.parseErrors > maxParseErrors) {
      throw new CommandError(`more than ${maxParseErrors} rows were no rows of the table (MAXPARSEERRORS)`, 0);
    }
  }

  private async write(rows: readonly unknown[][]): Promise<void> {
    const { database, query, keyspace } = this;
    const options = { keyspace, signal: this.job.signal };
    for (let from = 0; from < rows.length; ) {
      this.job.signal.throwIfAborted();
      try {
        await database.executeMany(query, rows.slice(from) as never, options);
        this.done += rows.length - from;
        return;
      } catch (error) {
        const { code, data, message } = error as CassetteError;
        if (code === 'ABORTED') {
          this.done += Number(data.rowsWritten);
          this.progress();
        }
        if (typeof data?.row !== 'number' || typeof data.rowsWritten !== 'number') throw error;
        // What is before it may be written or not: it is written again, with the same values.
        const bad = data.row;
        if (bad > data.rowsWritten) {
          await database.executeMany(query, rows.slice(from + data.rowsWritten, from + bad) as never, options);
        }
        this.done += bad;
        this.insertErrors++;
        this.job.say(message.replace(/^Row \d+: /, 'A row: '));
        if (this.options.maxInsertErrors >= 0 && this.insertErrors > this.options.maxInsertErrors) {
          throw new CommandError(`more than ${this.options.maxInsertErrors} rows were refused (MAXINSERTERRORS)`, 0);
        }
        from += bad + 1;
      }
    }
  }
}

const whole = new Set(['int', 'bigint', 'smallint', 'tinyint', 'varint']);
const broken = new Set(['float', 'double', 'decimal']);

/** What the options say of how values are written, as CQL has it. */
function rewriteOf(options: CopyOptions): (type: CqlType) => ((text: string) => string) | null {
  const { dateTimeFormat, thousandsSeparator, decimalSeparator, booleans } = options;
  const reader = dateTimeFormat === null ? null : dateTimeReader(dateTimeFormat);
  const number = (text: string) => {
    const plain = thousandsSeparator === '' ? text : text.replaceAll(thousandsSeparator, '');
    return decimalSeparator === '.' ? plain : plain.replace(decimalSeparator, '.');
  };
  const [yes, no] = booleans.map((word) => word.toLowerCase());
  return (type) => {
    const name = type.cqlName();
    if (name === 'timestamp' && reader !== null) return (text) => reader(text) ?? text;
    if (name === 'boolean') return (text) => ({ [yes]: 'true', [no]: 'false' })[text.toLowerCase()] ?? text;
    if (whole.has(name) || broken.has(name)) return thousandsSeparator === '' && decimalSeparator === '.' ? null : number;
    return null;
  };
}
