import { CassetteError, CorruptionError } from '@cassette/bytes';
import { anatomyOf } from '../anatomy/index.ts';
import { UnsupportedCompressorError } from '../compression/index.ts';
import { Component, printFileName } from '../descriptor/index.ts';
import { jsonDump, jsonKeys } from '../dump/index.ts';
import type { ReadCommand } from '../io/read-command.ts';
import { sstableMetadata } from '../metadata/index.ts';
import { SSTableReader, type SSTableReaderOptions, type SSTableSources } from '../reader/index.ts';
import { type SSTableVerdict, verifySSTable } from '../verify/index.ts';
import type { Damage } from './damage.ts';
import { fingerprintOf, fingerprintOfText } from './fingerprint.ts';
import { BeyondLimit, type Guard, type Limits } from './guard.ts';
import type { Specimen } from './specimen.ts';

/** How much more than the undamaged SSTable a damaged one may cost. */
const WORK_FACTOR = 8;
const BYTES_AT_ONCE = 1 << 18;
const BYTES_FACTOR = 4;
const NOW = 1_700_000_050;

/** What came of damaged files, and what must not be: empty lists. */
export interface Tally {
  /** Damaged files. */
  files: number;
  /** Those that could not be opened. */
  refusedAtOpen: number;
  /** Of the others: where some reads were refused, and where all gave what they give of the undamaged file. */
  refusedInPart: number;
  equal: number;
  /** Where some reads gave other rows, though nothing covers the bytes. */
  otherRows: number;
  /** Where nothing is covered: reads that gave other rows all the same. */
  readonly wrong: string[];
  /** What `verify` found nothing wrong with. */
  readonly unseen: string[];
  /** Errors of no type, errors without file and offset, too much work, too much memory. */
  readonly faults: string[];
}

/** Which answers a damaged file may give. */
export interface Expectation {
  /**
   * `checked`: its own, or an error. `keys may be missing`: look-ups may find nothing (a bloom filter that is damaged). `any`: nothing covers
   * the bytes, rows may be others.
   */
  readonly rows: 'checked' | 'keys may be missing' | 'any';
  /** Components that are not given to the reader. */
  readonly without?: readonly Component[];
  readonly options?: SSTableReaderOptions;
  /** Of how many reads one is tried on each damaged file, in turn; default 1, all. */
  readonly share?: number;
  /** Whether `verify` is asked, and must find the damage; default true. */
  readonly verified?: boolean;
  /** Whether `verify` need not find that damage. */
  readonly isHarmless?: (damaged: Uint8Array) => boolean;
  /** Whether those reads may give other rows all the same. */
  readonly isBelieved?: (damaged: Uint8Array, reads: readonly string[]) => boolean;
}

/** Reads damaged copies of an SSTable in every way there is. */
export class Examination {
  readonly guard: Guard;
  private readonly specimen: Specimen;
  private readonly commands: readonly ReadCommand[];
  private readonly right: readonly number[];
  private readonly rightDump: number;
  private readonly none: number;
  private readonly limits: Limits;
  private readonly fileNames: ReadonlySet<string>;

  constructor(specimen: Specimen, guard: Guard) {
    this.specimen = specimen;
    this.guard = guard;
    this.fileNames = new Set([...specimen.files.keys()].map((component) => printFileName(specimen.descriptor, component)));
    const sources = this.sources(null, new Uint8Array(0), []);
    const whole = this.open(sources, {});
    this.commands = specimen.commands(whole);
    this.none = fingerprintOf(whole.cursor({ partitions: { keys: [] } }));
    guard.begin();
    const reader = this.open(sources, {});
    this.right = this.commands.map((command) => fingerprintOf(reader.cursor(command)));
    this.rightDump = dumpOf(reader);
    sstableMetadata(specimen.descriptor, sources);
    for (const component of specimen.files.keys()) explain(specimen, sources, component);
    const verdict = verifySSTable(specimen.descriptor, sources, this.tableOption);
    if (!verdict.ok) throw new Error(`the undamaged ${specimen.name} is not right: ${verdict.errors}`);
    this.limits = {
      work: guard.work * WORK_FACTOR + 1000,
      bytesAtOnce: Math.max(BYTES_AT_ONCE, 2 * guard.bytesAtOnce),
      bytesInAll: guard.bytesInAll * BYTES_FACTOR + (1 << 20),
    };
    guard.begin();
  }

  /** What comes of a component that is damaged in each of those ways. */
  run(component: Component, damages: Iterable<Damage>, expectation: Expectation): Tally {
    const tally: Tally = {
      ...{ files: 0, refusedAtOpen: 0, refusedInPart: 0, equal: 0, otherRows: 0 },
      ...{ wrong: [], unseen: [], faults: [] },
    };
    const good = this.specimen.files.get(component)!;
    for (const { what, bytes } of damages) {
      // Damage at random may take back what it did.
      if (bytes.length === good.length && bytes.every((byte, i) => byte === good[i])) continue;
      tally.files++;
      const place = `${component}: ${what}`;
      const attempt = (how: string, work: () => void): boolean => {
        try {
          work();
          return true;
        } catch (error) {
          const fault = this.faultOf(error);
          if (fault !== null) tally.faults.push(`${place}: ${how}: ${fault}`);
          return false;
        }
      };
      this.guard.begin(this.limits);
      this.read(component, bytes, expectation, tally, place, attempt);
      const sources = this.sources(component, bytes, expectation.without ?? []);
      attempt('metadata', () => void sstableMetadata(this.specimen.descriptor, sources));
      attempt('explain', () => explain(this.specimen, sources, component));
      // What leads into it is believed by its pieces too.
      if (tally.files % 4 === 0) attempt('explain', () => explain(this.specimen, sources, Component.DATA));
      if (expectation.verified !== false) {
        let verdict: SSTableVerdict | null = null;
        attempt('verify', () => {
          verdict = verifySSTable(this.specimen.descriptor, sources, this.tableOption);
        });
        if (verdict !== null && isClean(verdict) && expectation.isHarmless?.(bytes) !== true) tally.unseen.push(place);
      }
    }
    // What tests make of their own is not held against anyone.
    this.guard.begin();
    return tally;
  }

  private read(
    component: Component,
    bytes: Uint8Array,
    { rows, without = [], options = {}, share = 1, isBelieved = () => false }: Expectation,
    tally: Tally,
    place: string,
    attempt: (how: string, work: () => void) => boolean,
  ): void {
    let reader: SSTableReader | null = null;
    attempt('open', () => {
      reader = this.open(this.sources(component, bytes, without), options);
    });
    if (reader === null) {
      tally.refusedAtOpen++;
      return;
    }
    const opened: SSTableReader = reader;
    let refused = 0;
    const others: string[] = [];
    this.commands.forEach((command, i) => {
      if ((i + tally.files) % share !== 0) return;
      const done = attempt(`read ${i}`, () => {
        const found = fingerprintOf(opened.cursor(command));
        if (found === this.right[i]) return;
        if (
          rows === 'keys may be missing' &&
          'keys' in command.partitions &&
          (found === this.none || command.partitions.keys.length > 1)
        )
          others.push('');
        else others.push(describe(command));
      });
      if (!done) refused++;
    });
    // Keys are told as the index says them: nothing is held against them.
    attempt('keys', () => {
      for (const _ of jsonKeys(opened.keys(), opened.table, printFileName(this.specimen.descriptor, component)));
    });
    const dumped = attempt('dump', () => {
      if (tally.files % share !== 0) return;
      if (dumpOf(opened) !== this.rightDump) others.push('dump');
    });
    if (!dumped) refused++;
    const wrong = others.filter((one) => one !== '');
    if (wrong.length > 0 && rows !== 'any' && !isBelieved(bytes, wrong)) tally.wrong.push(`${place}: ${wrong.join('; ')}`);
    if (others.length > 0) tally.otherRows++;
    else if (refused > 0) tally.refusedInPart++;
    else tally.equal++;
  }

  // Null for an error as it must be.
  private faultOf(error: unknown): string | null {
    if (error instanceof UnsupportedCompressorError) return null;
    if (!(error instanceof CassetteError))
      return error instanceof BeyondLimit
        ? error.message
        : error instanceof Error
          ? (error.stack ?? error.message)
          : String(error);
    if (!(error instanceof CorruptionError)) return `${error.code}, not CORRUPTION: ${error.message}`;
    const { file, offset } = error;
    if (!this.fileNames.has(file)) return `of no file (${file}): ${error.message}`;
    if (!Number.isSafeInteger(offset) || offset < 0) return `at no offset (${offset}): ${error.message}`;
    return null;
  }

  private get tableOption() {
    const { table } = this.specimen;
    return table === undefined ? {} : { table };
  }

  private open(sources: SSTableSources, options: SSTableReaderOptions): SSTableReader {
    return SSTableReader.open(this.specimen.descriptor, sources, { ...this.tableOption, ...options });
  }

  private sources(damaged: Component | null, bytes: Uint8Array, without: readonly Component[]): SSTableSources {
    const sources: SSTableSources = {};
    for (const [component, good] of this.specimen.files) {
      if (without.includes(component)) continue;
      const name = printFileName(this.specimen.descriptor, component);
      sources[component] = this.guard.source(component === damaged ? bytes : good, name);
    }
    return sources;
  }
}

function isClean({ ok, warnings }: SSTableVerdict): boolean {
  return ok && warnings.length === 0;
}

function dumpOf(reader: SSTableReader): number {
  const pieces = jsonDump(reader.cursor({ partitions: { range: {} } }), reader.table, { nowInSeconds: NOW });
  return fingerprintOfText([...pieces].join(''));
}

/** Pieces of a component that are looked at: of large ones the first. */
const LEAVES_MAX = 150;

/** Pieces without gaps, and the way to the last byte. Damage is a piece: no error is right. */
function explain({ descriptor }: Specimen, sources: SSTableSources, component: Component): void {
  const spaces = component === Component.DATA && sources[Component.COMPRESSION_INFO] !== undefined ? [false, true] : [false];
  for (const uncompressed of spaces) {
    try {
      const anatomy = anatomyOf(descriptor, sources, component, { uncompressed });
      const size = anatomy.root.to;
      let end = 0;
      const leaves = anatomy.leaves(0, size, LEAVES_MAX);
      for (const { name, from, to } of leaves) {
        if (from !== end || to <= from) throw new Error(`${name} from ${from} to ${to} follows what ends at ${end}`);
        end = to;
      }
      if (leaves.length < LEAVES_MAX && end !== size) throw new Error(`pieces end at ${end} of ${size} bytes`);
      const last = anatomy.pathTo(size - 1).at(-1)!.piece;
      if (size > 0 && last.to !== size) throw new Error(`the last byte is in ${last.name}, which ends at ${last.to} of ${size}`);
    } catch (error) {
      throw error instanceof CassetteError ? new Error(`${error.name}: ${error.message}`, { cause: error }) : error;
    }
  }
}

function describe(command: ReadCommand): string {
  const { partitions, slices, reversed } = command;
  const what = 'keys' in partitions ? `${partitions.keys.length} keys` : `range ${JSON.stringify(Object.keys(partitions.range))}`;
  return `${what}${slices === undefined ? '' : `, ${slices.length} slices`}${reversed ? ', reversed' : ''}`;
}
