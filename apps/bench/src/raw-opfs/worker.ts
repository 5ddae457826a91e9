// The dedicated worker of raw OPFS: does what the page asks, one message an operation, or measures itself without messages.

import { measureStore } from '../measure/measure-store.ts';
import type { Sample } from '../measure/workload.ts';
import { GroupedFiles } from './grouped-files.ts';
import type { OpfsRequest } from './protocol.ts';
import { RecordFiles } from './record-files.ts';
import { copyFile, writeSequentially } from './sequential.ts';

let files: RecordFiles | null = null;

async function answer(request: OpfsRequest): Promise<Uint8Array | number | Sample | null> {
  if (request.kind === 'open') {
    files = await RecordFiles.open(request.folder);
    return null;
  }
  if (request.kind === 'write-sequentially') return writeSequentially(request.bytes, request.every);
  if (request.kind === 'copy') return copyFile(request.bytes);
  if (files === null) throw new Error('open first');
  switch (request.kind) {
    case 'write':
      files.append(request.records);
      return null;
    case 'load':
      files.load(request.table, request.records);
      return null;
    case 'get':
      return files.read(request.indexes);
    case 'partition':
      return files.readPartition(request.first);
    case 'read-all':
      return files.readAll();
    case 'count':
      return files.count;
    case 'syncs':
      return files.syncs();
    case 'measure': {
      const store = request.workload === 'concurrent' ? new GroupedFiles(files) : files;
      return measureStore(store, request.workload, request.rows, request.limits);
    }
    case 'close':
      files.close();
      return null;
  }
}

self.onmessage = ({ data: { id, request } }: MessageEvent<{ id: number; request: OpfsRequest }>) => {
  answer(request).then(
    (value) => {
      const transfer = value instanceof Uint8Array ? [value.buffer as ArrayBuffer] : [];
      self.postMessage({ id, value }, { transfer });
    },
    (error: unknown) => self.postMessage({ id, error: String(error) }),
  );
};
