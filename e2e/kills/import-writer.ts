import { openDatabase } from '@cassette/engine';
import { MemoryStorage } from '@cassette/storage';
import { type Call, type Found, recordsOf } from './operations.ts';
import { type Effect, SequentialWriter, type View } from './sequential-writer.ts';

/** The imports that are there, and how many operations were carried out. */
export interface Imports {
  count: number;
  readonly there: Set<number>;
}

/** Rows that an import brings to each of its two tables. */
const rowsOfImport = 400;
/** Imports that stay: older ones are deleted. */
const kept = 5;

/** Imports zips of two tables, each with two SSTables: all of it or nothing. */
export class ImportWriter extends SequentialWriter<Imports> {
  private step = 0;

  constructor() {
    super('imports', { count: 0, there: new Set() }, 2);
  }

  protected override resume({ count }: Imports): void {
    this.step = count;
  }

  protected operation(): { call: Call; effects: Effect<Imports>[] } {
    const step = this.step++;
    const id = Math.floor(step / 2);
    const does = (call: Call, effect: Effect<Imports['there']>) => ({
      call,
      effects: [
        (state: Imports) => {
          state.count++;
          effect(state.there);
        },
      ],
    });
    if (step % 2 === 0) return does({ kind: 'import', id }, (there) => void there.add(id));
    const queries = ['a', 'b'].map((table) => ({ query: `DELETE FROM imported.${table} WHERE id = ?`, params: [id - kept] }));
    return does({ kind: 'batch', queries, counter: false }, (there) => void there.delete(id - kept));
  }

  protected view({ there }: Imports): View {
    return new Map([...there].flatMap((id) => ['a', 'b'].map((table) => [`${table}/${id}`, whole])));
  }

  protected seen(found: Found): View {
    const sums = new Map<string, number[]>();
    for (const table of ['a', 'b']) {
      for (const { id, i, v } of recordsOf(found, `imported.${table}`)) {
        const key = `${table}/${id}`;
        const sum = sums.get(key) ?? [0, 0, 0];
        sums.set(key, sum);
        sum[0]++;
        sum[1] += i as number;
        if (v !== textOf(id as number, i as number)) sum[2]++;
      }
    }
    return new Map(Array.from(sums, ([key, sum]) => [key, sum.join()]));
  }
}

const whole = `${rowsOfImport},${(rowsOfImport * (rowsOfImport - 1)) / 2},0`;

function textOf(id: number, i: number): string {
  return `${id}/${i} `.padEnd(200, `${id * 31 + i * 17}`);
}

/** The zip of one import. */
export async function zipOfImport(id: number): Promise<Uint8Array> {
  const db = await openDatabase({
    storage: new MemoryStorage(),
    schema: `CREATE KEYSPACE imported WITH replication = {'class': 'SimpleStrategy', 'replication_factor': 1};
      CREATE TABLE imported.a (id int, i int, v text, PRIMARY KEY (id, i));
      CREATE TABLE imported.b (id int, i int, v text, PRIMARY KEY (id, i)) WITH compression = {'enabled': false};`,
    config: { compaction: { enabled: false } },
  });
  for (const half of [0, 1]) {
    for (const table of ['a', 'b']) {
      const rows = Array.from({ length: rowsOfImport / 2 }, (_, i) => [id, 2 * i + half, textOf(id, 2 * i + half)]);
      await db.executeMany(`INSERT INTO imported.${table} (id, i, v) VALUES (?, ?, ?)`, rows);
    }
    await db.flush();
  }
  const chunks: Uint8Array[] = [];
  await db.export({ compact: false }, { write: (chunk) => void chunks.push(chunk.slice()) });
  await db.close();
  return Buffer.concat(chunks);
}
