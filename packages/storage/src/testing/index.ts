// For tests only: a simulated disk with crashes and faults, and the promises of `Storage` as runnable cases.
export { type OperationCounters, type OperationKind, SimulatedCrash } from './faults.ts';
export { FaultyStorage, type FaultyStorageOptions } from './faulty-storage.ts';
export { type Random, seededRandom } from './random.ts';
export type { CrashTemper } from './simulated-file.ts';
export { checkSecondWriter, type StorageContractCase, storageContractCases } from './storage-contract-cases.ts';
