import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { openDatabase } from '@cassette/engine';
import { NodeStorage } from '@cassette/storage';
import { measureStall, stallConfig } from '../stall/measure-stall.ts';
import type { StallRun } from '../stall/stall-run.ts';

/** Measures the engine under Node over real files: no page, no messages. */
export async function measureStallInNode(rounds: number, loadedRows: number, tell: (line: string) => void): Promise<StallRun> {
  const directory = mkdtempSync(join(tmpdir(), 'cassette-bench-stall-'));
  try {
    const database = await openDatabase({ storage: new NodeStorage(directory), config: stallConfig });
    const options = { rounds, loadedRows, milliseconds: 2000, flushedRows: 20_000, where: 'in Node' };
    const run = await measureStall(database, options, tell);
    await database.close();
    return run;
  } finally {
    rmSync(directory, { recursive: true, force: true });
  }
}
