import { type Component, Component as Components, decodeStatistics, supportedVersions } from '@cassette/sstable';
import { MemoryStorage, type Storage } from '@cassette/storage';
import { Session } from '../../../../../e2e/cassandra/differential/cassette-engine.ts';
import type { SessionAnswer, SessionStep } from '../../../../../e2e/cassandra/session.ts';
import { CatalogTransaction, tableKey } from '../../catalog/index.ts';
import type { Clock } from '../../clock/index.ts';
import type { WriteEngineConfig } from '../../config/index.ts';
import { type Database, openDatabase } from '../../database/index.ts';
import type { ExportFormat } from '../../export/index.ts';
import { sstableFileName } from '../../sstables/index.ts';

/** A clock that stands at a second, but for a microsecond each time it is asked. */
class TickingClock implements Clock {
  seconds = 1_700_000_000;
  private ticks = 0;

  nowMicros(): number {
    return this.seconds * 1_000_000 + (this.ticks++ % 1_000_000);
  }
}

/** A store that lives through statements, flushes, compactions and restarts. */
export class Life {
  readonly clock = new TickingClock();
  private readonly config: Partial<WriteEngineConfig>;
  private storage: Storage = new MemoryStorage();
  private opened: Database | null = null;
  private session: Session | null = null;
  private seed = 1;

  private constructor(config: Partial<WriteEngineConfig>) {
    this.config = config;
  }

  static async begin(config: Partial<WriteEngineConfig> = {}): Promise<Life> {
    const life = new Life(config);
    await life.open();
    return life;
  }

  get database(): Database {
    if (this.opened === null) throw new Error('the store is closed');
    return this.opened;
  }

  private async open(): Promise<void> {
    this.opened = await openDatabase({
      storage: this.storage,
      clock: this.clock,
      config: this.config,
      random: () => {
        this.seed = (Math.imul(this.seed, 1664525) + 1013904223) >>> 0;
        return this.seed / 0x100000000;
      },
    });
    if (this.session === null) this.session = new Session(this.opened, this.clock);
    else this.session.database = this.opened;
  }

  /** Executes a step; those that flush and compact are for others to decide, and do nothing. */
  async step(step: SessionStep): Promise<SessionAnswer> {
    if ('flush' in step || 'compact' in step) return {};
    return (this.session as Session).step(step);
  }

  /** Closes the store and opens it again. */
  async restart(keyspace: string): Promise<void> {
    await this.database.close();
    await this.open();
    // What USE said is the session's and not the store's.
    if (this.database.schema.keyspace(keyspace) !== undefined) await this.database.execute(`USE ${keyspace}`);
  }

  /** Goes on in a new store that has the schema, and as SSTables those of an export of all there is. */
  async moveIntoExport(format: ExportFormat, compact: boolean, keyspace: string): Promise<void> {
    const files = new Map<string, Uint8Array>();
    await this.database.exportTo(
      { format, compact },
      {
        add: async (name, _size, content) => {
          files.set(name, Buffer.concat(Array.from(content, (chunk) => chunk.slice())));
        },
        finish: async () => 0,
      },
    );
    const { schema } = this.database;
    await this.database.close();
    this.storage = new MemoryStorage();
    await this.storage.acquire();
    const changes = new CatalogTransaction().putStore({ lowestWalSegment: 1, hasWal: false, clock: 0 }).putSchema(schema);
    for (const [name, statistics] of files) {
      const [, owner, tableName, version, generation, form] =
        /^([^/]+)\/([^/]+)\/(\w\w)-(\d+)-(\w+)-Statistics\.db$/.exec(name) ?? [];
      const table = schema.table(owner, tableName);
      if (table === undefined) continue;
      const { stats } = decodeStatistics(statistics, Components.STATISTICS, supportedVersions.get(version)!);
      const components: Record<string, number> = {};
      for (const [path, bytes] of files) {
        const prefix = `${owner}/${tableName}/${version}-${generation}-${form}-`;
        if (!path.startsWith(prefix)) continue;
        const component = path.slice(prefix.length) as Component;
        components[component] = bytes.length;
        const descriptor = { version: supportedVersions.get(version)!, id: generation };
        const file = await this.storage.open(sstableFileName(tableKey(table), descriptor, component), { create: true });
        file.write(bytes, 0);
        file.flush();
        file.close();
      }
      changes.putSSTable({
        tableId: tableKey(table),
        generation: Number(generation),
        version,
        level: 0,
        bytes: Object.values(components).reduce((sum, size) => sum + size, 0),
        partitions: stats.partitionSizes.count,
        components,
        checksums: {},
        minTimestamp: stats.minTimestamp,
        maxTimestamp: stats.maxTimestamp,
      });
    }
    await this.storage.sync();
    await this.storage.catalog.commit(changes.changes);
    await this.storage.close();
    await this.open();
    if (this.database.schema.keyspace(keyspace) !== undefined) await this.database.execute(`USE ${keyspace}`);
  }

  /** Goes on in a new store that imported an export of all there is. */
  async moveByImport(format: ExportFormat, compact: boolean, keyspace: string): Promise<void> {
    const chunks: Uint8Array<ArrayBuffer>[] = [];
    await this.database.export({ format, compact }, { write: (chunk) => void chunks.push(chunk.slice()) });
    await this.database.close();
    this.storage = new MemoryStorage();
    await this.open();
    await this.database.import(new Blob(chunks));
    if (this.database.schema.keyspace(keyspace) !== undefined) await this.database.execute(`USE ${keyspace}`);
  }

  async end(): Promise<void> {
    await this.database.close();
  }
}
