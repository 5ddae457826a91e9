export type { MaintenanceStats } from './maintenance-thread.ts';
export * from './maintenance-worker.ts';
export * from './serve-maintenance.ts';
export type { FromWorker, ToWorker } from './wire.ts';
