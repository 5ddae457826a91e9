export type * from './export-options.ts';
export { exportFormats } from './export-options.ts';
export type { ExportContent, ExportTarget } from './export-store.ts';
export type { ExportManifest, ManifestFile, ManifestSSTable, ManifestTable } from './kit/index.ts';
export { runExport } from './run-export.ts';
export { type ExportStream, intoStream, isExportStream } from './stream-sink.ts';
export { type WrittenExport, type WrittenFile, type WrittenSSTable, type WrittenTable, writtenExport } from './written-export.ts';
export { type ExportSink, ZipStream } from './zip-stream.ts';
export { ZipTarget } from './zip-target.ts';
