import type { RemoteDatabase } from '@cassette/client';
import { sensorRows } from '../rows/sensor-row.ts';
import { insertCql, rowParams } from '../rows/sensor-table.ts';

/** Rows of one call of an ingest. */
export const CALL_ROWS = 5000;
/** Calls under way at a time: the page packs one while the worker writes another. */
const CALLS = 2;
/**
 * Calls whose rows are made before anything is measured. Later ones have them with other times: other rows, and in a partition so far
 * from their likes that no chunk has both, for compression would find them.
 */
const TEMPLATES = 40;

/** Makes rows for an ingest of any length, so that making them costs next to nothing while it is measured. */
export class IngestRows {
  private readonly templates = Array.from({ length: TEMPLATES }, (_, i) => sensorRows(i * CALL_ROWS, CALL_ROWS).map(rowParams));
  private readonly firstTimes = this.templates.map((rows) => rows.map((row) => (row[1] as Date).getTime()));
  /** Calls so far. */
  private calls = 0;

  /** Writes `rows` more rows to a table, a multiple of {@link CALL_ROWS}; milliseconds until the last was acknowledged. */
  async write(database: RemoteDatabase, table: string, rows: number): Promise<number> {
    const end = this.calls + Math.ceil(rows / CALL_ROWS);
    const insert = insertCql(table);
    const start = performance.now();
    const caller = async () => {
      while (this.calls < end) await database.executeMany(insert, this.next());
    };
    await Promise.all(Array.from({ length: CALLS }, caller));
    return performance.now() - start;
  }

  /** The rows of the next call; good until the call after the next {@link TEMPLATES}. */
  private next(): unknown[][] {
    const call = this.calls++;
    const rows = this.templates[call % TEMPLATES];
    const times = this.firstTimes[call % TEMPLATES];
    const later = Math.floor(call / TEMPLATES) * TEMPLATES * CALL_ROWS * 1000;
    for (let i = 0; i < rows.length; i++) rows[i][1] = new Date(times[i] + later);
    return rows;
  }
}

/** Waits until nothing is left to flush or to compact. */
export async function settled(database: RemoteDatabase): Promise<void> {
  await database.flush();
  for (let idle = 0; idle < 3; ) {
    const { running } = (await database.stats()).compaction;
    idle = running === null ? idle + 1 : 0;
    await new Promise((resolve) => setTimeout(resolve, 30));
  }
}
