import { ByteWriter, toHex } from '@cassette/bytes';
import type { TableMetadata } from '@cassette/cql';
import { MutationBuilder } from '../mutation/index.ts';

/**
 * Gathers the updates of one or many statements as encoded mutations, one behind the other. `combined`: updates of one
 * partition become one mutation wherever they come from (a batch); otherwise only neighbours do, which costs nothing.
 * Cassandra: BatchUpdatesCollector.
 */
export class MutationCollector {
  /** Finished mutations. */
  readonly out = new ByteWriter(1024);
  /** How many they are. */
  count = 0;
  /** Partitions of a combined collection, by keyspace and key: what Cassandra makes one mutation each. */
  readonly partitions = new Set<string>();
  private combined = false;
  private readonly spare: MutationBuilder[] = [];
  /** Of a combined collection, by table and key. */
  private readonly open = new Map<string, MutationBuilder>();
  /** The only one of others. */
  private readonly single = new MutationBuilder();
  private current: MutationBuilder | null = null;
  private table: TableMetadata | null = null;
  private readonly key = new ByteWriter(64);

  /** About how many bytes `finish` would give now: finished mutations, and the update that is open (not for combined ones). */
  get size(): number {
    return this.out.length + (this.current?.size ?? 0);
  }

  /** Begins anew. */
  begin(combined: boolean): void {
    this.out.clear();
    this.count = 0;
    this.combined = combined;
    this.current = null;
    this.table = null;
    if (this.open.size === 0) return;
    for (const builder of this.open.values()) this.spare.push(builder);
    this.open.clear();
    this.partitions.clear();
  }

  /** The builder of the partition with that key. */
  builder(table: TableMetadata, key: Uint8Array, from: number, to: number): MutationBuilder {
    if (this.current !== null && this.table === table && this.isCurrent(key, from, to)) return this.current;
    const builder = this.combined ? this.combinedBuilder(table, key, from, to) : this.nextBuilder(table, key, from, to);
    this.current = builder;
    this.table = table;
    this.key.clear();
    this.key.bytesOf(key, from, to);
    return builder;
  }

  private nextBuilder(table: TableMetadata, key: Uint8Array, from: number, to: number): MutationBuilder {
    this.finishCurrent();
    this.single.begin(table, key, from, to);
    return this.single;
  }

  private combinedBuilder(table: TableMetadata, key: Uint8Array, from: number, to: number): MutationBuilder {
    const hex = toHex(key, from, to);
    const name = `${table.id} ${hex}`;
    this.partitions.add(`${table.keyspace} ${hex}`);
    const known = this.open.get(name);
    if (known !== undefined) return known;
    const builder = this.spare.pop() ?? new MutationBuilder();
    builder.begin(table, key, from, to);
    this.open.set(name, builder);
    return builder;
  }

  private isCurrent(key: Uint8Array, from: number, to: number): boolean {
    if (to - from !== this.key.length) return false;
    for (let i = 0; i < this.key.length; i++) if (this.key.buffer[i] !== key[from + i]) return false;
    return true;
  }

  private finishCurrent(): void {
    if (this.current === null || this.current.isEmpty) return;
    this.current.finish(this.out);
    this.count++;
    this.current = null;
  }

  /** Ends all updates and returns the mutations, as a view that is valid until `begin`. */
  finish(): Uint8Array {
    if (this.combined) {
      for (const builder of this.open.values()) {
        if (builder.isEmpty) continue;
        builder.finish(this.out);
        this.count++;
      }
    } else {
      this.finishCurrent();
    }
    this.current = null;
    this.table = null;
    return this.out.written();
  }
}
