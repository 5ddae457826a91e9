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
  applyPatch,
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
  ImportError,
  type ImportedTable,
  type ImportOptions,
  type ImportProgress,
  type ImportReport,
  type LongParts,
  type MaintenanceReport,
  MemtableFullError,
  type MissingSSTable,
  type PlacedRow,
  type RecoveryReport,
  type ResultInfo,
  ResultSet,
  Row,
  type RowPatch,
  type SSTableStats,
  type SubscribeOptions,
  type Subscription,
  type SubscriptionListener,
  type TableStats,
  type UpdatedRow,
  unset,
  type WalRecoveryReport,
  type WriteOptions,
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
export { AbortedError, NoOwnerError, OwnerLostError, ProtocolMismatchError, WorkerDiedError } from './errors/client-errors.ts';
export { type ExportToFileOptions, exportToFile } from './page/export-to-file.ts';
export type { ImportInput, ImportPart } from './page/import-source.ts';
export { type OpenOptions, open } from './page/open.ts';
export { RemoteDatabase } from './page/remote-database.ts';
export type { StorageFacts } from './page/storage-facts.ts';
export { destroy, list, rename } from './page/stores.ts';
export type { TabRole } from './tabs/connection.ts';
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
