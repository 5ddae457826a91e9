/** The components of an SSTable, by the end of their file names. Cassandra: SSTableFormat.Components. */
export const Component = {
  DATA: 'Data.db',
  /** Of the BIG format. */
  INDEX: 'Index.db',
  /** Of the BIG format. */
  SUMMARY: 'Summary.db',
  /** Of the BTI format. */
  PARTITIONS: 'Partitions.db',
  /** Of the BTI format; may be empty. */
  ROWS: 'Rows.db',
  /** Only of tables whose bloom filter has a false positive chance below 1. */
  FILTER: 'Filter.db',
  STATISTICS: 'Statistics.db',
  /** Only of compressed tables. */
  COMPRESSION_INFO: 'CompressionInfo.db',
  /** Only of uncompressed tables. */
  CRC: 'CRC.db',
  DIGEST: 'Digest.crc32',
  TOC: 'TOC.txt',
} as const;

/** One of {@link Component}. */
export type Component = (typeof Component)[keyof typeof Component];

// Letters, digits and what indexes put between them; no separator of directories, no "-", no leading dot.
const NAME = /^[A-Za-z0-9_+][A-Za-z0-9_+.]{0,199}$/;

/**
 * Whether a component may be called so: one of ours, or a custom one (indexes have some) whose name is harmless as part
 * of a file name.
 */
export function isComponentName(name: string): boolean {
  return NAME.test(name) && !name.includes('..') && !name.endsWith('.tmp');
}
