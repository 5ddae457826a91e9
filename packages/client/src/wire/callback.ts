import type { releaseProxy } from 'comlink';

/** A function of the page as the worker has it: behind a proxy that holds a message port until it is released. */
export type Callback<Args extends unknown[]> = ((...args: Args) => Promise<void>) & { [releaseProxy]?: () => void };
