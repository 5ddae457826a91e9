import { clearProgress } from './progress-line.ts';

/** What a shell says of a process that such a signal ended: 128 and the signal's number. */
const EXIT_CODES = { SIGHUP: 129, SIGINT: 130, SIGTERM: 143 } as const;

type Signal = keyof typeof EXIT_CODES;

/**
 * Does `work`. Where a signal ends the process meanwhile (Ctrl-C, kill, a terminal that is closed) `undo` takes away first what is half
 * done, and the exit code is that of the signal. `undo` is to be done in one go: nothing comes after it.
 */
export async function unlessInterrupted<T>(undo: () => void, work: () => Promise<T>): Promise<T> {
  return onSignal((code) => {
    undo();
    process.exit(code);
  }, work);
}

/**
 * Does `work` with a signal that is aborted when the process is told to end: work that can end by itself, and undoes what it did. What it then
 * rejects with is told, and the exit code is that of the signal; asked a second time the process ends at once.
 */
export async function abortable<T>(work: (signal: AbortSignal) => Promise<T>): Promise<T> {
  const abort = new AbortController();
  return onSignal(
    (code) => {
      if (abort.signal.aborted) process.exit(code);
      process.exitCode = code;
      abort.abort();
    },
    () => work(abort.signal),
  );
}

async function onSignal<T>(ended: (code: number) => void, work: () => Promise<T>): Promise<T> {
  const listener = (signal: Signal) => {
    clearProgress();
    ended(EXIT_CODES[signal]);
  };
  const signals = Object.keys(EXIT_CODES) as Signal[];
  for (const signal of signals) process.on(signal, listener);
  try {
    return await work();
  } finally {
    for (const signal of signals) process.removeListener(signal, listener);
  }
}
