import type { RemoteDatabase, ResultSet } from '@cassette/client';
import { ResultRows } from '../results/result-rows.ts';
import { type Command, CommandError, type CopyCommand } from './commands/command.ts';
import { parseCommand } from './commands/parse-command.ts';
import { runCommand } from './commands/run-command.ts';
import { copyOptions } from './files/copy-options.ts';
import { copyTo } from './files/copy-to.ts';
import { readyFiles } from './files/desk.ts';
import { FileJob } from './files/file-job.ts';
import { source } from './files/source.ts';
import { failure, type JobOutcome, type Outcome } from './outcomes.ts';
import type { ScriptStatement } from './script/split-script.ts';
import { pageRows, paging, tracing, usedKeyspace } from './settings.ts';

/** Whether a statement of the engine is answered with words. */
export function isDescribe(text: string): boolean {
  return /^desc(?:ribe)?\b/i.test(text);
}

/** The keyspace that a USE says; null for other statements. */
export function keyspaceOfUse(text: string): string | null {
  const use = /^use\s+(?:"((?:[^"]|"")*)"|(\w+))/i.exec(text);
  return use === null ? null : (use[1]?.replaceAll('""', '"') ?? use[2].toLowerCase());
}

/** Files in files, as deep as cqlsh's users ever went. */
const depthMax = 8;
/** Results of the statements of a file that are shown. */
const shownOfFile = 20;

/** Puts away what was shown before. */
export interface ClearOutcome {
  readonly kind: 'clear';
}

/** Runs statements of a script, and of the files it names, one after the other. */
export class StatementRunner {
  private readonly database: RemoteDatabase;
  private readonly control: AbortController;
  private readonly show: (text: string, outcome: Outcome, since: number) => void;
  private readonly depth: number;

  /** `show`: takes results of statements that stand in files. */
  constructor(
    database: RemoteDatabase,
    control: AbortController,
    show: (text: string, outcome: Outcome, since: number) => void,
    depth = 0,
  ) {
    this.database = database;
    this.control = control;
    this.show = show;
    this.depth = depth;
  }

  /** What became of a statement; `early` hears of a job as soon as it begins. Never rejects. */
  async run(statement: ScriptStatement, early: (outcome: JobOutcome) => void): Promise<Outcome | ClearOutcome> {
    try {
      if (statement.kind === 'cql') return await this.cql(statement);
      return await this.command(parseCommand(statement.text), statement, early);
    } catch (error) {
      if ((error as { code?: string }).code === 'ABORTED') return { kind: 'cancelled' };
      return failure(error instanceof CommandError ? commandFailure(error, statement) : error);
    }
  }

  private async cql({ text, line, column }: ScriptStatement): Promise<Outcome> {
    const { database, control } = this;
    const since = performance.now();
    // Empty lines and blanks in front put the statement where it stands in the script, so an error names that place.
    const placed = '\n'.repeat(line - 1) + ' '.repeat(column - 1) + text;
    const fetchSize = pageRows.value;
    const traced = tracing.value;
    const { signal } = control;
    // A read that is called off ends; a write that is on its way to the log is waited for, and told as what it came to.
    const result = await database.execute(placed, undefined, { fetchSize, pagesIfPossible: true, tracing: traced, signal });
    usedKeyspace.value = keyspaceOfUse(text) ?? usedKeyspace.value;
    if (result.columns === null) return { kind: 'done', trace: result.trace };
    const described = isDescribe(text) ? statementsOf(result) : null;
    if (described !== null) return { kind: 'text', text: described, isCql: true, trace: result.trace };
    const keyspace = result.columns[0]?.keyspace;
    const rows = new ResultRows(
      result,
      (pageState, size, ofPage) =>
        database.execute(text, undefined, {
          fetchSize: size,
          pagesIfPossible: true,
          tracing: traced,
          ...(pageState !== null && { pageState }),
          ...(ofPage !== undefined && { signal: ofPage }),
          // USE may have come between.
          ...(keyspace !== undefined && keyspace !== '' && { keyspace }),
        }),
      fetchSize,
      performance.now() - since,
    );
    // What came until it is called off stays.
    if (!paging.value) await rows.all(signal);
    return { kind: 'rows', rows };
  }

  private async command(
    command: Command,
    statement: ScriptStatement,
    early: (outcome: JobOutcome) => void,
  ): Promise<Outcome | ClearOutcome> {
    if (command.kind === 'clear') return { kind: 'clear' };
    if (command.kind === 'source') return this.job('source', command.file, early, (job) => this.source(job, command.file));
    if (command.kind !== 'copy') return { kind: 'text', text: runCommand(command, this.database), isCql: false, trace: null };
    // What is wrong with them is told before a file is asked for.
    const options = copyOptions(command);
    const subject = command.keyspace === null ? command.table : `${command.keyspace}.${command.table}`;
    return this.job(command.direction, subject, early, async (job) => {
      if (options.idle.length > 0)
        job.say(`Without meaning here, where one page writes to one node: ${options.idle.join(', ')}.`);
      try {
        if (command.direction === 'to') await copyTo(job, command, options, this.database);
        else await this.copyFrom(job, command, options);
      } catch (error) {
        throw error instanceof CommandError ? commandFailure(error, statement) : error;
      }
    });
  }

  private async copyFrom(job: FileJob, command: CopyCommand, options: ReturnType<typeof copyOptions>): Promise<void> {
    const accept = options.format === 'json' ? '.json,.ndjson,.jsonl' : '.csv,.tsv,.txt';
    const ready = command.file === null ? null : readyFiles(command.file);
    const files = ready ?? (await job.files(command.file, accept));
    // Its parser of values is code that few visits need.
    const { copyFrom } = await import('./files/copy-from.ts');
    await copyFrom(job, command, options, files, this.database);
  }

  private async source(job: FileJob, file: string): Promise<void> {
    if (this.depth >= depthMax) throw new CommandError(`a file that names a file that names a file: ${depthMax} is enough`, 0);
    const files = readyFiles(file) ?? (await job.files(file, '.cql,.sql,.txt'));
    const inner = new StatementRunner(this.database, this.control, this.show, this.depth + 1);
    let seen = 0;
    await source(job, files, async (statement) => {
      const since = performance.now();
      const show = (outcome: Outcome) => {
        if (seen++ < shownOfFile) this.show(statement.text, outcome, since);
      };
      const outcome = await inner.run(statement, show);
      if (outcome.kind === 'clear') return { kind: 'done', trace: null };
      if (outcome.kind === 'rows' || outcome.kind === 'text') show(outcome);
      return outcome;
    });
    if (seen > shownOfFile) job.say(`Of its results the first ${shownOfFile} are shown.`);
  }

  private async job(
    verb: FileJob['verb'],
    subject: string,
    early: (outcome: JobOutcome) => void,
    work: (job: FileJob) => Promise<void>,
  ): Promise<JobOutcome> {
    const { control } = this;
    const job = new FileJob(verb, subject, control.signal, () => control.abort(new DOMException('Called off', 'AbortError')));
    const outcome: JobOutcome = { kind: 'job', job };
    early(outcome);
    try {
      await work(job);
      job.end({ kind: 'done' });
    } catch (error) {
      const isCalledOff = control.signal.aborted || (error as Error).name === 'AbortError';
      job.end(isCalledOff ? { kind: 'cancelled' } : { kind: 'failed', failure: failure(error) });
    }
    return outcome;
  }
}

/** The CQL that a DESCRIBE answers, as cqlsh prints it; null where it answers names. */
function statementsOf(result: ResultSet): string | null {
  const at = result.columns?.findIndex(({ name }) => name === 'create_statement') ?? -1;
  if (at < 0) return null;
  return [...result].map((row) => String(row.get(at))).join('\n\n');
}

function commandFailure(error: CommandError, { line, column, text }: ScriptStatement): Error {
  const before = text.slice(0, error.position).split('\n');
  const place = {
    line: line + before.length - 1,
    column: before.length === 1 ? column + error.position : before[before.length - 1].length + 1,
  };
  return Object.assign(new Error(error.message), { name: 'CommandError', code: 'COMMAND_ERROR', data: place });
}
