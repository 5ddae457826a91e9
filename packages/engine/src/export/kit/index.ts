export { KitWriter, type ManifestHead } from './kit-writer.ts';
export type { ExportManifest, ManifestFile, ManifestSSTable, ManifestTable } from './manifest.ts';
