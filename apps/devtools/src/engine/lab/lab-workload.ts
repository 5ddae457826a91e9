// What the laboratory writes: forty steps that follow from chance.

/** One write. */
export interface LabWrite {
  readonly cql: string;
  readonly params: readonly (string | number)[];
  /** The row that it is about. */
  readonly row: string;
  /** What is in the row afterwards; null: it is not there. */
  readonly value: string | null;
}

/** What is done at the same time; the next step waits for it. */
export interface LabStep {
  readonly what: string;
  readonly writes: readonly LabWrite[];
  readonly flushes: boolean;
}

/** The one table of the laboratory, which compacts two SSTables as soon as there are two. */
export const labSchema = `CREATE KEYSPACE lab WITH replication = {'class': 'SimpleStrategy', 'replication_factor': 1};
CREATE TABLE lab.t (k int, c int, v text, PRIMARY KEY (k, c)) WITH compaction = {'class': 'SizeTieredCompactionStrategy', 'min_threshold': 2}`;

const steps = 40;
const partitions = 4;
const rowsOfPartition = 5;

/** Steps, each of one to three writes of different rows, now and then with a flush beside. */
export function workloadOf(random: () => number): readonly LabStep[] {
  const below = (bound: number) => Math.floor(random() * bound);
  return Array.from({ length: steps }, (_, step): LabStep => {
    const rows = new Set<string>();
    const writes: LabWrite[] = [];
    for (let n = 1 + below(3); n > 0; n--) {
      const [k, c] = [below(partitions), below(rowsOfPartition)];
      const row = `${k}/${c}`;
      if (rows.has(row)) continue;
      rows.add(row);
      if (random() < 0.15) {
        writes.push({ cql: 'DELETE FROM lab.t WHERE k = ? AND c = ?', params: [k, c], row, value: null });
        continue;
      }
      const value = `${step}.${n} ${'abcdefghijklmnopqrstuvwxyz'.slice(below(26)).repeat(1 + below(6))}`;
      writes.push({ cql: 'INSERT INTO lab.t (k, c, v) VALUES (?, ?, ?)', params: [k, c, value], row, value });
    }
    const flushes = random() < 0.08;
    const what = writes.map(({ cql, row }) => `${cql.slice(0, 6)} ${row}`).join(', ');
    return { what: `step ${step + 1}: ${what}${flushes ? ', flush' : ''}`, writes, flushes };
  });
}
