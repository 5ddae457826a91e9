import type { ExportHooks, ExportOptions, ExportReport, ExportTarget } from '../export/index.ts';
import { exportPart } from '../export/index.ts';
import type { ImportOptions, ImportReport, ImportSource } from '../import/index.ts';
import type { Environment } from '../prepared/index.ts';
import { type Scheduler, untilAborted } from '../scheduler/index.ts';
import type { WriteEngine } from '../write-engine/index.ts';
import { Imports } from './imports.ts';
import type { ModificationExecutor } from './modification-executor.ts';
import type { SchemaExecutor } from './schema-executor.ts';
import { ToldTransfers } from './told.ts';

/** What exports and imports are made with. */
export interface TransfersParts {
  readonly engine: WriteEngine;
  readonly environment: Environment;
  readonly scheduler: Scheduler;
  readonly modifications: ModificationExecutor;
  readonly schemaChanges: SchemaExecutor;
}

/** Exports and imports of a store: each is told in its events. */
export class Transfers {
  private readonly parts: TransfersParts;
  private readonly imports: Imports;
  private readonly events: ToldTransfers;

  constructor(parts: TransfersParts) {
    this.parts = parts;
    const { engine, scheduler, modifications } = parts;
    this.imports = new Imports({ ...parts, betweenCounts: (task) => modifications.betweenCounts(task) });
    this.events = new ToldTransfers(engine.events, scheduler);
  }

  /** See `Database.exportTo`. */
  export(options: ExportOptions, target: ExportTarget, hooks: ExportHooks | undefined): Promise<ExportReport> {
    const { engine, environment, scheduler, modifications } = this.parts;
    const run = async () => {
      const { runExport } = await exportPart.load();
      await untilAborted(modifications.drain(), hooks?.signal, 'The export');
      return runExport(engine, environment, scheduler, options ?? {}, target, hooks);
    };
    return this.events.told('export', run, ({ bytes, sstables }) => ({ bytes, sstables: sstables.length }));
  }

  /** See `Database.import`. `keyspace`: that of names in CQL that tell none. */
  import(source: ImportSource, options: ImportOptions, keyspace: string): Promise<ImportReport> {
    const run = () => this.imports.run(source, options, keyspace);
    const sstables = ({ tables }: ImportReport) => tables.reduce((sum, table) => sum + table.sstables, 0);
    return this.events.told('import', run, (report) => ({ bytes: report.bytes, sstables: sstables(report) }));
  }

  /** Ends imports that are under way. */
  close(): Promise<void> {
    return this.imports.close();
  }
}
