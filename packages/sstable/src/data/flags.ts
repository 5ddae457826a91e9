// The flag bytes of Data.db. Cassandra: db.rows.UnfilteredSerializer and db.rows.Cell.Serializer.

/** First byte of everything in a partition after its header. */
export const UnfilteredFlag = {
  /** The byte stands alone: the partition ends. */
  END_OF_PARTITION: 0x01,
  /** A range tombstone marker; all other flags are then 0. */
  IS_MARKER: 0x02,
  /** Primary key liveness: INSERT was here. */
  HAS_TIMESTAMP: 0x04,
  /** The liveness expires. */
  HAS_TTL: 0x08,
  /** The row itself is deleted. */
  HAS_DELETION: 0x10,
  /** Every column of the header is there: no subset follows. */
  HAS_ALL_COLUMNS: 0x20,
  /** At least one complex column is deleted: then each complex column of the row writes a deletion. */
  HAS_COMPLEX_DELETION: 0x40,
  /** A byte of {@link ExtendedFlag} follows. */
  EXTENSION: 0x80,
} as const;

/** Second byte, of static rows and of rows with a shadowable deletion. */
export const ExtendedFlag = {
  IS_STATIC: 0x01,
  /** Old materialized views only: read as a plain deletion, never written. */
  HAS_SHADOWABLE_DELETION: 0x02,
} as const;

/** First byte of a cell. */
export const StoredCellFlag = {
  IS_DELETED: 0x01,
  IS_EXPIRING: 0x02,
  HAS_EMPTY_VALUE: 0x04,
  /** The timestamp is the row liveness's. */
  USE_ROW_TIMESTAMP: 0x08,
  /** TTL and expiration time are the row liveness's. */
  USE_ROW_TTL: 0x10,
} as const;
