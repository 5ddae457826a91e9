import { CassetteError } from '@cassette/bytes';
import { Durability } from '@cassette/engine';
import { Command, InvalidArgumentError, Option } from 'commander';
import { version } from '../package.json';
import { commandHelp, helpText } from './command-help.ts';
import { useKey } from './store-key.ts';
import { isJson, tellError, useJson } from './tell-error.ts';

function wholeSeconds(text: string): number {
  if (!/^\d{1,11}$/.test(text)) throw new InvalidArgumentError('Give whole seconds since 1970.');
  return Number(text);
}

function microseconds(text: string): number {
  const value = Number(text);
  if (!/^-?\d{1,16}$/.test(text) || !Number.isSafeInteger(value))
    throw new InvalidArgumentError('Give whole microseconds since 1970.');
  return value;
}

function count(text: string): number {
  if (!/^\d{1,9}$/.test(text)) throw new InvalidArgumentError('Give a whole number.');
  return Number(text);
}

function names(text: string): string[] {
  return text.split(',');
}

function durability(text: string): Durability {
  const periodic = /^periodic(?::(\d{1,9}))?$/.exec(text);
  if (periodic !== null) return Durability.Periodic(Number(periodic[1] ?? 1000));
  if (text === 'sync') return Durability.SyncEachWrite;
  if (text === 'disabled') return Durability.Disabled;
  throw new InvalidArgumentError('Give sync, periodic, periodic:<milliseconds> or disabled.');
}

function tokenRange(text: string): { start: string; end: string } {
  const [, start, end] = /^(-?\d{1,19}),(-?\d{1,19})$/.exec(text) ?? [];
  if (start === undefined) throw new InvalidArgumentError('Give two tokens with a comma between them.');
  return { start, end };
}

/** What a command does, loaded when it is known that it is the one: a process runs one of them. */
function later<A extends unknown[]>(load: () => Promise<(...args: A) => Promise<void> | void>): (...args: A) => Promise<void> {
  return async (...args) => (await load())(...args);
}

/** What can't be meant, whichever command it is. Throws CassetteError USAGE. */
function checkUsage(command: Command): void {
  const { passphraseFile, schema, outPassphraseFile, ...others } = command.optsWithGlobals();
  const stdin = [passphraseFile, outPassphraseFile, schema, ...command.args].filter((name) => name === '-').length;
  if (stdin > 1)
    throw new CassetteError('USAGE', 'Standard input (-) is named more than once: what comes there can be read once');
  const named: Record<string, unknown> = { ...others, passphraseFile, schema, outPassphraseFile };
  for (const { long, flags } of command.options) {
    const key = (long ?? '').slice(2).replace(/-(.)/g, (_, letter: string) => letter.toUpperCase());
    if (named[key] === '' && /<(dir|file|path)>/.test(flags))
      throw new CassetteError('USAGE', `${long} is empty: name a file or directory`);
  }
  if (command.args.includes('')) throw new CassetteError('USAGE', 'An argument is empty: name a file or directory');
}

/** Adds to each command what its help teaches. */
function teach(program: Command): void {
  for (const command of program.commands) {
    const help = commandHelp[command.name()];
    if (help === undefined) continue;
    const text = () => helpText(help, Math.min(process.stdout.columns || 80, 100));
    command.addHelpText('after', text).showHelpAfterError(`(cassette ${command.name()} --help tells its options, with examples)`);
  }
}

/** All commands with their options; errors of usage are thrown as CommanderError, never exits. */
export function makeProgram(): Command {
  const program = new Command('cassette')
    .description('A storage engine whose files are Apache Cassandra 5.0 SSTables, without a browser and without Java.')
    .version(version)
    .option(
      '--passphrase-file <file>',
      'the store is encrypted, and the first line of the file is its passphrase; - is standard input. Default: CASSETTE_PASSPHRASE of the environment',
    )
    .option('--key-file <file>', 'the store is encrypted, and this is its key: 32 bytes, or 64 hexadecimal digits')
    .option(
      '--json',
      'errors and warnings as JSON on standard error, one object a line; and JSON on standard output where a command would print text or nothing',
    )
    .hook('preAction', (command, action) => {
      useJson(command.opts()['json'] === true);
      checkUsage(action);
      useKey(command.opts());
    })
    .configureOutput({
      outputError: (text) => tellError(new CassetteError('USAGE', text.trimEnd().replace(/^error: /, ''))),
      // The hints behind an error are for people.
      writeErr: (text) => {
        if (!isJson()) process.stderr.write(text);
      },
    })
    .exitOverride()
    .configureHelp({ showGlobalOptions: true })
    .showHelpAfterError('(cassette --help tells all commands)');

  program
    .command('exec')
    .description('run statements; each SELECT prints its rows, one JSON object a line')
    .requiredOption('--dir <dir>', 'directory of the store; made if it is not there')
    .option('--schema <file>', 'CQL that is run first')
    .option(
      '--now <seconds>',
      'let the wall clock stand still there (deletion times, TTLs), for files that can be made again',
      wholeSeconds,
    )
    .option(
      '--no-auto-compaction',
      'leave SSTables as they are flushed; without it they are compacted in the background as their tables say',
    )
    .addOption(
      new Option(
        '--durability <mode>',
        'what a crash of the machine before the end of the command may take: sync (no statement that ran), periodic:<ms> (those of the last so many milliseconds), disabled (all, for no log is written); once it has ended all is durable',
      )
        .argParser(durability)
        .default(Durability.Periodic(1000), 'periodic:1000'),
    )
    .option(
      '--tracing',
      'tell on standard error what was done for each statement (each page of 5000 rows), and when, as cqlsh does',
    )
    .argument('<script...>', 'files of CQL; - is standard input')
    .action(later(async () => (await import('./commands/exec.ts')).exec));

  program
    .command('flush')
    .description('write what is in memory to SSTables')
    .requiredOption('--dir <dir>', 'directory of the store')
    .action(later(async () => (await import('./commands/flush.ts')).flush));

  program
    .command('compact')
    .description('write what is in memory to SSTables and make one of all SSTables of a table')
    .requiredOption('--dir <dir>', 'directory of the store')
    .option('--table <name>', 'only this one, as keyspace.table; default: each table')
    .option(
      '--now <seconds>',
      'let the wall clock stand still there: it decides what has expired and what may be purged',
      wholeSeconds,
    )
    .action(later(async () => (await import('./commands/compact.ts')).compact));

  program
    .command('export')
    .description('write the store as SSTables that Cassandra imports')
    .requiredOption('--dir <dir>', 'directory of the store')
    .requiredOption(
      '--out <path>',
      'a file that ends in .zip, or a directory (made if it is not there); - is a zip to standard output',
    )
    .addOption(
      new Option(
        '--format <version>',
        'SSTable version: nb, which every 4.x and 5.x node reads; da (BTI), for 5.0; oa, for 5.0 in storage_compatibility_mode UPGRADING or NONE',
      )
        .choices(['nb', 'oa', 'da'])
        .default('nb'),
    )
    .option('--no-compact', 'SSTables as they are, instead of one a table')
    .option('--since <id>', 'only what an earlier export, and those it goes on from, does not have')
    .option('--table <name...>', 'only these, as keyspace.table')
    .option('--token-range <start,end>', 'only partitions of these tokens; start exclusive, end inclusive', tokenRange)
    .addOption(
      new Option(
        '--ids <kind>',
        'how SSTables are called: number, drawn at random; uuid, never given twice, which Cassandra 4.0 does not read; generation, as in the store',
      ).choices(['number', 'uuid', 'generation']),
    )
    .option('--allow-incomplete', 'export even if an SSTable of the store is damaged and was set aside')
    .action(later(async () => (await import('./commands/export.ts')).exportStore));

  program
    .command('exports')
    .description('the exports that were made of a store and that --since may name, one JSON object a line')
    .requiredOption('--dir <dir>', 'directory of the store')
    .action(later(async () => (await import('./commands/exports.ts')).listExports));

  program
    .command('confirm-exported')
    .description('say that the cluster has an export and those it goes on from: deletions in it may be purged')
    .requiredOption('--dir <dir>', 'directory of the store')
    .option('--drop', 'remove from the store what the cluster has')
    .argument('<id>', 'what export printed as id')
    .action(later(async () => (await import('./commands/exports.ts')).confirmExported));

  program
    .command('renew-counter-id')
    .description('let a store that was restored, or copied file by file, count under an id of its own; "copy" does so by itself')
    .requiredOption('--dir <dir>', 'directory of the store')
    .action(later(async () => (await import('./commands/renew-counter-id.ts')).renewCounterId));

  program
    .command('import')
    .description('SSTables of Cassandra’s into the store: verified, all of them or none, merged by timestamp with what is there')
    .requiredOption('--dir <dir>', 'directory of the store; made if it is not there')
    .option('--table <name>', 'all of them are of this table, as keyspace.table; default: the one that their folders tell')
    .option('--keyspace <name>', 'all tables go into this keyspace')
    .option('--schema <file>', 'CQL of the tables; default: the schema.cql that comes with them')
    .option('--add-missing-columns', 'columns that a table of the store lacks are added to it')
    .option('--quick', 'do not read every row to verify it; digests and headers alone')
    .argument('<path...>', 'zips, directories, files that end in -Data.db; - is a zip from standard input')
    .action(later(async () => (await import('./commands/import.ts')).importFiles));

  program
    .command('load')
    .description('rows in, SSTables out: JSON lines or CSV as SSTables with all that it takes to load them into a cluster')
    .requiredOption('--schema <file>', 'CQL of the table and its types')
    .requiredOption('--out <path>', 'a file that ends in .zip, or a directory (made if it is not there)')
    .option('--table <name>', 'of the schema this table, as keyspace.table; default: its only one')
    .addOption(
      new Option(
        '--input <kind>',
        'json: one object a line, as SELECT JSON and exec print rows; csv; default: as the names of the files end',
      ).choices(['json', 'csv']),
    )
    .addOption(new Option('--format <version>', 'SSTable version, as of export').choices(['nb', 'oa', 'da']).default('nb'))
    .option('--compact', 'one SSTable, instead of one for every 64 MiB of rows or so')
    .option('--timestamp <microseconds>', 'of all rows; default: now, later rows of the files later', microseconds)
    .option('--ttl <seconds>', 'rows expire after so long; default: as the table says', wholeSeconds)
    .option('--max-errors <n>', 'leave out so many rows that are none of the table, and tell them; one more ends it', count, 0)
    .option('--threads <n>', 'threads that read JSON lines; default: one a core', count)
    .option(
      '--columns <names>',
      'of CSV: the columns, with commas between; default: the first line of each file tells them',
      names,
    )
    .option('--delimiter <character>', 'of CSV: what stands between values; \\t is a tab', ',')
    .option('--quote <character>', 'of CSV: what stands around values', '"')
    .option('--escape <character>', 'of CSV: what stands before a quote in a value; \\ for files of cqlsh', '"')
    .option('--null <text>', 'of CSV: what stands for no value', '')
    .argument('<file...>', 'files of rows; - is standard input')
    .action(later(async () => (await import('./commands/load.ts')).load));

  program
    .command('salvage')
    .description('get out of a damaged store what its checksums vouch for, and tell as JSON what is lost')
    .requiredOption('--dir <dir>', 'directory of the store; nothing in it is changed, but by --apply')
    .option('--out <dir>', 'directory for all that can be read, as SSTables with schema.cql and salvage.json')
    .option('--apply', 'write what earlier openings set aside back into the store itself')
    .option('--schema <file>', 'CQL of the tables, for a store whose catalog is lost')
    .action(later(async () => (await import('./commands/salvage.ts')).salvage));

  program
    .command('copy')
    .description('copy a store: to encrypt one, to have a plain copy of an encrypted one, or one under a new key')
    .requiredOption('--dir <dir>', 'directory of the store')
    .requiredOption('--out <dir>', 'directory of the copy; new or empty')
    .option('--out-passphrase-file <file>', 'encrypt the copy; the first line of the file is its passphrase')
    .option('--out-key-file <file>', 'encrypt the copy with this key: 32 bytes, or 64 hexadecimal digits')
    .action(later(async () => (await import('./commands/copy.ts')).copy));

  program
    .command('dump')
    .description('what sstabledump tells of SSTables, as JSON')
    .option('--raw-timestamps', 'microseconds and seconds instead of dates')
    .option('--schema <file>', 'CQL of the tables, for the names of key columns')
    .option('--table <name>', 'of the schema this table, as keyspace.table; default: the one that the folders tell')
    .option('--keys-only', 'the partition keys alone')
    .option('--key <key...>', 'only these partitions, by the text of their keys; those of several columns with colons between')
    .option('--exclude <key...>', 'all but these partitions')
    .option('--json-lines', 'one line of JSON a partition')
    .argument('<path...>', 'files that end in -Data.db, or directories')
    .action(later(async () => (await import('./commands/dump.ts')).dump));

  program
    .command('verify')
    .description('whether SSTables are right, one JSON object a line; exit code 1 if one is not')
    .option('--schema <file>', 'CQL of the tables, to compare headers with them')
    .option('--table <name>', 'of the schema this table, as keyspace.table; default: the one that the folders tell')
    .argument('<path...>', 'files that end in -Data.db, or directories')
    .action(later(async () => (await import('./commands/verify.ts')).verify));

  program
    .command('metadata')
    .description('what SSTables tell of themselves, one JSON object a line')
    .option(
      '--gc-grace-seconds <seconds>',
      'how long tombstones are kept, for the share that could be dropped; default 0',
      wholeSeconds,
    )
    .argument('<path...>', 'files that end in -Data.db or -Statistics.db, or directories')
    .action(later(async () => (await import('./commands/metadata.ts')).metadata));

  program
    .command('types')
    .description('TypeScript with the types of a schema’s rows and parameters, and of named statements')
    .requiredOption('--schema <file>', 'CQL of the tables, as open() takes it')
    .option('--out <file>', 'where it is written; default: standard output')
    .option('--keyspace <name>', 'the keyspace of names that tell none, as open() has it; default: cassette')
    .option('--import-from <module>', 'what the types of the client are imported from', '@cassette/client')
    .option('--exact-times', 'say that timestamps and times out of range, which other writers may leave, come as bigint')
    .option('--check', 'write nothing, and fail where --out is not what would be written')
    .argument('[queries...]', 'files of CQL with a comment before each statement: -- name: findReadings')
    .action(later(async () => (await import('./commands/types.ts')).types));

  teach(program);
  return program;
}
