import { LazyPart } from '@cassette/bytes';
import type { RemoteDatabase } from '../page/remote-database.ts';
import type { HttpUploadOptions, UploadReport } from './upload-export.ts';
import type { StoreUploadOptions } from './upload-store.ts';
import type { SidecarUploadOptions } from './upload-to-sidecar.ts';

export type { SendOptions } from './send.ts';
export { UploadError } from './upload-error.ts';
export type { HttpUploadOptions, UploadOptions, UploadProgress, UploadReport, UploadState } from './upload-export.ts';
export type { StoreUploadOptions } from './upload-store.ts';
export type { SidecarUploadOptions } from './upload-to-sidecar.ts';

/** What all of these need. */
export const uploading = new LazyPart('uploads', () => import('./uploads.ts'));

/**
 * Exports a store into a file of the origin and uploads that, part by part. One that did not come to its end, because the network or the
 * page went, goes on with the same parts when it is called with the same address again; one to another address begins anew. Constant
 * memory where the store is persistent. Rejects with PartUnavailableError where the
 * code can't be loaded, and with what `export`, {@link uploadExport} and {@link uploadToSidecar} reject with.
 */
export async function upload(database: RemoteDatabase, url: string, options: StoreUploadOptions = {}): Promise<UploadReport> {
  return (await uploading.load()).upload(database, url, options);
}

/**
 * Uploads the zip of an export, part by part, with PUT to any HTTP server: each file as a request of its own with its SHA-256 as
 * `Content-Digest` (RFC 9530), and `manifest.json` last, so that where it is the rest is too. A part that is there already, as
 * its ETag or Repr-Digest tells, or the state of an upload before, is not sent again. Nothing is gathered in memory. Rejects with
 * UploadError, AbortedError, and CassetteError NOT_AN_EXPORT.
 */
export async function uploadExport(zip: Blob, url: string, options: HttpUploadOptions = {}): Promise<UploadReport> {
  return (await uploading.load()).uploadExport(zip, url, options);
}

/**
 * Uploads the SSTables of an export's zip to the node of a Cassandra Sidecar and has it import them:
 * `PUT /api/v1/uploads/{id}/keyspaces/{keyspace}/tables/{table}/components/{file}` for each component, with its XXHash32, and then
 * `PUT …/tables/{table}/import`, asked again until the node is done. The upload's id is the export's, so that what arrived is found again.
 * Keyspaces and tables have to be there. Rejects with UploadError, AbortedError, and CassetteError NOT_AN_EXPORT.
 */
export async function uploadToSidecar(zip: Blob, url: string, options: SidecarUploadOptions = {}): Promise<UploadReport> {
  return (await uploading.load()).uploadToSidecar(zip, url, options);
}
