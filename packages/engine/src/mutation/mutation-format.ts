// A mutation: one partition's update of one table, as the WAL and the memtable take it. Several stand one after the other in
// one WAL record, which is there whole or not at all. Big-endian; uv is Cassandra's unsigned vint.
//
//   length        u32      bytes that follow this field
//   version       u8       MUTATION_VERSION
//   flags         u8       MutationFlag bits
//   tableId       16
//   token         i64      Murmur3 of the key, so that nobody hashes twice
//   key           uv, …
//   deletion      i64, u32 of the partition, if PARTITION_DELETION
//   columns       uv n, n × uv     if COLUMNS: ids of columns that the statement named, whether or not it left a cell in them
//   ranges        uv n, n ×        if RANGES: resolved, in order, not overlapping
//     start       u8 kind, uv size, uv length, …
//     end         u8 kind, uv size, uv length, …
//     deletion    i64, u32
//   static row    uv length, body  if STATIC_ROW; row-codec.ts has the body
//   rows          uv n, n ×        if ROWS: in clustering order, each clustering once
//     clustering  uv length, …
//     body        uv length, …

/** Version of the encoding; bytes of another one are refused. */
export const MUTATION_VERSION = 1;

/** Bits of the flags byte. */
export const MutationFlag = { PARTITION_DELETION: 1, COLUMNS: 2, RANGES: 4, STATIC_ROW: 8, ROWS: 16 } as const;

/** All bits that there are. */
export const ALL_MUTATION_FLAGS = 31;

/** Bytes before the key: length, version, flags, table id, token. */
export const MUTATION_HEADER_SIZE = 4 + 1 + 1 + 16 + 8;
