// What exports are made with: one module, loaded with the first export or soon after a page has opened its store.

export { FilesTarget } from './files-target.ts';
export { runExport } from './run-export.ts';
export { intoStream } from './stream-sink.ts';
export { ZipTarget } from './zip-target.ts';
