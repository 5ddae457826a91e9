/** What `--help` of a command teaches beside its options. */
export interface CommandHelp {
  /** What it needs, costs and leaves behind. */
  readonly notes: string;
  /** Commands that work as they are written, in a shell, where files of these names are; and what each does. */
  readonly examples: readonly (readonly [command: string, what: string])[];
}

/** By the name of the command. All examples are run by a test. */
export const commandHelp: Readonly<Record<string, CommandHelp>> = {
  exec: {
    notes:
      'A script is read and parsed whole before its first statement runs; the rows of a SELECT are printed as they are read, 5000 in memory at a time. All is durable when it ends with 0. One process has a store open at a time.',
    examples: [
      ['cassette exec --dir survey --schema schema.cql rows.cql', 'makes the tables where there are none, then runs rows.cql'],
      ["echo 'SELECT * FROM field.readings' | cassette exec --dir survey -", 'prints rows, one JSON object a line'],
      ['cassette exec --dir again --now 1700000000 schema.cql rows.cql', 'the same bytes each time: the clock stands still'],
      ['cassette exec --dir survey --tracing select.cql', 'tells on standard error what each statement read'],
    ],
  },
  flush: {
    notes:
      'Needs no more disk than the SSTables that it writes. The log of what was flushed goes. Prints nothing without --json.',
    examples: [
      ['cassette flush --dir survey', 'what is in the log becomes SSTables'],
      ['cassette flush --dir survey --json', 'and tells what each table has then'],
    ],
  },
  compact: {
    notes:
      'Reads and writes all SSTables of the table, and needs as much free disk as they take until the old ones go. Memory does not grow with them. Deleted rows go for good once gc_grace_seconds are over.',
    examples: [
      ['cassette compact --dir survey', 'one SSTable a table'],
      ['cassette compact --dir survey --table field.readings', 'this table alone'],
    ],
  },
  export: {
    notes:
      'Needs free disk for what it writes, and as much again for tables of several SSTables unless --no-compact is given. What was at --out stays until the new export is whole. What is in the log is flushed first; the store stays as it is, and remembers the export for --since.',
    examples: [
      ['cassette export --dir survey --out survey.zip > report.json', 'all of it, for nodetool import of any 4.x or 5.x node'],
      ['cassette export --dir survey --out sstables --format da', 'SSTables of Cassandra 5.0 (BTI) in a directory'],
      [
        `cassette export --dir survey --out more.zip --since "$(node -p 'JSON.parse(fs.readFileSync("report.json")).id')"`,
        'only what came after that export',
      ],
      ['cassette export --dir survey --out - | cassette import --dir office -', 'a zip by a pipe, into another store'],
    ],
  },
  exports: {
    notes: 'Reads the catalog, not the tables.',
    examples: [
      ['cassette exports --dir survey', 'those that --since may name'],
      ['cassette exports --dir survey --json', 'the same: it prints JSON in any case'],
    ],
  },
  'confirm-exported': {
    notes:
      'Until an export is confirmed its deletions are kept however old they are, so that the cluster gets them. --drop frees the disk that the exported SSTables take, and what it drops is read in the cluster alone.',
    examples: [
      [
        `cassette confirm-exported --dir survey "$(node -p 'JSON.parse(fs.readFileSync("report.json")).id')"`,
        'the cluster has what report.json tells of',
      ],
      [
        `cassette export --dir survey --out more.zip > more.json && cassette confirm-exported --drop --dir survey "$(node -p 'JSON.parse(fs.readFileSync("more.json")).id')"`,
        'export all, and drop it from the store once the cluster has it',
      ],
    ],
  },
  'renew-counter-id': {
    notes:
      'For a store that was restored from a backup or copied file by file: two stores that count under one id undo what the other counts. Changes one record of the catalog.',
    examples: [
      ['cassette renew-counter-id --dir survey', 'prints the new id; null where nothing has been counted'],
      ['cassette renew-counter-id --dir survey --json', 'the same: it prints JSON in any case'],
    ],
  },
  import: {
    notes:
      'Needs free disk for the SSTables, which are copied. Each row is read and verified unless --quick is given. All of them are in the store when it ends with 0, and none else; Ctrl-C takes back what was copied.',
    examples: [
      ['cassette import --dir office survey.zip', 'a zip that export made'],
      ['cassette import --dir office sstables --json', 'a directory; the whole report as JSON'],
      [
        'cassette import --dir copy --table field.copied --schema copied.cql sstables/field/readings',
        'SSTables of whatever folder as this table',
      ],
    ],
  },
  load: {
    notes:
      'JSON lines are read by a thread a core, each with up to 64 MiB of rows; CSV and standard input by one. Needs free disk for what it writes, beside --out; with --compact or a zip, twice that. Nothing is at --out before all is, and nothing is left where it fails.',
    examples: [
      ['cassette load --schema schema.cql --out loaded rows.ndjson', 'one JSON object a line, as exec prints rows'],
      [
        'cassette load --schema schema.cql --out loaded.zip --delimiter ";" rows.csv',
        'CSV with the names of its columns in the first line',
      ],
      [
        'cat rows.ndjson | cassette load --schema schema.cql --input json --max-errors 10 --out piped -',
        'from standard input; up to ten bad rows are told and left out',
      ],
    ],
  },
  salvage: {
    notes:
      'Reads every file of the store, once for its header and once for its rows, and needs free disk for all that is got out, twice until it ends. With --out the store is not changed. Exits with 0 whatever is lost: the report tells.',
    examples: [
      ['cassette salvage --dir survey --out saved', 'SSTables, schema.cql and salvage.json'],
      ['cassette salvage --dir survey --apply', 'what earlier openings set aside, back into the store'],
    ],
  },
  copy: {
    notes:
      'Needs free disk for a second store, and nobody who has the first one open. A copy that is interrupted is none, and is taken away.',
    examples: [
      ['cassette copy --dir survey --out secret --out-passphrase-file passphrase.txt', 'an encrypted copy'],
      ['cassette copy --dir secret --passphrase-file passphrase.txt --out plain --json', 'and a plain one of that'],
    ],
  },
  dump: {
    notes:
      'Prints while it reads: memory does not grow with the table. The output is many times as large as the file. Times are UTC; sstabledump prints them so, too.',
    examples: [
      ['cassette dump sstables', 'all SSTables below a directory, an object by path'],
      ['cassette dump --json-lines --raw-timestamps sstables | head -n 3', 'one partition a line, times as numbers'],
      ['cassette dump --keys-only --schema schema.cql sstables', 'the keys of partitions alone'],
      ['cassette dump --key north-1 --json-lines sstables', 'one partition, by its key'],
    ],
  },
  verify: {
    notes:
      'Reads every file once, in memory that does not grow with the data: digests, checksums, order, values, index, filter, statistics. Exit code 1 if one is wrong; each line then has the errors, with file and place. What can be read of a damaged SSTable of a store "salvage" gets out; "dump" shows it.',
    examples: [
      ['cassette verify sstables', 'a line of JSON for each SSTable'],
      ['cassette verify --schema schema.cql sstables', 'and whether the columns are those of the schema'],
    ],
  },
  metadata: {
    notes: 'Reads Statistics.db, CompressionInfo.db and Summary.db, and no rows: as fast for a large table as for a small one.',
    examples: [
      ['cassette metadata sstables', 'timestamps, sizes, histograms, the schema in the header'],
      ['cassette metadata --gc-grace-seconds 864000 sstables', 'with the share of tombstones that could be dropped now'],
    ],
  },
  types: {
    notes:
      'Runs the schema in memory and prepares each statement: what the engine would refuse is refused, with file, line and column.',
    examples: [
      ['cassette types --schema schema.cql', 'the types of the tables, on standard output'],
      ['cassette types --schema schema.cql --out cql.ts queries.cql', 'and of named statements, to a file'],
      ['cassette types --schema schema.cql --out cql.ts --check queries.cql', 'in CI: fails where cql.ts is not up to date'],
    ],
  },
};

/** What stands below the options of a command. */
export function helpText({ notes, examples }: CommandHelp, columns: number): string {
  const lines = examples.flatMap(([command, what]) => [`  ${command}`, `      ${what}`]);
  return ['', ...wrapped(notes, columns), '', 'Examples:', ...lines].join('\n');
}

function wrapped(text: string, columns: number): string[] {
  const lines: string[] = [];
  let line = '';
  for (const word of text.split(' ')) {
    if (line !== '' && line.length + word.length >= columns) {
      lines.push(line);
      line = '';
    }
    line += line === '' ? word : ` ${word}`;
  }
  return [...lines, line];
}
