import { ByteReader, ByteWriter, crc32, crc32c, token, tokenWords } from '@cassette/bytes';
import { nativeTypes, parseStatement } from '@cassette/cql';
import { type Database, Durability, openDatabase } from '@cassette/engine';
import { lz4Compress, lz4CompressBound, lz4Decompress } from '@cassette/sstable';
import { MemoryStorage } from '@cassette/storage';
import { type SensorRow, sensorRows } from '../rows/sensor-row.ts';
import { keyspaceCql, rowParams, tableCql } from '../rows/sensor-table.ts';
import { SensorArena } from '../sstable/sensor-cursor.ts';
import type { NodeFigure, NodeRun } from './node-run.ts';

/** Cassandra's default. */
const CHUNK = 16 * 1024;
/** CQL statements that are under way at a time: as an importer of a script would have them. */
const STATEMENTS_AT_ONCE = 500;

/** One of those that are measured: what it was given to do is done again in every round. */
interface Primitive {
  readonly name: string;
  /** How often it does its work in a round, and the bytes of all of them; null where bytes say nothing. */
  readonly times: number;
  readonly bytes: number | null;
  run(): Promise<void> | void;
  /** Ends what a round began; not timed. */
  after?(): Promise<void>;
}

/**
 * Measures under Node what the engine is made of: CQL text, codecs, LZ4, checksums, hashes. `rounds` times in turn, after one that does
 * not count. Throws Error where what comes out is wrong.
 */
export async function measurePrimitives(rounds: number, rows: number, tell: (line: string) => void): Promise<NodeRun> {
  const all = primitives(sensorRows(0, rows));
  const figures = all.map(({ name, bytes }) => ({
    name,
    rowsPerSecond: [] as number[],
    megabytesPerSecond: bytes === null ? null : ([] as number[]),
  }));
  for (let round = 0; round <= rounds; round++) {
    tell(round === 0 ? 'primitives: warming up' : `primitives: round ${round} of ${rounds}`);
    for (const [i, primitive] of all.entries()) {
      const start = performance.now();
      await primitive.run();
      const milliseconds = performance.now() - start;
      await primitive.after?.();
      if (round === 0) continue;
      figures[i].rowsPerSecond.push((primitive.times / milliseconds) * 1000);
      if (primitive.bytes !== null) figures[i].megabytesPerSecond?.push(primitive.bytes / 1000 / milliseconds);
    }
  }
  return { node: process.version, rounds, rows, figures: figures satisfies NodeFigure[], bytesPerRow: {} };
}

function primitives(rows: readonly SensorRow[]): Primitive[] {
  const arena = new SensorArena(rows);
  const statements = rows.map(textOf);
  return [...cqlText(statements), ...codecs(rows), ...lz4(arena.bytes), ...hashes(arena)];
}

function cqlText(statements: readonly string[]): Primitive[] {
  const bytes = statements.reduce((sum, text) => sum + text.length, 0);
  let open: Database | null = null;
  return [
    {
      name: 'CQL text, parsed',
      times: statements.length,
      bytes,
      run() {
        for (const text of statements) if (parseStatement(text).kind !== 'insert') throw new Error(`${text} is no INSERT`);
      },
    },
    {
      name: 'CQL text, parsed and applied in memory',
      times: statements.length,
      bytes,
      async run() {
        const config = { memtableFlushThreshold: 2 ** 31, memtableHardLimit: 2 ** 32, durability: Durability.Disabled };
        const schema = `${keyspaceCql}; ${tableCql('readings')}`;
        const database = await openDatabase({ storage: new MemoryStorage(), config: { ...config, flushOnClose: false }, schema });
        open = database;
        for (let from = 0; from < statements.length; from += STATEMENTS_AT_ONCE) {
          await Promise.all(statements.slice(from, from + STATEMENTS_AT_ONCE).map((text) => database.execute(text)));
        }
        if (database.stats().counters.writes < statements.length) throw new Error('Statements were lost');
      },
      // What no log has is flushed at the end: SSTables are measured elsewhere.
      async after() {
        await open?.close();
        open = null;
      },
    },
  ];
}

/** The INSERT of a row with its values as literals. */
function textOf({ sensorId, ts, value, note, payload }: SensorRow): string {
  const blob = `0x${Array.from(payload, (byte) => byte.toString(16).padStart(2, '0')).join('')}`;
  return `INSERT INTO bench.readings (sensor_id, ts, value, note, payload) VALUES ('${sensorId}', ${ts}, ${value}, '${note}', ${blob})`;
}

function codecs(rows: readonly SensorRow[]): Primitive[] {
  const { text, timestamp, double, blob } = nativeTypes;
  const types = [text, timestamp, double, text, blob];
  const params = rows.map(rowParams);
  const out = new ByteWriter(rows.length * 140);
  const ends = new Int32Array(rows.length * types.length);
  const encode = () => {
    out.clear();
    let at = 0;
    for (const row of params) {
      for (let i = 0; i < types.length; i++) {
        types[i].encode(row[i], out);
        ends[at++] = out.length;
      }
    }
  };
  encode();
  const bytes = out.length;
  return [
    { name: 'values of rows, encoded', times: rows.length, bytes, run: encode },
    {
      name: 'values of rows, decoded',
      times: rows.length,
      bytes,
      run() {
        const reader = new ByteReader(out.written());
        let from = 0;
        let letters = 0;
        for (let at = 0; at < ends.length; at++) {
          const value = types[at % types.length].decode(reader.bytes, from, ends[at]);
          if (typeof value === 'string') letters += value.length;
          from = ends[at];
        }
        if (letters !== rows.length * 50) throw new Error(`Other texts came back: ${letters} letters`);
      },
    },
  ];
}

function lz4(data: Uint8Array): Primitive[] {
  const chunks = Math.floor(data.length / CHUNK);
  const bound = lz4CompressBound(CHUNK);
  const packed = new Uint8Array(chunks * bound);
  const ends = new Int32Array(chunks);
  const compress = () => {
    for (let i = 0; i < chunks; i++) ends[i] = lz4Compress(data, i * CHUNK, (i + 1) * CHUNK, packed, i * bound);
  };
  compress();
  const target = new Uint8Array(CHUNK);
  return [
    { name: 'LZ4, 16 KiB chunks compressed', times: chunks, bytes: chunks * CHUNK, run: compress },
    {
      name: 'LZ4, 16 KiB chunks decompressed',
      times: chunks,
      bytes: chunks * CHUNK,
      run() {
        for (let i = 0; i < chunks; i++) lz4Decompress(packed, i * bound, ends[i], target, 0, CHUNK);
        const last = (chunks - 1) * CHUNK;
        if (target.some((byte, i) => byte !== data[last + i])) throw new Error('A chunk came back as another');
      },
    },
  ];
}

function hashes({ bytes, partitions }: SensorArena): Primitive[] {
  const expected = crc32(bytes);
  const expectedC = crc32c(bytes);
  const keys = partitions.map(({ key }) => key);
  const times = Math.ceil(1_000_000 / keys.length) * keys.length;
  const checksum = (name: string, of: (all: Uint8Array) => number, wanted: number): Primitive => ({
    name,
    times: 1,
    bytes: bytes.length,
    run() {
      if (of(bytes) !== wanted) throw new Error(`${name} is another one each time`);
    },
  });
  return [
    checksum('CRC-32', (all) => crc32(all), expected),
    checksum('CRC-32C', (all) => crc32c(all), expectedC),
    {
      name: 'Murmur3, tokens of keys',
      times,
      bytes: (times / keys.length) * keys.reduce((sum, key) => sum + key.length, 0),
      run() {
        for (let i = 0; i < times; i++) token(keys[i % keys.length]);
        const last = partitions[(times - 1) % keys.length];
        if (tokenWords[0] !== last.hi || tokenWords[1] !== last.lo) throw new Error('A key has another token');
      },
    },
  ];
}
