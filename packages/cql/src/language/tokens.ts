/**
 * What the lexer makes of a text. `word` is a keyword and `symbol` a punctuation; both are compared by `text`. `error` is a piece that
 * is no token: its `text` is the message, and nothing follows it. `end` is the end of the text.
 */
export type TokenType =
  | 'identifier'
  | 'quotedName'
  | 'emptyQuotedName'
  | 'word'
  | 'symbol'
  | 'string'
  | 'integer'
  | 'float'
  | 'boolean'
  | 'duration'
  | 'uuid'
  | 'blob'
  | 'error'
  | 'end';

/**
 * One token. `text` is what it means: keywords in upper case with their aliases folded (`COLUMNFAMILY` is `TABLE`), quoted names and
 * strings without their quotes, everything else as written. `start` and `end` are offsets in the source.
 */
export interface Token {
  readonly type: TokenType;
  readonly text: string;
  readonly start: number;
  readonly end: number;
}

/** CQL's native type names (Cassandra: rule native_type). `timestamp`, `date` and the others are also names that columns may have. */
export const NATIVE_TYPES = [
  'ascii',
  'bigint',
  'blob',
  'boolean',
  'counter',
  'date',
  'decimal',
  'double',
  'duration',
  'float',
  'inet',
  'int',
  'smallint',
  'text',
  'time',
  'timestamp',
  'timeuuid',
  'tinyint',
  'uuid',
  'varchar',
  'varint',
] as const;

/** A name of {@link NATIVE_TYPES}. */
export type NativeTypeName = (typeof NATIVE_TYPES)[number];

function words(text: string): readonly string[] {
  return text.trim().split(/\s+/);
}

/** The same names in upper case, as the lexer gives them. */
export const NATIVE_TYPE_WORDS: ReadonlySet<string> = new Set(NATIVE_TYPES.map((name) => name.toUpperCase()));

/** Keywords that may name a column, table, type or function without quotes (Cassandra: rule basic_unreserved_keyword). */
export const BASIC_UNRESERVED_WORDS: ReadonlySet<string> = new Set(
  words(`
    KEYS AS CLUSTER CLUSTERING COMPACT STORAGE TABLES TYPE TYPES VALUES MAP LIST FILTERING PERMISSION PERMISSIONS KEYSPACES ALL USER
    USERS ROLE ROLES IDENTITY SUPERUSER NOSUPERUSER LOGIN NOLOGIN OPTIONS PASSWORD HASHED EXISTS CUSTOM TRIGGER CONTAINS INTERNALS
    ONLY STATIC FROZEN TUPLE FUNCTION FUNCTIONS AGGREGATE AGGREGATES SFUNC STYPE FINALFUNC INITCOND RETURNS LANGUAGE CALLED INPUT
    LIKE PER PARTITION GROUP DATACENTERS CIDRS ACCESS DEFAULT MBEAN MBEANS REPLACE UNSET MASKED UNMASK SELECT_MASKED VECTOR ANN`),
);

/** Keywords that may name a column or table, but no function and (but for KEY) no type, because they begin something of their own. */
export const COLUMN_ONLY_WORDS: ReadonlySet<string> = new Set(words('TTL COUNT WRITETIME MAXWRITETIME KEY CAST JSON DISTINCT'));

/** Keywords that need quotes wherever they are to be names. */
export const RESERVED_WORDS: ReadonlySet<string> = new Set(
  words(`
    ADD ALLOW ALTER AND APPLY ASC AUTHORIZE BATCH BEGIN BY COLUMNFAMILY CREATE DELETE DESC DESCRIBE DROP ENTRIES EXECUTE FROM FULL
    GRANT IF IN INDEX INFINITY INSERT INTO IS KEYSPACE LIMIT MATERIALIZED MODIFY NAN NORECURSIVE NOT NULL OF ON OR ORDER PRIMARY
    RENAME REVOKE SCHEMA SELECT SET TABLE TO TOKEN TRUNCATE UNLOGGED UPDATE USE USING VIEW WHERE WITH TRUE FALSE`),
);

/** Words that the lexer folds into another one. */
const ALIASES: ReadonlyMap<string, string> = new Map([
  ['COLUMNFAMILY', 'TABLE'],
  ['COLUMNFAMILIES', 'TABLES'],
]);

const KEYWORDS: ReadonlySet<string> = new Set([
  ...RESERVED_WORDS,
  ...BASIC_UNRESERVED_WORDS,
  ...COLUMN_ONLY_WORDS,
  ...NATIVE_TYPE_WORDS,
  ...ALIASES.keys(),
]);

const LONGEST_KEYWORD = 16;

/** The keyword that `text` is, in upper case and with aliases folded, or undefined when it is a plain identifier. */
export function keywordOf(text: string): string | undefined {
  if (text.length > LONGEST_KEYWORD) return undefined;
  const upper = text.toUpperCase();
  return KEYWORDS.has(upper) ? (ALIASES.get(upper) ?? upper) : undefined;
}

/** Whether a keyword may name a column, a table or a keyspace without quotes (Cassandra: rule unreserved_keyword). */
export function isUnreservedWord(word: string): boolean {
  return BASIC_UNRESERVED_WORDS.has(word) || NATIVE_TYPE_WORDS.has(word) || COLUMN_ONLY_WORDS.has(word);
}

/** Whether a keyword may name a function without quotes (Cassandra: rule allowedFunctionName). */
export function isFunctionWord(word: string): boolean {
  return BASIC_UNRESERVED_WORDS.has(word) || NATIVE_TYPE_WORDS.has(word) || word === 'TOKEN' || word === 'COUNT';
}

/** Whether a keyword may name a user type without quotes (Cassandra: rule non_type_ident). */
export function isTypeNameWord(word: string): boolean {
  return BASIC_UNRESERVED_WORDS.has(word) || word === 'KEY';
}
