export { type SendOptions, UploadError } from './send.ts';
export {
  type HttpUploadOptions,
  type UploadOptions,
  type UploadProgress,
  type UploadReport,
  type UploadState,
  uploadExport,
} from './upload-export.ts';
export { type SidecarUploadOptions, uploadToSidecar } from './upload-to-sidecar.ts';
