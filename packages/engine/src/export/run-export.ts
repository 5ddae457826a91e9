import { LazyPart } from '@cassette/bytes';
import { InvalidRequestError, Uuid } from '@cassette/cql';
import { StorageFullError } from '@cassette/storage';
import { tableKey } from '../catalog/index.ts';
import { checkTableNames, invalidOption } from '../config/check-config.ts';
import { checkKnown } from '../config/known-options.ts';
import { intervalsOf } from '../lineage/token-ranges.ts';
import { type Environment, TimeUuidGenerator } from '../prepared/index.ts';
import { type Scheduler, Slices, untilAborted } from '../scheduler/index.ts';
import type { EngineSnapshot, SnapshotTable } from '../write-engine/engine-snapshot.ts';
import type { WriteEngine } from '../write-engine/index.ts';
import { type ExportOptions, type ExportPlatform, type ExportReport, exportFormats } from './export-options.ts';
import { type ExportPlan, type ExportTarget, exportSnapshot } from './export-store.ts';
import type { ManifestHead } from './kit/index.ts';
import { newTimeUuid, sstableNames } from './sstable-names.ts';

// Whole exports do without.
const schemaDifference = new LazyPart('changes of the schema between exports', () => import('../lineage/schema-changes.ts'));

/**
 * Exports what a store holds into a target, and remembers, durably, which SSTables that were. Writes go on meanwhile and are not in it.
 * Rejects with CassetteError INVALID_OPTION, InvalidRequestError, UnknownExportError, and what {@link exportSnapshot} rejects with; then it is as if there had been none.
 */
export async function runExport(
  engine: WriteEngine,
  environment: Pick<Environment, 'nowInMillis' | 'randomBytes'>,
  scheduler: Scheduler,
  options: ExportOptions,
  target: ExportTarget,
  hooks: ExportPlatform = {},
): Promise<ExportReport> {
  checkKnown(options, ['format', 'compact', 'tables', 'since', 'tokenRange', 'ids', 'kit'], 'export');
  checkKnown(hooks, ['onProgress', 'signal', 'sha256'], 'export');
  const { format = 'nb', compact = true, ids = 'number', kit = true, since } = options;
  if (!Object.hasOwn(exportFormats, format)) {
    throw invalidOption('format', `one of ${Object.keys(exportFormats).join(', ')}`, format);
  }
  if (ids !== 'number' && ids !== 'uuid' && ids !== 'generation') {
    throw invalidOption('ids', "'number', 'uuid' or 'generation'", ids);
  }
  if (typeof compact !== 'boolean') throw invalidOption('compact', 'true or false', compact);
  if (typeof kit !== 'boolean') throw invalidOption('kit', 'true or false', kit);
  checkTableNames(options.tables);
  const intervals = intervalsOf(options.tokenRange);
  if (since !== undefined) engine.exports.find(since);
  const wanted = engine.schema.tables.filter((table) => options.tables?.includes(table.toString()) ?? true);
  // An export without what they hold would say that it has it.
  await untilAborted(engine.openAll(wanted.map(tableKey)), hooks.signal, 'The export');
  const changesOf = since === undefined ? null : (await schemaDifference.load()).schemaChanges;
  // Not the one of statements: exports leave the timestamps of the writes that follow as they would have been.
  const createdAt = environment.nowInMillis();
  const timeUuids = new TimeUuidGenerator(() => createdAt * 1000, environment.randomBytes);
  hooks.onProgress?.({ phase: 'flushing', file: null, bytesDone: 0, bytesTotal: 0 });
  const snapshot = await untilAborted(engine.snapshot(), hooks.signal, 'The export', (late) => late.release());
  try {
    const tables = chosenTables(snapshot, options.tables);
    const id = new Uuid(newTimeUuid(timeUuids)).toString();
    const underWay = engine.exports.begin(snapshot, { id, createdAt, since, tables, intervals, schemaChanges: changesOf });
    try {
      const { record, changes } = underWay;
      const readableBy = exportFormats[format];
      const manifest: ManifestHead = {
        kind: 'cassette-export',
        version: 1,
        id,
        since: record.since,
        createdAt: new Date(createdAt).toISOString(),
        format,
        readableBy,
        tokenRanges: record.ranges,
        ...underWay.undone,
        schemaChanges: [...(changes?.statements.values() ?? [])].flat(),
        schemaByHand: changes?.byHand ?? [],
      };
      const plan: ExportPlan = {
        format,
        compact,
        tables,
        intervals,
        manifest: kit ? manifest : null,
        schemaChanges: changes,
        slices: new Slices(scheduler, engine.config.sliceMilliseconds),
        isElsewhere: underWay.isElsewhere.bind(underWay),
        nameOf: sstableNames(ids, timeUuids, environment.randomBytes),
      };
      const files = await exportSnapshot(snapshot, plan, target, hooks);
      const remembered = await underWay.finish().then(() => true, forgottenIfFull);
      return { id, since: record.since, remembered, format, readableBy, ...files };
    } catch (error) {
      // Nothing is written behind the back of whoever hears of the failure.
      await target.abandon?.();
      underWay.abandon();
      throw engine.reasonOf(error);
    }
  } finally {
    snapshot.release();
  }
}

/** An export that is complete counts, also from a device without room for one more record: that is when one wants it most. */
function forgottenIfFull(error: unknown): false {
  if (error instanceof StorageFullError) return false;
  throw error;
}

function chosenTables(snapshot: EngineSnapshot, names: readonly string[] | undefined): readonly SnapshotTable[] {
  for (const name of names ?? []) {
    if (!snapshot.tables.some(({ table }) => table.toString() === name)) {
      throw new InvalidRequestError(`There is no table ${name} to export: a table is named with its keyspace, as keyspace.table`);
    }
  }
  return names === undefined ? snapshot.tables : snapshot.tables.filter(({ table }) => names.includes(table.toString()));
}
