// The options of COPY: cqlsh's names and defaults. What has no meaning here is said, what can't be done is refused.

import { CommandError, type CopyCommand, type WrittenOptions } from '../commands/command.ts';

/** How COPY reads and writes. */
export interface CopyOptions {
  readonly format: 'csv' | 'json';
  readonly header: boolean;
  readonly delimiter: string;
  readonly quote: string;
  readonly escapeWith: string;
  readonly nullText: string;
  /** In the letters of strftime; null for Cassandra's own. */
  readonly dateTimeFormat: string | null;
  readonly decimalSeparator: string;
  readonly thousandsSeparator: string;
  readonly booleans: readonly [string, string];
  readonly floatPrecision: number;
  readonly doublePrecision: number;
  /** Rows of a page of COPY TO. */
  readonly pageSize: number;
  readonly beginToken: string | null;
  readonly endToken: string | null;
  /** Rows that are written at a time by COPY FROM. */
  readonly chunkSize: number;
  /** -1 for all. */
  readonly maxRows: number;
  readonly skipRows: number;
  readonly skipColumns: readonly string[];
  /** -1 for any number. */
  readonly maxParseErrors: number;
  readonly maxInsertErrors: number;
  /** Seconds; null for rows that stay. */
  readonly ttl: number | null;
  /** Options that were said and change nothing. */
  readonly idle: readonly string[];
}

/** Knobs of cqlsh's many processes and of its talk with many nodes. */
const idle = new Set(
  'MAXREQUESTS PAGETIMEOUT MAXATTEMPTS NUMPROCESSES REPORTFREQUENCY INGESTRATE MINBATCHSIZE MAXBATCHSIZE PREPAREDSTATEMENTS'.split(
    ' ',
  ),
);
const refused: Readonly<Record<string, string>> = {
  ERRFILE: 'rows that are refused are told below the statement',
  RATEFILE: 'how fast it goes is told below the statement',
  MAXOUTPUTSIZE: 'one statement writes one file here',
  CONFIGFILE: 'options are written into the statement here',
  CONFIGSECTIONS: 'options are written into the statement here',
};
const onlyTo = new Set(['PAGESIZE', 'BEGINTOKEN', 'ENDTOKEN', 'FLOATPRECISION', 'DOUBLEPRECISION']);
const onlyFrom = new Set(['CHUNKSIZE', 'MAXROWS', 'SKIPROWS', 'SKIPCOLS', 'MAXPARSEERRORS', 'MAXINSERTERRORS', 'TTL']);
const both = new Set(
  'FORMAT HEADER DELIMITER QUOTE ESCAPE NULL DATETIMEFORMAT ENCODING DECIMALSEP THOUSANDSSEP BOOLSTYLE'.split(' '),
);
const onlyCsv = new Set(
  [
    'HEADER',
    'DELIMITER',
    'QUOTE',
    'ESCAPE',
    'NULL',
    'DATETIMEFORMAT',
    'DECIMALSEP',
    'THOUSANDSSEP',
    'BOOLSTYLE',
    'SKIPCOLS',
  ].concat([...['FLOATPRECISION', 'DOUBLEPRECISION']]),
);

/** Names that COPY may have behind WITH, for completion. */
export function optionNames(direction: 'from' | 'to'): string[] {
  return [...both, ...(direction === 'from' ? onlyFrom : onlyTo)];
}

/** What the options of a COPY mean. Throws CommandError. */
export function copyOptions({ direction, file, options }: CopyCommand): CopyOptions {
  const read = new OptionReader(options);
  const format = read.oneOf('FORMAT', ['csv', 'json'], /\.(?:nd)?json(?:l)?$/i.test(file ?? '') ? 'json' : 'csv');
  for (const [name, { position }] of options) {
    const other = direction === 'from' ? onlyTo : onlyFrom;
    if (refused[name] !== undefined) throw new CommandError(`${name} is not supported: ${refused[name]}`, position);
    if (other.has(name)) throw new CommandError(`${name} is an option of COPY ${direction === 'from' ? 'TO' : 'FROM'}`, position);
    const isKnown = both.has(name) || idle.has(name) || (direction === 'from' ? onlyFrom : onlyTo).has(name);
    if (!isKnown) throw new CommandError(`COPY has no option ${name}; HELP COPY lists them`, position);
    if (format === 'json' && onlyCsv.has(name)) throw new CommandError(`${name} is about CSV, and this is JSON`, position);
  }
  read.oneOf('ENCODING', ['utf8', 'utf-8'], 'utf8');
  const styles = read
    .text('BOOLSTYLE', 'True, False')
    .split(',')
    .map((style) => style.trim());
  if (styles.length !== 2 || styles[0] === styles[1] || styles.includes('')) {
    throw read.wrong('BOOLSTYLE', "two words that are not the same, as in 'yes, no'");
  }
  return {
    format,
    header: read.oneOf('HEADER', ['true', 'false'], 'false') === 'true',
    delimiter: read.character('DELIMITER', ','),
    quote: read.character('QUOTE', '"'),
    escapeWith: read.character('ESCAPE', '\\'),
    nullText: read.text('NULL', ''),
    dateTimeFormat: options.has('DATETIMEFORMAT') ? read.dateTimeFormat() : null,
    decimalSeparator: read.character('DECIMALSEP', '.'),
    thousandsSeparator: options.has('THOUSANDSSEP') ? read.character('THOUSANDSSEP', ',') : '',
    booleans: [styles[0], styles[1]],
    floatPrecision: read.number('FLOATPRECISION', 5, 1, 17),
    doublePrecision: read.number('DOUBLEPRECISION', 12, 1, 17),
    pageSize: read.number('PAGESIZE', 1000, 1, 100_000),
    beginToken: read.token('BEGINTOKEN'),
    endToken: read.token('ENDTOKEN'),
    chunkSize: read.number('CHUNKSIZE', 5000, 1, 100_000),
    maxRows: read.number('MAXROWS', -1, -1),
    skipRows: read.number('SKIPROWS', 0, 0),
    skipColumns: read
      .text('SKIPCOLS', '')
      .split(',')
      .map((name) => name.trim())
      .filter((name) => name !== ''),
    maxParseErrors: read.number('MAXPARSEERRORS', -1, -1),
    maxInsertErrors: read.number('MAXINSERTERRORS', 1000, -1),
    ttl: options.has('TTL') ? read.number('TTL', 0, 0, 630_720_000) : null,
    idle: [...options.keys()].filter((name) => idle.has(name)),
  };
}

class OptionReader {
  private readonly options: WrittenOptions;

  constructor(options: WrittenOptions) {
    this.options = options;
  }

  wrong(name: string, expected: string): CommandError {
    return new CommandError(`${name} is ${expected}`, this.options.get(name)?.position ?? 0);
  }

  text(name: string, otherwise: string): string {
    return this.options.get(name)?.value ?? otherwise;
  }

  oneOf<T extends string>(name: string, known: readonly T[], otherwise: T): T {
    const text = this.text(name, otherwise).toLowerCase();
    const found = known.find((one) => one === text);
    if (found === undefined) throw this.wrong(name, known.join(' or '));
    return found;
  }

  number(name: string, otherwise: number, least: number, most = Number.MAX_SAFE_INTEGER): number {
    const text = this.text(name, String(otherwise));
    const value = Number(text);
    if (!/^-?\d+$/.test(text) || value < least || value > most) {
      throw this.wrong(
        name,
        most === Number.MAX_SAFE_INTEGER ? `a number from ${least} on` : `a number from ${least} to ${most}`,
      );
    }
    return value;
  }

  /** One character, which may be written with a backslash. */
  character(name: string, otherwise: string): string {
    const text = this.text(name, otherwise);
    const character = { '\\t': '\t', '\\\\': '\\' }[text] ?? text;
    if (character.length !== 1 || character === '\n' || character === '\r') throw this.wrong(name, 'one character');
    return character;
  }

  token(name: string): string | null {
    const text = this.text(name, '');
    if (text !== '' && !/^-?\d{1,19}$/.test(text)) throw this.wrong(name, 'a token, which is a number');
    return text === '' ? null : text;
  }

  dateTimeFormat(): string {
    const format = this.text('DATETIMEFORMAT', '');
    const unknown = /%[^YmdHMSfzyFT%]|%$/.exec(format);
    if (format !== '' && unknown === null) return format;
    const letters = 'written with %Y %m %d %H %M %S %f %z %y %F %T %%';
    throw this.wrong('DATETIMEFORMAT', unknown === null ? letters : `${letters}, not with ${unknown[0]}`);
  }
}
