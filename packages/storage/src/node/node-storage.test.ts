import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll } from 'vitest';
import { storageContract } from '../testing/storage-contract.ts';
import { NodeStorage } from './node-storage.ts';

const root = mkdtempSync(join(tmpdir(), 'cassette-storage-'));
afterAll(() => rmSync(root, { recursive: true }));
let number = 0;

storageContract('NodeStorage', async () => new NodeStorage(join(root, String(number++), 'deep', 'store')));
