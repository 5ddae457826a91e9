import type { Component, Piece } from '@cassette/sstable';

/** Which bytes of a component: the file's own, or of a compressed Data.db what its chunks hold. */
export type Space = 'file' | 'uncompressed';

/** One SSTable that can be looked at. */
export interface InspectedSSTable {
  /** Names it to the inspector. */
  readonly id: string;
  /** As its files are called: `nb-1-big`. */
  readonly name: string;
  /** Keyspace and table as far as folder names tell, else empty. */
  readonly keyspace: string;
  readonly table: string;
  /** The table's id in hexadecimal digits, where the files are a store's, whose names have it instead; else empty. */
  readonly tableId: string;
  /** nb, oa, da, … */
  readonly version: string;
  readonly components: readonly InspectedComponent[];
}

/** One of its files. */
export interface InspectedComponent {
  readonly component: Component;
  readonly fileName: string;
  readonly size: number;
  /** Bytes of what is in the chunks, of a compressed Data.db; else 0. */
  readonly uncompressedSize: number;
}

/** What Statistics.db and the sizes of things tell of an SSTable; in the words of sstablemetadata. */
export interface SSTableFacts {
  readonly rows: number;
  readonly partitions: number;
  readonly groups: readonly {
    readonly title: string;
    readonly facts: readonly { readonly name: string; readonly value: string }[];
  }[];
  /** The table as CREATE TABLE, as far as the header tells it. */
  readonly schema: string;
  /** Histograms as Statistics.db has them: upper bound of each bucket and how many are in it. */
  readonly partitionSizes: readonly (readonly [bound: number, count: number])[];
  readonly cellsPerPartition: readonly (readonly [bound: number, count: number])[];
  readonly tombstoneTimes: readonly (readonly [seconds: number, count: number])[];
}

/** A partition of an SSTable, in its order. */
export interface InspectedPartition {
  /** How many come before it. */
  readonly index: number;
  readonly key: string;
  /** -2^63 to 2^63 - 1, as text. */
  readonly token: string;
  /** Where it begins in the uncompressed data, and its bytes. */
  readonly position: number;
  readonly size: number;
  /** Deletion of the partition, as text; empty where there is none. */
  readonly deletion: string;
}

/** A row or a range tombstone marker of a partition. */
export interface InspectedRow {
  readonly kind: 'static' | 'row' | 'bound' | 'boundary';
  readonly clustering: string;
  readonly from: number;
  readonly to: number;
  /** Liveness and deletion, as text. */
  readonly info: string;
  readonly cells: readonly {
    readonly column: string;
    readonly value: string;
    readonly timestamp: string;
    readonly ttl: string;
    readonly isTombstone: boolean;
  }[];
}

/** A node of the tree of keys of Partitions.db or of a partition's row index, for drawing. */
export interface TrieNode {
  readonly position: number;
  readonly type: string;
  readonly payload: string;
  readonly children: readonly { readonly byte: number; readonly position: number }[];
}

/** A filter's bits, gathered into cells for drawing: of each the share of bits that are set. */
export interface FilterPicture {
  readonly hashCount: number;
  readonly bits: number;
  readonly setBits: number;
  /** Shares 0 to 1. */
  readonly cells: Float32Array;
  /** The chance that a key that is not there passes. */
  readonly falsePositives: number;
}

/** What `verify` says, as it goes. */
export interface VerifyFinding {
  readonly severity: 'error' | 'warning' | 'fine';
  readonly text: string;
}

/**
 * Looks into SSTables, in a worker of its own, so that files of gigabytes never hold the page. Files are read in place and only where they are
 * looked at; nothing leaves the machine. Every method rejects with a CassetteError that says file and offset where something can't be read.
 */
export interface Inspector {
  /** Files that somebody dropped or chose: single components, folders, zips of exports. What is no SSTable is told. */
  addFiles(
    files: readonly { readonly path: string; readonly file: File }[],
  ): Promise<{ added: InspectedSSTable[]; ignored: string[] }>;
  /** The SSTables of a store of this origin that lie in its private file system, plain ones; read beside the engine that holds them. */
  addStore(store: string): Promise<InspectedSSTable[]>;
  /** Forgets one. */
  remove(id: string): Promise<void>;
  /** `keyspace`, `table`: what the table is called where the files do not tell. */
  facts(id: string, keyspace?: string, table?: string): Promise<SSTableFacts>;
  /** Partitions from the `first`th, `max` at most. */
  partitions(id: string, first: number, max: number): Promise<InspectedPartition[]>;
  /** The first partition with a token at or after one given, or with a key that is written as in CQL. */
  find(id: string, what: { readonly token: string } | { readonly key: string }): Promise<InspectedPartition | null>;
  /** Rows and markers of a partition, from the `first`th. */
  rows(id: string, partition: number, first: number, max: number): Promise<InspectedRow[]>;
  /** The whole of a component. */
  root(id: string, component: Component, space: Space): Promise<Piece>;
  /** Parts of a piece; see Anatomy. */
  parts(id: string, component: Component, space: Space, piece: Piece, first: number, max: number): Promise<readonly Piece[]>;
  /** The pieces that a byte is in, from the root to the leaf. */
  pathTo(
    id: string,
    component: Component,
    space: Space,
    offset: number,
  ): Promise<readonly { readonly piece: Piece; readonly index: number }[]>;
  /** The leaves that lie in a range, wholly or in part, in their order, `max` at most: for the colours of the hex view. */
  leaves(id: string, component: Component, space: Space, from: number, to: number, max: number): Promise<readonly Piece[]>;
  /** Bytes, for the hex view; at most 64 KiB at once. */
  bytes(id: string, component: Component, space: Space, from: number, to: number): Promise<Uint8Array>;
  /** A filter as a picture of so many cells. */
  filter(id: string, cells: number): Promise<FilterPicture>;
  /** Nodes of a trie below a node, breadth first; without a position from its root. `partition`: of that one's row index, else of Partitions.db. */
  trie(id: string, where: { readonly partition?: number; readonly position?: number }, max: number): Promise<TrieNode[]>;
  /** Checks everything; tells findings as they come. Resolves with whether all is well. Rejects when `cancel` was called. */
  verify(id: string, told: (finding: VerifyFinding, share: number) => void): Promise<boolean>;
  /** Ends what is going on. */
  cancel(): Promise<void>;
}
