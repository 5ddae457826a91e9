import { measureStall, type StallOptions, stallConfig } from '../stall/measure-stall.ts';
import { measureRawStall } from '../stall/raw-stall.ts';
import type { StallRun } from '../stall/stall-run.ts';

const storeName = 'bench-stall';

/** Measures Cassette as an app gets it, and raw OPFS in the same run. `clientUrl`: where the client's dist/index.js is served. */
export async function runStall(
  options: Omit<StallOptions, 'where'> & { readonly clientUrl: string },
  tell: (line: string) => void,
): Promise<StallRun> {
  const client = (await import(/* @vite-ignore */ options.clientUrl)) as typeof import('@cassette/client');
  await client.destroy(storeName);
  const database = await client.open({ name: storeName, config: stallConfig });
  try {
    const run = await measureStall(database, { ...options, where: 'from a page in the browser' }, tell);
    await database.close();
    return { ...run, raw: await measureRawStall(options.rounds, options.milliseconds, tell) };
  } finally {
    await database.close();
    await client.destroy(storeName);
  }
}
