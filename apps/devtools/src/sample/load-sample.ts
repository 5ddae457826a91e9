import type { RemoteDatabase } from '@cassette/client';
import { signal } from '@preact/signals';
import type { SampleData } from '../../sample/sample-data.ts';
import { sampleInserts, sampleSchema } from './sample-tables.ts';

/** How far the loading is; `seconds` counts only the time of writing. */
export interface SampleProgress {
  readonly rowsDone: number;
  readonly rowsTotal: number;
  readonly seconds: number;
  readonly done: boolean;
}

/** Null before the first loading. */
export const sampleProgress = signal<SampleProgress | null>(null);

/** Rows of one call of executeMany: few enough that progress is seen. */
const rowsOfCall = 500;

/** Creates the sample tables and writes their rows with bound values, each call acknowledged before the next. */
export async function loadSample(database: RemoteDatabase): Promise<void> {
  const response = await fetch(new URL('sample-data.json', document.baseURI));
  if (!response.ok) throw new Error(`The sample data could not be loaded: the server answered ${response.status}`);
  const data = (await response.json()) as SampleData;
  for (const statement of sampleSchema) await database.execute(statement);
  const groups = [
    [sampleInserts.airports, data.airports],
    [sampleInserts.flights, data.flights],
    [sampleInserts.earthquakes, data.earthquakes],
  ] as const;
  const rowsTotal = groups.reduce((sum, [, rows]) => sum + rows.length, 0);
  const began = performance.now();
  let rowsDone = 0;
  const tell = (done: boolean) => {
    sampleProgress.value = { rowsDone, rowsTotal, seconds: (performance.now() - began) / 1000, done };
  };
  tell(false);
  for (const [query, rows] of groups) {
    for (let from = 0; from < rows.length; from += rowsOfCall) {
      const part = rows.slice(from, from + rowsOfCall);
      await database.executeMany(query, part);
      rowsDone += part.length;
      tell(false);
    }
  }
  tell(true);
}
