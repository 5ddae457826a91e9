import { type Database, type RowUpdate, rowUpdateToTransfer } from '@cassette/engine';
import { releaseProxy, transfer } from 'comlink';
import { errorToTransfer } from '../errors/error-transfer.ts';
import { type FailureCallback, type LiveRequest, type UpdateCallback, unpackedParams } from './live-wire.ts';

/** Keeps a tab's rows up to date; what it returns ends that. */
export function serveLive(
  database: Database,
  { query, params, keyspace, maxRows }: LiveRequest,
  updated: UpdateCallback,
  failed: FailureCallback,
): () => void {
  const options = { ...(keyspace !== undefined && { keyspace }), ...(maxRows !== undefined && { maxRows }) };
  const handle = database.live(query, unpackedParams(params), options, {
    updated: (update) => {
      const sent = rowUpdateToTransfer(update);
      return updated(transfer(sent, buffersOf(update)));
    },
    failed: (error, ended) => {
      // A tab that is gone can't be told; it is noticed elsewhere, and what it had going on is ended.
      failed(errorToTransfer(error), ended).catch((cause: unknown) => console.warn('Cassette: a subscriber was not told', cause));
    },
  });
  return () => {
    handle.close();
    updated[releaseProxy]?.();
    failed[releaseProxy]?.();
  };
}

function buffersOf({ deleted, inserted, updated, rows }: RowUpdate): ArrayBuffer[] {
  const { bytes, ends } = rows.toTransfer();
  return [deleted, inserted, updated, bytes, ends]
    .filter(({ byteLength }) => byteLength > 0)
    .map(({ buffer }) => buffer as ArrayBuffer);
}
