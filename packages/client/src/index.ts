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
  UnauthorizedError,
  Uuid,
} from '@cassette/cql';
export {
  applyPatch,
  type Change,
  type ChangeBound,
  type ChangeDeletion,
  type ChangedCell,
  type ChangedRow,
  type ChangesOptions,
  ClosedError,
  type ColumnSpec,
  type CompactionActivity,
  type CompactionConfig,
  type CompactionKind,
  type CompactionStats,
  type ConfirmOptions,
  type DroppedSSTable,
  type DropReport,
  Durability,
  EncodedValue,
  type EngineCounters,
  type EngineEvent,
  type EngineStats,
  type ExecuteOptions,
  type ExportedSSTable,
  type ExportFormat,
  type ExportIds,
  type ExportInfo,
  type ExportManifest,
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
export type { Encryption } from '@cassette/storage/encrypted';
export { AbortedError, NoOwnerError, OwnerLostError, ProtocolMismatchError, WorkerDiedError } from './errors/client-errors.ts';
export { type CopyStoreOptions, changePassphrase, copyStore, type WorkerOptions } from './page/encrypted-stores.ts';
export { type ExportToDirectoryOptions, exportToDirectory } from './page/export-to-directory.ts';
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
export {
  type HttpUploadOptions,
  type SidecarUploadOptions,
  type StoreUploadOptions,
  UploadError,
  type UploadProgress,
  type UploadReport,
  type UploadState,
  upload,
  uploadExport,
  uploadToSidecar,
} from './upload/index.ts';
export type { ColumnInfo, KeyspaceInfo, TableInfo, TypeInfo } from './wire/schema-info.ts';
export type { ScriptPart } from './wire/script-part.ts';
