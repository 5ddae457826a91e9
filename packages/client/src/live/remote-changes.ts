import { type Change, type ChangesOptions, changeFromTransfer, checkKnown } from '@cassette/engine';
import type { Remote } from 'comlink';
import type { StoreCalls } from '../page/store-calls.ts';
import type { WorkerHost } from '../worker/worker-host.ts';
import type { ChangesReply } from './serve-changes.ts';

/** What was written, asked for reply by reply of whichever worker holds the store; see `RemoteDatabase.changes`. */
export async function* changesOver(calls: StoreCalls, options: ChangesOptions): AsyncGenerator<Change, void, void> {
  checkKnown(options, ['since', 'tables', 'follow', 'signal'], 'changes()');
  const { since, tables, follow = true, signal } = options;
  const id = calls.newId();
  const end = () => void calls.link.current?.host.unlisten(id);
  const hasEnded = () => signal?.aborted === true;
  let position = since ?? undefined;
  signal?.addEventListener('abort', end);
  try {
    while (!hasEnded()) {
      if (calls.ended !== null) throw calls.ended;
      const request = { ...(position !== undefined && { since: position }), ...(tables !== undefined && { tables }), follow };
      // Not as a call that close() waits for: it may take for ever.
      const ask = (host: Remote<WorkerHost>): Promise<ChangesReply | null> =>
        hasEnded() ? Promise.resolve(null) : host.changes(id, request);
      const reply = await calls.link.run(ask, true);
      if (reply === null) return;
      for (const change of reply.changes) {
        yield changeFromTransfer(change);
        if (hasEnded()) return;
      }
      const isOver = !follow && reply.changes.length === 0;
      position = reply.position;
      if (isOver) return;
    }
  } catch (error) {
    if (!hasEnded()) throw error;
  } finally {
    signal?.removeEventListener('abort', end);
    if (calls.ended === null) end();
  }
}
