// What is behind the functions of index.ts: loaded with the first upload.

export { uploadExport } from './upload-export.ts';
export { upload } from './upload-store.ts';
export { uploadToSidecar } from './upload-to-sidecar.ts';
