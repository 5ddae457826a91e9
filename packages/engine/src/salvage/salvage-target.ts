import { ByteWriter, CassetteError, CorruptionError } from '@cassette/bytes';
import { InvalidRequestError, type TableMetadata } from '@cassette/cql';
import type { ClusteringBound, DeletionTime, Row } from '@cassette/sstable';
import { Durability } from '../config/index.ts';
import { MutationBuilder } from '../mutation/index.ts';
import type { WriteEngine } from '../write-engine/index.ts';

/** Bytes of mutations that are written at a time, and of one mutation of a larger partition. */
const CHUNK_BYTES = 256 << 10;

/**
 * Takes what is salvaged into a store. Nothing of it is durable before `finish` has resolved: what it comes from stays where it is, and
 * salvaging again gives the same.
 */
export class SalvageTarget {
  readonly engine: WriteEngine;
  private readonly out = new ByteWriter(CHUNK_BYTES);
  private readonly ends: number[] = [];
  private readonly builder = new MutationBuilder();
  private readonly key = new ByteWriter(64);
  private table: TableMetadata | null = null;
  /** Mutations that the store refused, for they can't be. */
  refused = 0;

  constructor(engine: WriteEngine) {
    this.engine = engine;
  }

  /** Whether `write` should be called before more is added. */
  get isFull(): boolean {
    return this.out.length >= CHUNK_BYTES || (this.table !== null && this.builder.size >= CHUNK_BYTES);
  }

  /** Adds an encoded mutation. */
  addMutation(bytes: Uint8Array, from: number, to: number): void {
    this.out.bytesOf(bytes, from, to);
    this.ends.push(this.out.length);
  }

  /** What is added from now on is of that partition. */
  beginPartition(table: TableMetadata, key: Uint8Array, from: number, to: number): void {
    this.endPartition();
    this.table = table;
    this.key.clear();
    this.key.bytesOf(key, from, to);
    this.builder.begin(table, key, from, to);
  }

  deletePartition({ hi, lo, localDeletionTime }: DeletionTime): void {
    this.builder.partitionDeletion(hi, lo, localDeletionTime);
  }

  addRow(row: Row): void {
    this.builder.addRow(row);
  }

  deleteRange(start: ClusteringBound, end: ClusteringBound, deletion: DeletionTime): void {
    this.builder.addRangeTombstone({ start, end }, deletion);
  }

  endPartition(): void {
    if (this.table !== null) this.finishMutation();
    this.table = null;
  }

  /** Writes what was added so far; a partition goes on. Throws StorageError and others of the store it goes to. */
  async write(): Promise<void> {
    const { table, builder, out, ends, key } = this;
    if (table !== null) {
      this.finishMutation();
      builder.begin(table, key.buffer, 0, key.length);
    }
    if (out.length === 0) return;
    const bytes = out.toBytes();
    const all = [0, ...ends];
    out.clear();
    ends.length = 0;
    if (await this.apply(bytes)) return;
    // One of them can't be: the others can.
    for (let i = 1; i < all.length; i++) {
      if (!(await this.apply(bytes.subarray(all[i - 1], all[i])))) this.refused++;
    }
  }

  /** Writes the rest and makes all of it durable. */
  async finish(): Promise<void> {
    this.endPartition();
    await this.write();
    await this.engine.flush();
  }

  private finishMutation(): void {
    if (this.builder.isEmpty) return;
    this.builder.finish(this.out);
    this.ends.push(this.out.length);
  }

  private async apply(mutations: Uint8Array): Promise<boolean> {
    try {
      await this.engine.apply(mutations, Durability.Disabled);
      return true;
    } catch (error) {
      if (error instanceof InvalidRequestError || error instanceof CorruptionError) return false;
      throw error instanceof CassetteError ? error : new CassetteError('SALVAGE_FAILED', String(error), {}, error);
    }
  }
}
