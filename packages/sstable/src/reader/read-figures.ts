/** Why nothing that a command asks for is in an SSTable, told without reading it. */
export type Exclusion =
  /** The key or range of tokens lies outside the first and the last key. */
  | 'key range'
  /** Filter.db says that the key is not there. */
  | 'bloom filter'
  /** No slice meets the clusterings that Statistics.db says all rows and range tombstones lie in. */
  | 'clusterings';

/** What is counted of reading an SSTable: places in the sums that `SSTableReader.addFigures` adds to. Sizes in bytes. */
export const ReadFigure = {
  /** Of Data.db as stored, and calls of `read` for them. */
  DATA_BYTES: 0,
  DATA_READS: 1,
  /** Of Index.db, or of Partitions.db and Rows.db. */
  INDEX_BYTES: 2,
  /** Entries of Index.db that look-ups compared, or nodes of tries that were gone to. */
  INDEX_STEPS: 3,
  /** Partitions whose row index was used. */
  ROW_INDEXES: 4,
  /** Look-ups that the bloom filter ended. */
  FILTERED: 5,
  /** Look-ups that it let pass, and the key was there. */
  TRUE_POSITIVES: 6,
  /** Look-ups that it let pass (or that there was no filter for), and the key was not there. */
  FALSE_POSITIVES: 7,
  /** Chunks of Data.db that were read, checked and decompressed, and the bytes that came of them. */
  CHUNKS: 8,
  CHUNK_BYTES: 9,
  /** How many figures there are. */
  COUNT: 10,
} as const;
