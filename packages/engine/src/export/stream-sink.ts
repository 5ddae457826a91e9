import type { ExportSink } from './chunk-writer.ts';

/** What a stream is to an export: a WritableStream of Uint8Arrays, of any platform. */
export interface ExportStream {
  getWriter(): {
    readonly ready: Promise<unknown>;
    write(chunk: Uint8Array): Promise<void>;
    close(): Promise<void>;
    abort(reason: unknown): Promise<void>;
  };
}

/** Whether a sink is a stream. */
export function isExportStream(sink: unknown): sink is ExportStream {
  return typeof sink === 'object' && sink !== null && typeof (sink as Partial<ExportStream>).getWriter === 'function';
}

/** Runs an export into a stream, chunk by chunk as the stream takes them; it is closed at the end, and aborted where the export fails. */
export async function intoStream<T>(stream: ExportStream, run: (sink: ExportSink) => Promise<T>): Promise<T> {
  const writer = stream.getWriter();
  try {
    const result = await run({
      async write(chunk) {
        await writer.ready;
        await writer.write(chunk);
      },
    });
    await writer.close();
    return result;
  } catch (error) {
    // A stream that failed itself can't be aborted; the caller is told why the export ended.
    await writer.abort(error).catch(() => undefined);
    throw error;
  }
}
