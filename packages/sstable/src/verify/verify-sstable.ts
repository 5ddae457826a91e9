import { compareBytes } from '@cassette/bytes';
import type { TableMetadata } from '@cassette/cql';
import { type DataLayout, layoutOfHeader, misfitsOf, tableOfHeader } from '../data/index.ts';
import { Component, type Descriptor, printFileName } from '../descriptor/index.ts';
import { BloomFilter, bloomSpec, decodeBloomFilter } from '../filter/index.ts';
import type { SerializationHeader } from '../header/index.ts';
import type { ByteSource } from '../io/byte-source.ts';
import { readAll } from '../reader/counting-source.ts';
import type { SSTableSources } from '../reader/index.ts';
import { decodeStatistics, MURMUR3_PARTITIONER, NO_COMPRESSION_RATIO, type Statistics } from '../statistics/index.ts';
import { decodeSummary, type Summary } from '../summary/index.ts';
import { BigIndexCheck } from './big-index-check.ts';
import { BtiIndexCheck } from './bti-index-check.ts';
import { checkComponents, checkDigest, type DataPass, openData } from './check-files.ts';
import { checkStatistics } from './check-statistics.ts';
import { DigestedSource } from './digested-source.ts';
import { type FindingListener, Findings } from './findings.ts';
import { GuardedIndexCheck } from './guarded-index-check.ts';
import type { PartitionIndexCheck } from './partition-index-check.ts';
import { DataScan } from './scan-data.ts';

/** Bytes of a filter up to which it is made again, to find bits that no key sets: harmless ones, not worth as much memory again. */
const MADE_AGAIN_MAX = 1 << 24;

/** What is said of an SSTable. */
export interface SSTableVerdict {
  /** Name of its Data.db. */
  readonly sstable: string;
  /** Whether there are no errors. */
  readonly ok: boolean;
  /** Wrong bytes, or data that a read could miss; a hundred at most. */
  readonly errors: readonly string[];
  /** What Cassandra would not have written, but lives with; a hundred at most. */
  readonly warnings: readonly string[];
  /** The checks that ran and found no error: not those of components that are not there, or that need what could not be read. */
  readonly checks: readonly string[];
  readonly partitions: number;
  /** Static rows that are not empty included. */
  readonly rows: number;
}

type RowCounts = Pick<SSTableVerdict, 'partitions' | 'rows'>;

/** How an SSTable is verified. */
export interface VerifyOptions {
  /** The table that it should be of; default: none, types and columns are those of its own header. */
  readonly table?: TableMetadata;
  /** The components that there are, also those that are not among the sources (of indexes, say); default: the sources'. */
  readonly components?: readonly string[];
  /** Called with each error and warning when it is found, before the verdict has them all. */
  readonly told?: FindingListener;
}

/**
 * Verifies an SSTable: TOC.txt against its files; the digest and every chunk's checksum; the header against the table; all of Data.db
 * (order of partitions, rows and markers, range tombstones, values, nothing empty); the index, the summary and the bloom filter against
 * it; the statistics against those that the data makes. Reads every file once, in memory that does not grow with the data: the filter,
 * eight bytes a chunk, the samples of the summary, the row index of one partition.
 * Never throws for what is in the files. Cassandra: IVerifier with `extendedVerification`, and more.
 */
export function verifySSTable(descriptor: Descriptor, sources: SSTableSources, options: VerifyOptions = {}): SSTableVerdict {
  const steps = verifySSTableInSteps(descriptor, sources, options);
  for (;;) {
    const step = steps.next();
    if (step.done === true) return step.value;
  }
}

/**
 * The same for those who have other things to do meanwhile: stops after about every 128 KiB of rows and tells how far it is, a share from
 * 0 to 1. What is given up is left with `return`.
 */
export function* verifySSTableInSteps(
  descriptor: Descriptor,
  sources: SSTableSources,
  options: VerifyOptions = {},
): Generator<number, SSTableVerdict, void> {
  const findings = new Findings(options.told);
  const counts = yield* verify(descriptor, sources, options, findings);
  return {
    sstable: printFileName(descriptor, Component.DATA),
    ok: findings.errors.length === 0,
    errors: findings.errors,
    warnings: findings.warnings,
    checks: findings.checks.filter((check) => !findings.errors.some((text) => text.startsWith(`${check}:`))),
    ...counts,
  };
}

function* verify(
  descriptor: Descriptor,
  sources: SSTableSources,
  { table, components }: VerifyOptions,
  findings: Findings,
): Generator<number, RowCounts, void> {
  const nothing = { partitions: 0, rows: 0 };
  const { version } = descriptor;
  findings.run('components', () => checkComponents(descriptor, sources, components ?? Object.keys(sources), findings));
  const stored = sources[Component.DATA];
  const statisticsSource = sources[Component.STATISTICS];
  const digest = sources[Component.DIGEST];
  if (stored === undefined) return nothing;
  // One reading of Data.db serves its digest, its chunks and its rows.
  const digested = digest === undefined ? null : new DigestedSource(stored);
  const isCompressed = sources[Component.COMPRESSION_INFO] !== undefined;
  const open = () => openData(sources, digested ?? stored, findings);
  const pass = isCompressed ? findings.run('compression', open) : findings.attempt('chunks', open);
  const counts = statisticsSource === undefined ? null : yield* rows(statisticsSource);
  if (pass !== null) {
    findings.guard('chunks', () => pass.checkRest());
    if (pass.hasChecksums) findings.settle('chunks');
  }
  if (digest !== undefined && digested !== null) findings.run('digest', () => checkDigest(digest, digested, findings));
  return counts ?? nothing;

  function* rows(source: ByteSource): Generator<number, RowCounts | null, void> {
    const statistics = findings.run('header', () => {
      const read = decodeStatistics(readAll(source), source.name, version);
      checkHeader(read, table, source.name, findings);
      return read;
    });
    if (pass === null || statistics === null) return null;
    if (statistics.stats.compressionRatio !== NO_COMPRESSION_RATIO && sources[Component.COMPRESSION_INFO] === undefined) {
      findings.error(
        'components: CompressionInfo.db is missing, and the statistics tell that Data.db is compressed: no row can be read',
      );
      return null;
    }
    const own = findings.run('types', () => {
      const ownTable = tableOfHeader(statistics.header, source.name);
      return { table: ownTable, layout: layoutOfHeader(statistics.header, version, ownTable, source.name) };
    });
    return own === null ? null : yield* scanRows(descriptor, sources, pass, statistics, own, table, findings);
  }
}

/** All of Data.db with the index, the filter and the statistics beside it. */
function* scanRows(
  descriptor: Descriptor,
  sources: SSTableSources,
  pass: DataPass,
  statistics: Statistics,
  own: { readonly table: TableMetadata; readonly layout: DataLayout },
  table: TableMetadata | undefined,
  findings: Findings,
): Generator<number, RowCounts, void> {
  const before = findings.errors.length;
  const filter = openFilter(sources, statistics, findings);
  const summary = openSummary(sources, table, findings);
  const index = findings.attempt('index', () => openIndex(descriptor, sources, own.layout, summary, findings));
  const isSmall = filter !== null && filter.bits.length <= MADE_AGAIN_MAX;
  const emptyFilter = isSmall ? new BloomFilter(filter.hashCount, new Uint8Array(filter.bits.length)) : null;
  const { data } = pass;
  const scan = yield* new DataScan({ data, header: statistics.header, ...own, index, filter, findings }, emptyFilter).run();
  const found = findings.errors.slice(before);
  const done = ['data'];
  if (filter !== null) done.push('filter');
  if (index !== null) done.push('index');
  // Its samples are looked up in Index.db.
  if (index !== null && summary !== null) done.push('summary');
  for (const check of done) if (!found.some((text) => text.startsWith(check))) findings.checks.push(check);
  if (scan.complete) {
    if (filter !== null && scan.filterBits !== null) {
      const { bits } = scan.filterBits;
      if (compareBytes(bits, 0, bits.length, filter.bits, 0, filter.bits.length) !== 0) {
        findings.warn('filter: it has bits that no key sets');
      }
    }
    const ratio = pass.compressionRatio;
    findings.run('statistics', () => checkStatistics(statistics, scan, own.layout, descriptor.version, ratio, findings));
  }
  return { partitions: scan.partitions, rows: scan.rows };
}

function openFilter(sources: SSTableSources, { validation }: Statistics, findings: Findings): BloomFilter | null {
  const source = sources[Component.FILTER];
  if (source === undefined) {
    if (validation.bloomFilterFpChance < 1) findings.warn('components: Filter.db is missing');
    return null;
  }
  if (validation.bloomFilterFpChance >= 1) findings.warn('filter: there is one, where bloom_filter_fp_chance is 1');
  const filter = findings.run('filter file', () => decodeBloomFilter(readAll(source), source.name));
  const chance = validation.bloomFilterFpChance;
  if (filter === null && source.size === 0) findings.warn('filter: Filter.db is empty, which means that every key may be there');
  if (filter !== null && chance > 0 && chance < 1 && filter.hashCount !== bloomSpec(chance).hashCount) {
    findings.warn(
      `filter: ${filter.hashCount} hashes, where bloom_filter_fp_chance ${chance} asks for ${bloomSpec(chance).hashCount}`,
    );
  }
  return filter;
}

function openSummary(sources: SSTableSources, table: TableMetadata | undefined, findings: Findings): Summary | null {
  const source = sources[Component.SUMMARY];
  if (source === undefined) return null;
  const summary = findings.run('summary file', () => decodeSummary(readAll(source), source.name));
  const wanted = table?.params.minIndexInterval;
  if (summary !== null && wanted !== undefined && summary.minIndexInterval !== wanted) {
    findings.warn(`summary: min_index_interval is ${summary.minIndexInterval}, the table has ${wanted}`);
  }
  return summary;
}

function openIndex(
  { version }: Descriptor,
  sources: SSTableSources,
  layout: DataLayout,
  summary: Summary | null,
  findings: Findings,
): PartitionIndexCheck | null {
  const check = version.format === 'big' ? big() : bti();
  return check === null ? null : new GuardedIndexCheck(check, findings);

  function big(): PartitionIndexCheck | null {
    const index = sources[Component.INDEX];
    return index === undefined ? null : new BigIndexCheck(index, layout.clusteringFixed, version, summary, findings);
  }

  function bti(): PartitionIndexCheck | null {
    const partitions = sources[Component.PARTITIONS];
    const rows = sources[Component.ROWS];
    if (partitions === undefined || rows === undefined) return null;
    return new BtiIndexCheck(partitions, rows, layout.comparator.columns, findings);
  }
}

/** Header and validation against the table. Cassandra: SerializationHeader.Component#toHeader. */
function checkHeader(
  { validation, header }: Statistics,
  table: TableMetadata | undefined,
  file: string,
  findings: Findings,
): void {
  if (validation.partitioner !== MURMUR3_PARTITIONER) {
    findings.error(`header: the partitioner is ${validation.partitioner}, only Murmur3Partitioner is understood`);
  }
  if (table === undefined) return;
  if (validation.bloomFilterFpChance !== table.params.bloomFilterFpChance) {
    findings.warn(
      `header: bloom_filter_fp_chance is ${validation.bloomFilterFpChance}, the table has ${table.params.bloomFilterFpChance}`,
    );
  }
  for (const { message } of misfitsOf(header, table, file)) findings.error(`header: ${message}`);
  warnOfTypes(header.staticColumns, table, findings);
  warnOfTypes(header.regularColumns, table, findings);
}

/** Types that the table reads, but would not write. */
function warnOfTypes(columns: SerializationHeader['regularColumns'], table: TableMetadata, findings: Findings): void {
  for (const { name, type } of columns) {
    const wanted = table.column(name)?.type.marshalName() ?? type;
    if (wanted !== type) findings.warn(`header: column ${name} was ${type}, the table has ${wanted}`);
  }
}
