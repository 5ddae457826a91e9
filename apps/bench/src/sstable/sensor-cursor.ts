import { ByteWriter, compareInt64, token, tokenWords } from '@cassette/bytes';
import { type ColumnMetadata, type CqlType, defaultTableParams, nativeTypes, TableMetadata, Uuid } from '@cassette/cql';
import {
  DeletionTime,
  encodeClustering,
  NO_DELETION_TIME,
  RangeTombstoneMarker,
  Row,
  Unfiltered,
  type UnfilteredCursor,
} from '@cassette/sstable';
import type { SensorRow } from '../rows/sensor-row.ts';

const { text, timestamp, double, blob } = nativeTypes;

/** The table of sensor-table.ts, without an engine. */
export const sensorMetadata = new TableMetadata({
  keyspace: 'bench',
  name: 'readings',
  id: new Uuid(new Uint8Array(16)),
  columns: (
    [
      ['sensor_id', 'partition_key', text],
      ['ts', 'clustering', timestamp],
      ['value', 'regular', double],
      ['note', 'regular', text],
      ['payload', 'regular', blob],
    ] as const
  ).map(([name, kind, type], id): ColumnMetadata => ({ name, kind, type, position: 0, descending: false, id })),
  params: defaultTableParams,
  nextColumnId: 5,
});

/** Goes on with a sum over the values of rows (every eighth byte, and that there are cells): equal rows in equal order give equal sums. */
export function sumOfValues(row: Row, before: number): number {
  let sum = before;
  for (let i = 0; i < row.cellCount; i++) {
    const bytes = row.cellValueBytes[i];
    const to = row.cellValueTo[i];
    for (let at = row.cellValueFrom[i]; at < to; at += 8) sum = (Math.imul(sum, 31) + bytes[at] + i) | 0;
  }
  return sum;
}

/** Rows as bytes in one piece, in the order of files, to be written any number of times. */
export class SensorArena {
  /** Microseconds of the first write; each row's is its number more. */
  static readonly firstTimestamp = 1_750_000_000_000_000n;
  readonly rows: number;
  readonly partitions: readonly { readonly key: Uint8Array; readonly hi: number; readonly lo: number; readonly end: number }[];
  readonly bytes: Uint8Array;
  /** Where of each row its clustering and its cells begin; one more for the end. */
  readonly places: Int32Array;

  constructor(rows: readonly SensorRow[]) {
    this.rows = rows.length;
    const bySensor = new Map<string, SensorRow[]>();
    for (const row of rows) {
      const of = bySensor.get(row.sensorId);
      if (of === undefined) bySensor.set(row.sensorId, [row]);
      else of.push(row);
    }
    const sorted = [...bySensor].map(([id, of]) => {
      const key = new TextEncoder().encode(id);
      token(key);
      return { key, hi: tokenWords[0], lo: tokenWords[1], of: of.sort((a, b) => a.ts - b.ts) };
    });
    sorted.sort((a, b) => compareInt64(a.hi, a.lo, b.hi, b.lo));
    const out = new ByteWriter(rows.length * 160);
    const places = new Int32Array(rows.length * 4 + 1);
    let place = 0;
    let end = 0;
    this.partitions = sorted.map(({ key, hi, lo, of }) => {
      for (const row of of) {
        places[place++] = out.length;
        encodeClustering(out, sensorMetadata.clustering, [encoded(timestamp, new Date(row.ts))]);
        const values: Record<string, unknown> = { note: row.note, payload: row.payload, value: row.value };
        for (const { name, type } of sensorMetadata.regularColumns) {
          places[place++] = out.length;
          type.encode(values[name], out);
        }
      }
      end += of.length;
      return { key, hi, lo, end };
    });
    places[place] = out.length;
    this.places = places;
    this.bytes = out.written().slice();
  }
}

/** Gives an arena's rows as any source of an SSTable gives its own: one row object, filled again and again. */
export class SensorCursor implements UnfilteredCursor {
  readonly row = new Row();
  readonly marker = new RangeTombstoneMarker();
  readonly partitionDeletion = new DeletionTime();
  readonly staticRow = null;
  keyBytes = new Uint8Array(0);
  readonly keyFrom = 0;
  keyTo = 0;
  tokenHi = 0;
  tokenLo = 0;
  private readonly arena: SensorArena;
  private partition = -1;
  private at = 0;
  private end = 0;

  constructor(arena: SensorArena) {
    this.arena = arena;
  }

  nextPartition(): boolean {
    const partition = this.arena.partitions[++this.partition];
    if (partition === undefined) return false;
    this.at = this.end;
    this.end = partition.end;
    this.keyBytes = partition.key as Uint8Array<ArrayBuffer>;
    this.keyTo = partition.key.length;
    this.tokenHi = partition.hi;
    this.tokenLo = partition.lo;
    return true;
  }

  next(): Unfiltered {
    if (this.at === this.end) return Unfiltered.END;
    const { row } = this;
    const { bytes, places } = this.arena;
    const number = this.at++;
    let place = number * 4;
    row.clear();
    row.setClustering(bytes, places[place], places[++place]);
    // Timestamps in a run of 2^32 microseconds: the upper word is the same for all.
    const lo = (firstLo + number) | 0;
    row.setLiveness(firstHi, lo);
    for (let column = 0; column < 3; column++) {
      row.addCell(column, 0, firstHi, lo, NO_DELETION_TIME, 0);
      row.setValue(column, bytes, places[place], places[++place]);
    }
    return Unfiltered.ROW;
  }

  close(): void {
    this.partition = this.arena.partitions.length;
  }
}

const firstHi = Number(SensorArena.firstTimestamp >> 32n);
const firstLo = Number(BigInt.asIntN(32, SensorArena.firstTimestamp));

function encoded(type: CqlType, value: unknown): Uint8Array {
  const out = new ByteWriter(16);
  type.encode(value, out);
  return out.toBytes();
}
