export { AssertionError, CassetteError, CorruptionError } from '@cassette/bytes';
export {
  AlreadyExistsError,
  ConfigurationError,
  CqlError,
  CqlSyntaxError,
  Decimal,
  Duration,
  FunctionFailureError,
  InetAddress,
  InvalidRequestError,
  LocalDate,
  LocalTime,
  TimeUuid,
  Uuid,
} from '@cassette/cql';
export {
  ClosedError,
  type ColumnSpec,
  type CompactionActivity,
  type CompactionConfig,
  type CompactionKind,
  type CompactionStats,
  Durability,
  EncodedValue,
  type EngineCounters,
  type EngineEvent,
  type EngineStats,
  type ExecuteOptions,
  type ExportedSSTable,
  type ExportFormat,
  type ExportOptions,
  type ExportProgress,
  type ExportReport,
  exportFormats,
  type LongParts,
  type MaintenanceReport,
  MemtableFullError,
  type MissingSSTable,
  type RecoveryReport,
  type ResultInfo,
  ResultSet,
  Row,
  type SSTableStats,
  type TableStats,
  unset,
} from '@cassette/engine';
export {
  FileNotFoundError,
  type PersistenceAnswer,
  requestPersistence,
  StorageError,
  StorageFullError,
  StorageUnsupportedError,
  StoreLockedError,
} from '@cassette/storage/browser';
export { AbortedError, WorkerDiedError } from './errors/client-errors.ts';
export { type ExportToFileOptions, exportToFile } from './page/export-to-file.ts';
export { destroy, type OpenOptions, open } from './page/open.ts';
export { RemoteDatabase } from './page/remote-database.ts';
export {
  type ArgumentsOf,
  type BatchItem,
  type BoundStatement,
  bind,
  type NoRow,
  type Params,
  type ParamsOf,
  type ResultOf,
  type RowOf,
  type TypedResultSet,
  type TypedRow,
  type TypedStatement,
  type UuidText,
} from './typed/typed-statement.ts';
export type { ColumnInfo, KeyspaceInfo, TableInfo, TypeInfo } from './wire/schema-info.ts';
export type { ScriptPart } from './wire/script-part.ts';
