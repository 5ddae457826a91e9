import { storageContract } from '../testing/storage-contract.ts';
import { MemoryStorage } from './memory-storage.ts';

storageContract('MemoryStorage', async () => new MemoryStorage());
