import { type Database, type ExportReport, openDatabase } from '@cassette/engine';
import { MemoryStorage } from '@cassette/storage/browser';
import type { TabModel, TabMoment } from './tab-model.ts';

/** Files formats, each in turn. */
const formats = ['nb', 'oa', 'da'] as const;

/** An export that a tab has got whole, and when it was asked for and was there. */
export interface TakenExport {
  readonly id: string;
  readonly zip: Uint8Array;
  /** The one that it goes on from; null where it is whole. */
  readonly since: TakenExport | null;
  readonly from: TabMoment;
  readonly to: TabMoment;
}

/** What was imported: rows, by `source/n`, and the zip that has them. */
export interface ImportZip {
  readonly rows: ReadonlyMap<string, number>;
  readonly zip: Uint8Array;
}

/** The rows of a store of the simulation. */
export interface StoreRows {
  readonly own: ReadonlyMap<string, number>;
  readonly shared: ReadonlyMap<string, number>;
  readonly brought: ReadonlyMap<string, number>;
  readonly counted: number;
}

/** What a store shows. `query` asks it. */
export async function readRows(
  query: (cql: string) => Promise<readonly Readonly<Record<string, unknown>>[]>,
): Promise<StoreRows> {
  const rowsOf = async (table: string, first: string, second: string) =>
    new Map((await query(`SELECT * FROM cassette.${table}`)).map((row) => [`${row[first]}/${row[second]}`, Number(row['v'])]));
  const own = await rowsOf('own', 'tab', 'n');
  const shared = await rowsOf('shared', 'k', 'c');
  const brought = await rowsOf('brought', 'source', 'n');
  const [counted] = await query('SELECT n FROM cassette.counts WHERE id = 1');
  return { own, shared, brought, counted: Number(counted?.['n'] ?? 0) };
}

/** A zip into memory. */
export function collected(): { readonly sink: WritableStream<Uint8Array>; zip(): Uint8Array } {
  const chunks: Uint8Array[] = [];
  const sink = new WritableStream<Uint8Array>({ write: (chunk) => void chunks.push(chunk.slice()) });
  return {
    sink,
    zip: () => {
      const zip = new Uint8Array(chunks.reduce((sum, { length }) => sum + length, 0));
      let at = 0;
      for (const chunk of chunks) {
        zip.set(chunk, at);
        at += chunk.length;
      }
      return zip;
    },
  };
}

/** Imports of the table `brought`, made by stores of their own. `schema`: of all of these. */
export async function importZips(count: number, schema: string): Promise<ImportZip[]> {
  const zips: ImportZip[] = [];
  for (let source = 0; source < count; source++) {
    const donor = await openDatabase({ storage: new MemoryStorage(), schema, keyspace: 'cassette' });
    const rows = new Map<string, number>();
    for (let n = 0; n < 4 + 5 * source; n++) {
      rows.set(`${source}/${n}`, n);
      await donor.execute('INSERT INTO brought (source, n, v) VALUES (?, ?, ?)', [source, n, n]);
      if (n % 7 === 3) await donor.flush();
    }
    zips.push({ rows, zip: await zipOf(donor, formats[source % formats.length]) });
    await donor.close();
  }
  return zips;
}

async function zipOf(database: Database, format: (typeof formats)[number]): Promise<Uint8Array> {
  const { sink, zip } = collected();
  await database.export({ format, tables: ['cassette.brought'] }, sink);
  return zip();
}

/** Exports that tabs have got, of which later ones may go on from earlier ones, whoever took these. */
export class TabExports {
  readonly taken: TakenExport[] = [];
  private readonly model: TabModel;

  constructor(model: TabModel) {
    this.model = model;
  }

  /** Keeps one; only one that the store remembers can be gone on from. */
  take({ id, remembered }: ExportReport, taken: Omit<TakenExport, 'id'>): void {
    if (!remembered) throw new Error(`export ${id} is not remembered`);
    this.taken.push({ ...taken, id });
  }

  /** What a new store shows that imports an export and all that it goes on from. */
  async loaded(taken: TakenExport): Promise<StoreRows> {
    // At the tabs' time: by the platform's their deletions are older than gc_grace_seconds, and a compaction between two imports may purge what
    // covers rows of the next one, as it did in the lives of 110,733 and 110,918.
    const clock = { nowMicros: () => 1_700_000_000_000_000 };
    const database = await openDatabase({ storage: new MemoryStorage(), clock });
    for (let one: TakenExport | null = taken; one !== null; one = one.since) {
      await database.import(new Blob([one.zip as Uint8Array<ArrayBuffer>]));
    }
    const rows = await readRows(async (cql) => [...(await database.execute(cql)).rows]);
    await database.close();
    return rows;
  }

  /** What is wrong with what the exports hold. */
  async complaints(): Promise<string[]> {
    const { model } = this;
    const wrong: string[] = [];
    for (const one of this.taken) {
      const { own, shared, brought, counted } = await this.loaded(one);
      const window = { from: one.from, to: one.to };
      wrong.push(
        ...[
          ...model.complaints('own', own, window),
          ...model.complaints('shared', shared, window),
          ...model.complaints('brought', brought, window),
          ...model.complaintsOfCount(counted, window),
        ].map((text) => `export ${one.id}: ${text}`),
      );
    }
    return wrong;
  }
}
