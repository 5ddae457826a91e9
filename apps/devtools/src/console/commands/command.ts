// The commands that cqlsh carries out itself, as data.

/** A part of a command that is not as it should be: `position` is where, in the command's text. */
export class CommandError extends Error {
  readonly position: number;

  constructor(message: string, position: number) {
    super(message);
    this.position = position;
  }
}

/** Options of COPY as they were written: names in upper case, values without quotes. */
export type WrittenOptions = ReadonlyMap<string, { readonly value: string; readonly position: number }>;

/** COPY … FROM or TO. Names as stored, without quotes. */
export interface CopyCommand {
  readonly kind: 'copy';
  readonly direction: 'from' | 'to';
  readonly keyspace: string | null;
  readonly table: string;
  /** Null for all. */
  readonly columns: readonly string[] | null;
  /** Null for STDIN or STDOUT. */
  readonly file: string | null;
  readonly options: WrittenOptions;
}

/** What can be switched on and off. */
export type Switch = 'expand' | 'tracing';

/** A command of cqlsh's own. */
export type Command =
  | { readonly kind: 'switch'; readonly what: Switch; readonly on: boolean | null }
  | { readonly kind: 'paging'; readonly to: number | 'on' | 'off' | null }
  | { readonly kind: 'consistency'; readonly serial: boolean; readonly level: string | null }
  | { readonly kind: 'source'; readonly file: string }
  | { readonly kind: 'show'; readonly what: 'version' | 'host' | 'session' | 'replicas' }
  | { readonly kind: 'help'; readonly topics: readonly string[] }
  | { readonly kind: 'clear' }
  | { readonly kind: 'exit' | 'login' | 'history' }
  | { readonly kind: 'unsupported'; readonly why: string }
  | CopyCommand;

/** Levels that cqlsh takes. */
export const consistencyLevels = [
  ...['ANY', 'ONE', 'TWO', 'THREE', 'QUORUM', 'ALL', 'LOCAL_QUORUM', 'EACH_QUORUM', 'SERIAL', 'LOCAL_SERIAL', 'LOCAL_ONE'],
  'NODE_LOCAL',
] as const;
/** Levels that SERIAL CONSISTENCY takes. */
export const serialLevels = ['SERIAL', 'LOCAL_SERIAL'] as const;
