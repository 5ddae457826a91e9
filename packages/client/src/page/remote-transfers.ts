import {
  ClosedError,
  type CompactionStats,
  type CompactOptions,
  checkAborted,
  checkKnown,
  type ExportHooks,
  type ExportOptions,
  type ExportProgress,
  type ExportReport,
  type ImportOptions,
  type ImportProgress,
  type ImportReport,
} from '@cassette/engine';
import { proxy, type Remote, transfer } from 'comlink';
import { OwnerLostError } from '../errors/client-errors.ts';
import type { Connection } from '../tabs/connection.ts';
import type { StoreLink } from '../tabs/store-link.ts';
import type { ExportForm } from '../wire/export-wire.ts';
import type { WorkerHost } from '../worker/worker-host.ts';
import { checkedSignal, checkSendable, checkText, invalidOption, signalOf } from './check-arguments.ts';
import { withReason } from './ending-call.ts';
import { directorySink, type PageSink, streamSink } from './export-sinks.ts';
import { type ImportInput, sentImport } from './import-source.ts';
import type { PersistenceRequest } from './storage-facts.ts';
import type { StoreCalls } from './store-calls.ts';

/** Who looks on while an export goes into a stream, and how it is written. */
export interface StreamHooks extends ExportHooks {
  /**
   * A chunk is not needed any more when its write has resolved: then it is filled again, and no garbage gathers (of a sink that sends or
   * compresses what it gets). Default false, for a sink may keep its chunks; streams of files are known not to.
   */
  readonly reuseChunks?: boolean;
}

/** Exports and imports of a tab: what the worker reads and writes goes through its page. */
export class RemoteTransfers {
  private readonly calls: StoreCalls;
  private readonly persistence: PersistenceRequest;

  constructor(calls: StoreCalls, persistence: PersistenceRequest) {
    this.calls = calls;
    this.persistence = persistence;
  }

  /** See `RemoteDatabase.export`. */
  async export(options: ExportOptions, sink: WritableStream<Uint8Array>, hooks: StreamHooks): Promise<ExportReport> {
    checkSendable(options, 'options');
    checkKnown(hooks, ['onProgress', 'signal', 'reuseChunks'], 'export()');
    signalOf(hooks);
    if (typeof sink?.getWriter !== 'function') throw invalidOption('The sink of export()', 'a WritableStream', sink);
    return this.exportInto(options, 'zip', streamSink(sink, hooks.reuseChunks === true), hooks);
  }

  /** See `RemoteDatabase.exportTo`. */
  async exportTo(options: ExportOptions, directory: FileSystemDirectoryHandle, hooks: ExportHooks): Promise<ExportReport> {
    checkSendable(options, 'options');
    checkKnown(hooks, ['onProgress', 'signal'], 'exportTo()');
    signalOf(hooks);
    if (typeof directory?.getDirectoryHandle !== 'function') {
      throw invalidOption('The folder of exportTo()', 'a FileSystemDirectoryHandle', directory);
    }
    return this.exportInto(options, 'files', await directorySink(directory), hooks);
  }

  /** See `RemoteDatabase.import`. */
  async import(source: ImportInput, { onProgress, signal, ...options }: ImportOptions): Promise<ImportReport> {
    checkSendable(options, 'options');
    signalOf({ signal });
    const { files, read, cancel } = sentImport(source);
    const id = this.calls.newId();
    const asked = new AskedOwner(this.calls.link, id);
    const tell = onProgress && (async (now: ImportProgress) => onProgress(now));
    let hasRead = false;
    const readOn = async (buffer: Uint8Array) => {
      hasRead = true;
      return read!(buffer);
    };
    const chunks = () => (read === null ? null : proxy(readOn));
    try {
      checkAborted('The import', signal);
      signal?.addEventListener('abort', asked.cancel);
      // Blobs may be sent again, should the owner go; what was read of a stream is gone.
      const call = async (host: Remote<WorkerHost>) => {
        // Also between two owners it may have been cancelled, when there was nobody to tell.
        checkAborted('The import', signal);
        asked.now();
        try {
          return (await host.import(id, { files, options }, chunks(), tell ? proxy(tell) : null)) as ImportReport;
        } catch (error) {
          if (!(error instanceof ClosedError || isOwnersEnd(error, signal))) throw error;
          // Nothing was carried out: that is what sends a call to the next owner. But what was read of a stream is gone.
          throw hasRead ? importsOwnerClosed(error) : new ClosedError('The store');
        }
      };
      const report = await this.calls.ask(call, files !== null);
      this.persistence.wrote();
      return report;
    } catch (error) {
      await cancel(error).catch((second: unknown) => console.warn('Cassette: the stream of a failed import did not end', second));
      throw withReason(error, signal);
    } finally {
      signal?.removeEventListener('abort', asked.cancel);
    }
  }

  /** See `RemoteDatabase.compact`. */
  async compact(table: string | undefined, options: CompactOptions): Promise<readonly CompactionStats[]> {
    if (table !== undefined) checkText(table, 'compact()', 'the name of a table');
    checkKnown(options, ['signal'], 'compact()');
    const signal = checkedSignal('The compaction', options);
    const id = this.calls.newId();
    const asked = new AskedOwner(this.calls.link, id);
    signal?.addEventListener('abort', asked.cancel);
    try {
      return await this.calls.ask(async (host) => {
        checkAborted('The compaction', signal);
        asked.now();
        return host.compact(table, id);
      }, true);
    } catch (error) {
      throw withReason(error, signal);
    } finally {
      signal?.removeEventListener('abort', asked.cancel);
    }
  }

  private async exportInto(
    options: ExportOptions,
    form: ExportForm,
    sink: PageSink,
    { onProgress, signal }: ExportHooks,
  ): Promise<ExportReport> {
    const id = this.calls.newId();
    const asked = new AskedOwner(this.calls.link, id);
    // What the sink said, as the page knows it: on its way to the worker and back it would lose its class.
    let refused: { error: unknown } | null = null;
    let hasWritten = false;
    const write = async (chunk: Uint8Array | null, file: string | null) => {
      // One that was on its way when the export was cancelled: a sink that has been told of it may never take another.
      checkAborted('The export', signal);
      hasWritten = true;
      try {
        const back = await sink.write(chunk, file);
        return back && transfer(back, [back.buffer as ArrayBuffer]);
      } catch (error) {
        refused = { error };
        throw error;
      }
    };
    const tell = onProgress && (async (now: ExportProgress) => onProgress(now));
    try {
      checkAborted('The export', signal);
      signal?.addEventListener('abort', asked.cancel);
      const call = async (host: Remote<WorkerHost>) => {
        checkAborted('The export', signal);
        asked.now();
        try {
          return (await host.export(id, options, form, proxy(write), tell ? proxy(tell) : null)) as ExportReport;
        } catch (error) {
          // It is not sent to the next owner, who would begin anew behind what the sink has.
          throw error instanceof ClosedError && hasWritten ? exportsOwnerClosed(error) : error;
        }
      };
      const report = await this.calls.ask(call);
      await sink.close();
      return report;
    } catch (error) {
      const cause = refused === null ? withReason(error, signal) : (refused as { error: unknown }).error;
      await sink
        .abort(cause)
        .catch((second: unknown) => console.warn('Cassette: the sink of a failed export could not be aborted', second));
      throw cause;
    } finally {
      signal?.removeEventListener('abort', asked.cancel);
    }
  }
}

/** The owner that was asked for an export or an import: it is told of a cancel also while it closes, when it is no current one any more. */
class AskedOwner {
  private readonly link: StoreLink;
  private readonly id: number;
  private connection: Connection | null = null;

  constructor(link: StoreLink, id: number) {
    this.link = link;
    this.id = id;
  }

  /** It is the current one. */
  now(): void {
    this.connection = this.link.current;
  }

  /** Not as a call of its own: a store that is being closed waits for its exports, and this ends one. */
  readonly cancel = (): void => {
    if (this.connection?.isLost === false) void this.connection.host.cancelExport(this.id);
  };
}

/** Whether an import ended because the tab that held the store closed it: nobody here said so. */
function isOwnersEnd(error: unknown, signal: AbortSignal | undefined): boolean {
  return (error as { code?: string }).code === 'ABORTED' && signal?.aborted !== true;
}

function importsOwnerClosed(cause: unknown): OwnerLostError {
  return new OwnerLostError(
    'The tab that held the store closed it while this import was under way: nothing of it is in the store. Import again',
    {},
    cause,
  );
}

function exportsOwnerClosed(cause: unknown): OwnerLostError {
  return new OwnerLostError(
    'The tab that held the store closed it while this export was under way: what came of it is no export. Export again',
    {},
    cause,
  );
}
