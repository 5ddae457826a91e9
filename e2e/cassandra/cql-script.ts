/** One step of a golden's script: a statement, or a directive that stood in a comment line. */
export type ScriptStep =
  | { readonly cql: string }
  /** `-- CLOCK seconds`: from here on wall time stands still at this second of the epoch. */
  | { readonly clock: number }
  /** `-- FLUSH [table]`: memtables become SSTables; every table if none is named (''). */
  | { readonly flush: string }
  /** `-- COMPACT [table]`: flush, then one major compaction. */
  | { readonly compact: string }
  /** `-- BACKGROUND [table]`: compactions that the table's strategy asks for, one after the other, until it asks for none; without a flush. */
  | { readonly background: string }
  /** `-- INDEX kibibytes`: bytes of rows to a block of the row index, from here on (cassandra.yaml: column_index_size). */
  | { readonly indexKib: number }
  /** `-- CAP`: a TTL that ends past the last deletion time ends with it, from here on (expiration_date_overflow_policy; else refused). */
  | { readonly cap: true }
  /** `-- SHARDS table key column kind:id:clock:count …`: a counter cell of those shards, at timestamp 1; see {@link CounterShard}. */
  | {
      readonly shards: {
        readonly table: string;
        readonly key: string;
        readonly column: string;
        readonly of: readonly CounterShard[];
      };
    };

/** A shard of a counter as no statement writes it: of Cassandra before 2.1 (local, remote), or of another node. */
export interface CounterShard {
  readonly kind: 'global' | 'local' | 'remote';
  /** Last four bytes of the counter id. Cassandra: CounterId#fromInt. */
  readonly id: number;
  readonly clock: string;
  readonly count: string;
}

/** Cuts CQL into statements without their semicolons; comments go, a BEGIN … APPLY BATCH stays whole. */
export function splitCql(text: string): string[] {
  return parseScript(text).flatMap((step) => ('cql' in step ? [step.cql] : []));
}

/** Reads a script: CQL, with directives in comment lines of their own between statements. */
export function parseScript(text: string): ScriptStep[] {
  const steps: ScriptStep[] = [];
  let statement = '';
  let times: number | null = null;
  const finish = (): void => {
    const cql = statement.trim();
    if (cql !== '' && times !== null) steps.push(...repeated(cql, times).map((one) => ({ cql: one })));
    else if (cql !== '') steps.push({ cql });
    if (cql !== '') times = null;
    statement = '';
  };
  let at = 0;
  while (at < text.length) {
    const end = tokenEnd(text, at);
    const token = text.slice(at, end);
    at = end;
    if (token.startsWith('--') || token.startsWith('//')) {
      if (statement.trim() !== '') continue;
      const [, count] = /^-- TIMES (\d+)$/.exec(token.trimEnd()) ?? [];
      if (count !== undefined) times = Number(count);
      const step = directive(token);
      if (step) steps.push(step);
    } else if (token.startsWith('/*')) {
      statement += ' ';
    } else if (token === ';' && !isOpenBatch(statement)) {
      finish();
    } else {
      statement += token;
    }
  }
  finish();
  return steps;
}

/** Where the comment, the quoted text or the single character ends that begins here. */
function tokenEnd(text: string, at: number): number {
  const two = text.slice(at, at + 2);
  if (two === '--' || two === '//') return found(text, text.indexOf('\n', at), 0);
  if (two === '/*') return found(text, text.indexOf('*/', at + 2), 2);
  if (two === '$$') return found(text, text.indexOf('$$', at + 2), 2);
  const quote = text[at];
  // A doubled quote inside ends one quoted stretch and begins the next: together they are still the whole literal.
  if (quote === "'" || quote === '"') return found(text, text.indexOf(quote, at + 1), 1);
  return at + 1;
}

function found(text: string, index: number, length: number): number {
  return index < 0 ? text.length : index + length;
}

function isOpenBatch(statement: string): boolean {
  return /^\s*BEGIN\b/i.test(statement) && !/\bAPPLY\s+BATCH\s*$/i.test(statement);
}

function directive(comment: string): ScriptStep | undefined {
  const [, word, rest] = /^(?:--|\/\/)\s*(CLOCK|FLUSH|COMPACT|BACKGROUND|INDEX|CAP)\b\s*(\S*)\s*$/.exec(comment) ?? [];
  if (word === 'CLOCK') return { clock: Number(rest) };
  if (word === 'FLUSH') return { flush: rest };
  if (word === 'COMPACT') return { compact: rest };
  if (word === 'BACKGROUND') return { background: rest };
  if (word === 'INDEX') return { indexKib: Number(rest) };
  if (word === 'CAP') return { cap: true };
  const [, table, key, column, of] = /^--\s*SHARDS (\S+) (\S+) (\S+) (.+)$/.exec(comment.trimEnd()) ?? [];
  if (table === undefined) return undefined;
  return { shards: { table, key, column, of: of.split(' ').map(shard) } };
}

function shard(text: string): CounterShard {
  const [, kind, id, clock, count] = /^(global|local|remote):(\d+):(\d+):(-?\d+)$/.exec(text) ?? [];
  if (kind === undefined) throw new Error(`no shard of a counter: ${text}`);
  return { kind: kind as CounterShard['kind'], id: Number(id), clock, count };
}

/**
 * `-- TIMES n`: the next statement n times, with `%i%` for the number from 0, and `%letters n%`, `%words n%` and `%hex n%` for n bytes of
 * one letter, of words and of noise as hexadecimal digits: what an SSTable of many rows needs, and a script can't hold.
 */
function repeated(statement: string, times: number): string[] {
  return Array.from({ length: times }, (_, i) => {
    let seed = i + 1;
    const random = (below: number): number => {
      seed = (Math.imul(seed, 1664525) + 1013904223) >>> 0;
      return Math.floor((seed / 0x100000000) * below);
    };
    const filled = (length: number, piece: () => string): string => {
      let text = '';
      while (text.length < length) text += piece();
      return text.slice(0, length);
    };
    return statement.replaceAll(/%(i|letters|words|hex)(?: (\d+))?%/g, (_all, kind: string, length?: string) => {
      if (kind === 'i') return String(i);
      if (kind === 'letters') return String.fromCharCode(97 + (i % 26)).repeat(Number(length));
      if (kind === 'words') return filled(Number(length), () => `${WORDS[random(WORDS.length)]} ${random(1000)} `);
      return filled(2 * Number(length), () => random(256).toString(16).padStart(2, '0'));
    });
  });
}

const WORDS = [
  'buoy',
  'depth',
  'drift',
  'east',
  'flag',
  'height',
  'level',
  'missing',
  'north',
  'period',
  'salinity',
  'wave',
  'wind',
];
