/** What the worker that has the engine is called. */
export const WORKER_NAME = 'cassette';

/** The name of a worker that flushes and compacts is this and the store's name. */
export const MAINTENANCE_PREFIX = 'cassette maintenance: ';
