import { describe, test } from 'vitest';
import type { Storage } from '../storage.ts';
import { storageContractCases } from './storage-contract-cases.ts';

/** Runs every promise of `Storage` against storages that `make` gives: each fresh, empty and not acquired. For vitest. */
export function storageContract(name: string, make: () => Promise<Storage>): void {
  describe(`${name} keeps the storage contract`, () => {
    for (const contractCase of storageContractCases) {
      test(contractCase.name, async () => {
        await contractCase.run(await make());
      });
    }
  });
}
