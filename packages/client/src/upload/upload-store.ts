import type { ExportOptions, ExportProgress } from '@cassette/engine';
import { makeUploadFile } from '../page/downloads.ts';
import type { RemoteDatabase } from '../page/remote-database.ts';
import { type HttpUploadOptions, type UploadReport, type UploadState, uploadExport } from './upload-export.ts';
import { type SidecarUploadOptions, uploadToSidecar } from './upload-to-sidecar.ts';

/** What is uploaded of a store, and how. */
export interface StoreUploadOptions extends Omit<HttpUploadOptions & SidecarUploadOptions, 'resume' | 'onState'> {
  /** What to export; an upload that goes on has the export that it began with. */
  readonly export?: ExportOptions;
  /** Whether the address is that of a Cassandra Sidecar. Default false: any HTTP server. */
  readonly sidecar?: boolean;
  /** Told while the export is made, before anything is sent. */
  readonly onExportProgress?: (progress: ExportProgress) => void;
}

/** What is kept beside the zip of an upload that is not done. */
interface Unfinished {
  readonly url: string;
  readonly sidecar: boolean;
  readonly state: UploadState;
}

/**
 * Exports a store into a file of the origin and uploads that, part by part. One that did not come to its end, because the network or the
 * page went, goes on with the same parts when it is called with the same address again; one to another address begins anew. Constant
 * memory where the store is persistent. Rejects with what `export`, {@link uploadExport} and {@link uploadToSidecar} reject with.
 */
export async function upload(database: RemoteDatabase, url: string, options: StoreUploadOptions = {}): Promise<UploadReport> {
  const { sidecar = false, signal, onExportProgress } = options;
  const send = (zip: Blob, state: Pick<HttpUploadOptions, 'resume' | 'onState'>) =>
    (sidecar ? uploadToSidecar : uploadExport)(zip, url, { ...options, ...state });
  const hooks = { ...(signal && { signal }), ...(onExportProgress && { onProgress: onExportProgress }) };
  const what: ExportOptions = { ...options.export, kit: true };
  if (!database.persistent) {
    const chunks: BlobPart[] = [];
    const sink = new WritableStream<Uint8Array>({
      write(chunk) {
        chunks.push(chunk as Uint8Array<ArrayBuffer>);
      },
    });
    await database.export(what, sink, hooks);
    return send(new Blob(chunks), {});
  }
  const file = await makeUploadFile(database.name);
  let unfinished = (await file.note()) as Unfinished | null;
  if (unfinished === null || unfinished.url !== url || unfinished.sidecar !== sidecar) {
    await file.forget();
    await database.export(what, await file.write(), hooks);
    unfinished = { url, sidecar, state: { done: [] } };
    await file.keep(unfinished);
  }
  const { state } = unfinished;
  const report = await send(await file.zip(), { resume: state, onState: (next) => file.keep({ url, sidecar, state: next }) });
  await file.forget();
  return report;
}
