// A whole life of a store in memory, on a disk that loses and tears: it writes, the power goes, it recovers. All of it follows from a seed.

import { type Database, openDatabase, type RecoveryReport } from '@cassette/engine';
import { type CrashTemper, FaultyStorage, seededRandom } from '@cassette/storage/testing';
import { diskFiles } from './disk-files.ts';
import { LabClock, LabScheduler } from './lab-time.ts';
import type { DiskOperation, LabCheck, LabKnobs, LabReport, LabRun } from './lab-types.ts';
import { type LabWrite, labSchema, workloadOf } from './lab-workload.ts';
import { WatchedStorage } from './watched-storage.ts';

/** Small, so that a short life has all of it: segments, flushes, compactions. */
const config = {
  memtableFlushThreshold: 14_000,
  walSegmentSizeMax: 5000,
  sliceMilliseconds: 0,
  compaction: { enabled: true, sliceMilliseconds: 0 },
} as const;

const tempers = ['lose', 'keep', 'prefix', 'chaos'] as const;

/** Turns of the promise queue that background work may take after each step. */
const turnsOfStep = 60;

interface Life {
  readonly disk: FaultyStorage;
  readonly operations: readonly DiskOperation[];
  /** In the order in which they were made. */
  readonly writes: readonly LabWrite[];
  readonly acknowledged: ReadonlySet<LabWrite>;
}

/** Runs it. The same knobs give the same run. */
export async function runLab(knobs: LabKnobs): Promise<LabRun> {
  const { seed } = knobs;
  const whole = await wholeLife(knobs);
  const { disk, writes, acknowledged } = await live(knobs, knobs.crashAt);
  const chance = seededRandom(seed + 0x5eed);
  const temper: CrashTemper = knobs.temper === 'seed' ? tempers[Math.floor(chance() * tempers.length)] : knobs.temper;
  const surely = disk.image({ random: seededRandom(seed) }, 'lose');
  const after = disk.crash(temper);
  // As it lies there before anybody opens it.
  const left = new Map(after.names.map((name) => [name, after.contentOf(name)]));
  const clock = new LabClock();
  clock.micros += 3_600_000_000;
  const scheduler = new LabScheduler(clock);
  const database = await openDatabase({
    storage: after,
    clock,
    scheduler,
    random: seededRandom(seed + 1),
    config: { ...config, compaction: { enabled: false } },
  });
  const report = reportOf(database.recovery);
  const check = await compare(database, writes, acknowledged);
  const recovered = new Map(after.names.map((name) => [name, after.contentOf(name).length]));
  const fingerprint = shortHash(`${after.fingerprint()} ${JSON.stringify([report, check])}`);
  await database.close();
  return {
    knobs,
    operations: whole.operations,
    statements: whole.writes.length,
    temper,
    files: diskFiles(disk, surely, left, recovered),
    report,
    check,
    fingerprint,
  };
}

let kept: { readonly of: string; readonly life: Promise<Life> } | null = null;

/** What a life without a crash does, which tells where the power may go; kept for the next point of the same life. */
function wholeLife(knobs: LabKnobs): Promise<Life> {
  const of = `${knobs.seed} ${knobs.fault}`;
  if (kept?.of !== of) kept = { of, life: live(knobs, null) };
  return kept.life;
}

async function live({ seed, fault }: LabKnobs, crashAt: number | null): Promise<Life> {
  const random = seededRandom(seed);
  const operations: DiskOperation[] = [];
  let during = 'opening the store';
  const disk: FaultyStorage = new FaultyStorage({
    random: seededRandom(seed + 7),
    // A commit is told a second time while it is under way; the operation after it takes that place.
    onChange: (kind) => {
      operations[disk.counters.changes] = { kind, ...storage.target, during };
    },
  });
  const storage = new WatchedStorage(disk);
  if (crashAt !== null) disk.crashAfter(crashAt);
  const clock = new LabClock();
  const scheduler = new LabScheduler(clock);
  const writes: LabWrite[] = [];
  const acknowledged = new Set<LabWrite>();
  const end = (): Life => ({ disk, operations: operations.slice(0, disk.counters.changes), writes, acknowledged });
  let database: Database;
  try {
    database = await openDatabase({ storage, clock, scheduler, config, random: seededRandom(seed + 3), schema: labSchema });
  } catch (error) {
    if (disk.crashed) return end();
    throw error;
  }
  planFault(disk, fault, random);
  for (const step of workloadOf(random)) {
    during = step.what;
    scheduler.pass(20);
    const attempts = step.writes.map(async (write) => {
      writes.push(write);
      await database.execute(write.cql, [...write.params]);
      acknowledged.add(write);
    });
    if (step.flushes) attempts.push(database.flush());
    const outcomes = await Promise.allSettled(attempts);
    for (let turn = 0; turn < turnsOfStep; turn++) await null;
    if (disk.crashed) return end();
    // Refused for the fault that was planned: nobody was told that it is there.
    const failed = outcomes.find((one) => one.status === 'rejected');
    if (failed !== undefined && fault === 'none') throw failed.reason;
  }
  during = 'background work';
  for (let turn = 0; turn < turnsOfStep * 20 && !disk.crashed; turn++) await null;
  return end();
}

function planFault(disk: FaultyStorage, fault: LabKnobs['fault'], random: () => number): void {
  const nth = 3 + Math.floor(random() * 12);
  if (fault === 'write') disk.failOn('write', nth * 2);
  else if (fault === 'flush') disk.failOn('flush', nth);
  else if (fault === 'full') disk.failOn('write', nth * 2, 'full', 3);
}

function reportOf({ segments, mutationsReplayed, tornTails, litterSwept, corruption }: RecoveryReport): LabReport {
  return {
    segments: segments.map(({ file, bytes, mutations, tornBytes }) => ({ file, bytes, mutations, tornBytes })),
    mutationsReplayed,
    tornTails: tornTails.map(({ file, offset, size }) => ({ file, offset, size })),
    litterSwept: [...litterSwept],
    corruption: corruption.map(({ file, offset, message }) => `${file} at ${offset}: ${message}`),
  };
}

/** Looks for each row: what was acknowledged last must be there, unless a later write of it had no answer yet. */
async function compare(database: Database, writes: readonly LabWrite[], acknowledged: ReadonlySet<LabWrite>): Promise<LabCheck> {
  const found = new Map<string, string | null>();
  const hasTable = (await database.describe()).includes('lab.t');
  if (hasTable) {
    const { rows } = await database.execute('SELECT k, c, v FROM lab.t');
    for (const row of rows) found.set(`${row.k}/${row.c}`, row.v as string | null);
  }
  const expected = new Map<string, { acknowledged: LabWrite | null; open: LabWrite[] }>();
  for (const write of writes) {
    const one = expected.get(write.row) ?? { acknowledged: null, open: [] };
    if (acknowledged.has(write)) expected.set(write.row, { acknowledged: write, open: [] });
    else expected.set(write.row, { ...one, open: [...one.open, write] });
  }
  const is = (row: string, write: LabWrite | null) =>
    (found.get(row) ?? null) === (write?.value ?? null) && found.has(row) === (write !== null && write.value !== null);
  const complaints: string[] = [];
  let [certain, there, unanswered, unansweredThere] = [0, 0, 0, 0];
  for (const [row, { acknowledged: last, open }] of expected) {
    const isOpen = open.some((write) => is(row, write));
    unanswered += open.length;
    if (isOpen) unansweredThere++;
    if (last === null) continue;
    certain++;
    if (is(row, last) || isOpen) there++;
    else
      complaints.push(
        `row ${row}: ${last.value === null ? 'its deletion was acknowledged' : `'${last.value}' was acknowledged`}, found ${found.has(row) ? `'${found.get(row)}'` : 'nothing'}`,
      );
  }
  return { acknowledged: certain, there, unanswered, unansweredThere, complaints };
}

/** FNV-1a, as eight hexadecimal digits: to see at a glance whether two runs are the same. */
function shortHash(text: string): string {
  let hash = 0x811c9dc5;
  for (let i = 0; i < text.length; i++) hash = Math.imul(hash ^ text.charCodeAt(i), 0x01000193);
  return (hash >>> 0).toString(16).padStart(8, '0');
}
