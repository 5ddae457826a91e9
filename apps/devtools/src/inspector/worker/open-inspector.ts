// The page's side of the inspector: starts its worker and calls it.

import { CassetteError } from '@cassette/bytes';
import { proxy, type Remote, wrap } from 'comlink';
import { isEmbedded } from '../../frame/host.ts';
import { type AnsweringInspector, valueIn } from './call-envelope.ts';
import type { Inspector } from './inspector.ts';

/** An inspector whose worker can be ended. */
export interface OpenInspector extends Inspector {
  /** Ends the worker; what is under way never answers. */
  close(): void;
}

/**
 * Starts the inspector's worker. Calls reject with CassetteErrors: of the worker's own (see InspectorErrorCode), of damaged files (CORRUPTION,
 * with `data.file` and `data.offset`), and WORKER_DIED where it could not be started or ended by itself.
 */
export function openInspector(): OpenInspector {
  const worker = new Worker(new URL('./inspect-worker.ts', import.meta.url), { type: 'module', name: 'cassette-inspector' });
  const died = new Promise<never>((_, reject) => {
    worker.addEventListener('error', (event) => {
      const why = event.message === undefined || event.message === '' ? '' : `: ${event.message}`;
      const what = isEmbedded.value
        ? 'Is its script where the app’s bundler should put it? See “Bundlers” in the README of @cassette/devtools'
        : 'Load the page again';
      reject(new CassetteError('WORKER_DIED', `The inspector’s worker can’t run${why}. ${what}`, {}));
    });
  });
  // Told to who calls; when nobody does, there is nothing to tell.
  died.catch(() => undefined);
  return calling(wrap<AnsweringInspector>(worker), died, () => worker.terminate());
}

/** The inspector that a worker answers for. */
export function calling(remote: Remote<AnsweringInspector>, died: Promise<never>, close: () => void): OpenInspector {
  const call = async <M extends keyof Inspector>(
    method: M,
    ...args: Parameters<Inspector[M]>
  ): Promise<Awaited<ReturnType<Inspector[M]>>> =>
    valueIn(await Promise.race([remote.call(method, ...args), died])) as Awaited<ReturnType<Inspector[M]>>;
  return {
    addFiles: (files) => call('addFiles', files),
    addStore: (store) => call('addStore', store),
    remove: (id) => call('remove', id),
    facts: (id, keyspace, table) => call('facts', id, keyspace, table),
    partitions: (id, first, max) => call('partitions', id, first, max),
    find: (id, what) => call('find', id, what),
    rows: (id, partition, first, max) => call('rows', id, partition, first, max),
    root: (id, component, space) => call('root', id, component, space),
    parts: (id, component, space, piece, first, max) => call('parts', id, component, space, piece, first, max),
    pathTo: (id, component, space, offset) => call('pathTo', id, component, space, offset),
    leaves: (id, component, space, from, to, max) => call('leaves', id, component, space, from, to, max),
    bytes: (id, component, space, from, to) => call('bytes', id, component, space, from, to),
    filter: (id, cells) => call('filter', id, cells),
    trie: (id, where, max) => call('trie', id, where, max),
    verify: (id, told) => call('verify', id, proxy(told)),
    cancel: () => call('cancel'),
    close,
  };
}
