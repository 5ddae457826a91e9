import type { FromWorker, ToWorker } from './wire.ts';

/** A worker that serves one engine with a `MaintenanceServer`. */
export interface MaintenanceWorker {
  /**
   * Of which build its script has to be, exactly: what the two say to one another are their own data as they have them in memory. A script that
   * is loaded later may be that of a version deployed meanwhile.
   */
  readonly build: string;
  /** Posts a message; what it transfers is the worker's. */
  post(message: ToWorker, transfer?: readonly ArrayBuffer[]): void;
  /** Ends it at once, whatever it does: its files are closed, and may be half-written. */
  end(): void;
}

/** What a worker's starter is told. */
export interface MaintenanceListener {
  message(message: FromWorker): void;
  /** It has ended, or never began, and why. */
  died(why: string): void;
}

/** Starts a worker; throws where none can be had. Called when there is something to do. */
export interface MaintenanceStarter {
  (listener: MaintenanceListener): MaintenanceWorker;
  /** Bytes of work from which on it is worth to hand it over; default 128 KiB, for less is done in a few slices. */
  readonly worthBytes?: number;
}
