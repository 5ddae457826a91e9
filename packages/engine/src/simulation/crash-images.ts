import type { FaultyStorage, OperationKind } from '@cassette/storage/testing';
import type { SSTableRecord } from '../catalog/index.ts';
import { type Database, openDatabase } from '../database/index.ts';
import { filesOf } from '../sstables/index.ts';
import { TestScheduler } from '../testing/test-scheduler.ts';
import type { Chance } from './chance.ts';
import { FEED, type FeedReader } from './feed-reader.ts';
import type { LooseWrites } from './loose-writes.ts';
import type { World } from './model/world.ts';
import { differences, type Possibilities } from './operations.ts';
import { readLoose, readStore } from './read-store.ts';
import { isPowerCut } from './simulated-life.ts';
import { SimulatedClock } from './simulated-time.ts';

/** The disk as a start finds it if the power goes at one moment, and what was known by then. */
interface CrashImage {
  readonly disk: FaultyStorage;
  /** Crash points there had been. */
  readonly point: number;
  readonly kind: OperationKind;
  readonly micros: number;
  readonly feed: FeedReader;
  /** Ids of the exports that were complete. */
  readonly exports: readonly string[];
}

/** What the life that images are taken of knows. */
export interface ImageSource {
  readonly clock: SimulatedClock;
  readonly loose: LooseWrites;
  readonly feed: FeedReader;
  readonly exports: readonly string[];
  /** Whether rows went that an export has: then contents are not compared. */
  readonly isThinned: boolean;
}

/** Of what was checked. */
export interface ImageCounts {
  /** Images that were opened, no two of a life alike. */
  points: number;
  /** Those that were one of these byte for byte, at the same second: compared with what may be there at their moment, and not opened again. */
  repeats: number;
  nested: number;
  reopened: number;
  feedsRead: number;
  inFlight: number;
}

/** What a start makes of an image. */
interface Recovered {
  /** As {@link readStore} has it. */
  readonly contents: ReadonlyMap<string, string>;
  /** As {@link readLoose} has it. */
  readonly loose: ReadonlyMap<string, number>;
  /** Ids. */
  readonly exports: readonly string[];
}

/** Images that wait at one time, at most. */
const WAITING_MAX = 48;

/** Images that are remembered as opened. */
const KNOWN_MAX = 500;

/** A configuration that does nothing by itself: what is opened is looked at and thrown away. */
const config = { sliceMilliseconds: 0, compaction: { enabled: false } } as const;

/**
 * Crash points: at changes of a disk it takes images of what a power cut would leave, without stopping whoever writes; later each is opened
 * and compared with what may be there.
 */
export class CrashImages {
  readonly counts: ImageCounts = { points: 0, repeats: 0, nested: 0, reopened: 0, feedsRead: 0, inFlight: 0 };
  private readonly chance: Chance;
  private readonly source: ImageSource;
  private waiting: CrashImage[] = [];
  /** By what the image holds, and the second. */
  private readonly known = new Map<string, Recovered>();
  /** Changes of the disk so far. */
  point = 0;
  /** Of changes that are most, those of SSTables. */
  private readonly density: number;

  constructor(source: ImageSource, chance: Chance, density: number) {
    this.source = source;
    this.chance = chance;
    this.density = density;
  }

  /** The point of the oldest image that was not checked; infinite where there is none. */
  get oldest(): number {
    return this.waiting[0]?.point ?? Number.POSITIVE_INFINITY;
  }

  /** The disk is about to be changed. */
  before(kind: OperationKind, storage: FaultyStorage): void {
    this.point++;
    const { chance, source } = this;
    const isTelling = kind === 'commit' || kind === 'flush' || kind === 'sync' || kind === 'rename' || kind === 'remove';
    if (!chance.is(isTelling ? this.density : this.density / 2) || this.waiting.length >= WAITING_MAX) return;
    const disk = storage.image({ random: chance.random });
    this.waiting.push({
      disk,
      point: this.point,
      kind,
      micros: source.clock.micros,
      feed: source.feed.copy(),
      exports: [...source.exports],
    });
  }

  /** Opens all that wait and compares them. Throws where something is wrong. */
  async check(possible: Possibilities): Promise<void> {
    while (this.waiting.length > 0) {
      const image = this.waiting[0];
      try {
        await this.checkOne(image, possible);
      } catch (error) {
        throw new Error(`the power going at point ${image.point}, before a ${image.kind}`, { cause: error });
      }
      this.waiting.shift();
    }
  }

  private async checkOne(image: CrashImage, possible: Possibilities): Promise<void> {
    const { chance, counts, known } = this;
    let { disk } = image;
    const clock = new SimulatedClock(image.micros);
    if (chance.is(0.1)) {
      const crashed = await this.crashWhileOpening(disk, clock);
      if (crashed !== disk) counts.nested++;
      disk = crashed;
    }
    const key = `${disk.fingerprint()} at ${clock.seconds}`;
    const before = known.get(key);
    if (before !== undefined) {
      counts.repeats++;
      this.compare(image, possible, before, clock.seconds);
      return;
    }
    counts.points++;
    const db = await this.open(disk, clock);
    mustBeSound(db);
    await mustBeTidy(disk);
    const recovered: Recovered = {
      contents: await readStore(db, clock.seconds),
      loose: await readLoose(db),
      exports: db.exports().map(({ id }) => id),
    };
    known.set(key, recovered);
    if (known.size > KNOWN_MAX) known.delete(known.keys().next().value as string);
    const world = this.compare(image, possible, recovered, clock.seconds);
    // Of a refused write nothing may ever be told, and the log is the only place that had it.
    const isDoubtful = possible.operations.some(({ state, tables }) => state === 'refused' && tables.includes(FEED));
    if (world?.tables.has(FEED) && (chance.is(0.1) || isDoubtful)) {
      counts.feedsRead++;
      await image.feed.drain(db);
      image.feed.check(world.table(FEED), clock.seconds);
    }
    if (chance.is(0.05)) await this.reopen(disk, clock, recovered);
    else disk.crashAfter(0);
  }

  /** What was recovered may be there at that point. Returns the world that it is; null where nobody knows. Throws where it may not be. */
  private compare(image: CrashImage, possible: Possibilities, recovered: Recovered, seconds: number): World | null {
    const { source, counts } = this;
    const { contents, loose, exports } = recovered;
    for (const id of image.exports) if (!exports.includes(id)) throw new Error(`export ${id} is forgotten`);
    if (source.isThinned) return null;
    const must = ({ acknowledgedAt }: { acknowledgedAt: number }) => acknowledgedAt < image.point;
    const may = ({ sentAt }: { sentAt: number }) => sentAt < image.point;
    const [match] = possible.matching(contents, seconds, must, may, true);
    if (match === undefined) {
      const [nearest] = possible.of(must, may);
      const calls = possible.operations.map(({ state, what }) => `${state}: ${what}`).join('\n');
      throw new Error(`contents that can't be:\n${differences(contents, nearest.world, seconds)}\n${calls}`);
    }
    if (possible.operations.some((one) => may(one) && !must(one))) counts.inFlight++;
    const complaints = source.loose.complaints(loose, image.point);
    if (complaints.length > 0) throw new Error(`of the loose table: ${complaints.join('; ')}`);
    return match.world;
  }

  /** The power goes once more behind a recovery: a second one changes nothing. */
  private async reopen(disk: FaultyStorage, clock: SimulatedClock, { contents }: Recovered): Promise<void> {
    this.counts.reopened++;
    const after = disk.crash(this.chance.is(0.5) ? 'keep' : 'chaos');
    const again = await this.open(after, clock);
    mustBeSound(again);
    await mustBeTidy(after);
    const second = await readStore(again, clock.seconds);
    for (const [name, text] of contents) if (second.get(name) !== text) throw new Error(`a second recovery changes ${name}`);
    after.crashAfter(0);
  }

  private open(storage: FaultyStorage, clock: SimulatedClock): Promise<Database> {
    return openDatabase({ storage, clock, config, scheduler: new TestScheduler(), random: this.chance.random });
  }

  /** Opens it while the power goes once more, or almost; returns the disk as it is then. */
  private async crashWhileOpening(disk: FaultyStorage, clock: SimulatedClock): Promise<FaultyStorage> {
    disk.crashAfter(this.chance.below(4));
    try {
      await this.open(disk, clock);
    } catch (error) {
      if (!isPowerCut(error)) throw error;
    }
    return disk.crash();
  }
}

/** A recovery found nothing damaged. */
export function mustBeSound({ recovery }: Database): void {
  const { corruption, sstablesSetAside, filesAside } = recovery;
  if (corruption.length + sstablesSetAside.length + filesAside.length > 0) {
    throw new Error(`a crash is no corruption: ${JSON.stringify([corruption, sstablesSetAside, filesAside])}`);
  }
}

/** There is no file that nobody needs. To be called when a recovery has just ended, before anything else begins, or on a disk at rest. */
export async function mustBeTidy(storage: FaultyStorage): Promise<void> {
  const { names } = storage;
  const named = new Set<string>();
  for (const [key, value] of await storage.catalog.load()) {
    const [kind, tableId, generation] = key.split('/');
    if (kind !== 'sstable') continue;
    const record = value as unknown as SSTableRecord;
    for (const name of filesOf({ ...record, tableId, generation: Number(generation) })) named.add(name);
  }
  const litter = names.filter((name) => !named.has(name) && !/^(cdc-)?wal-\d+\.log$/.test(name));
  if (litter.length > 0) throw new Error(`litter: ${litter.join()}`);
  const missing = [...named].filter((name) => !names.includes(name));
  if (missing.length > 0) throw new Error(`files that the catalog names and that are not there: ${missing.join()}`);
}
