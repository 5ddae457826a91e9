export { type SendOptions, UploadError } from './send.ts';
export {
  type HttpUploadOptions,
  type UploadOptions,
  type UploadProgress,
  type UploadReport,
  type UploadState,
  uploadExport,
} from './upload-export.ts';
export { type StoreUploadOptions, upload } from './upload-store.ts';
export { type SidecarUploadOptions, uploadToSidecar } from './upload-to-sidecar.ts';
