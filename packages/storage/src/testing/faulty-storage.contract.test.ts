import { FaultyStorage } from './faulty-storage.ts';
import { seededRandom } from './random.ts';
import { storageContract } from './storage-contract.ts';

storageContract('FaultyStorage', async () => new FaultyStorage({ random: seededRandom(1) }));
