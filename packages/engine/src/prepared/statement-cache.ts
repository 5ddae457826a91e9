import type { Schema } from '@cassette/cql';
import { prepareStatement } from './prepare-statement.ts';
import type { PreparedStatement } from './prepared-statement.ts';

/** Statements that are kept. */
const STATEMENTS_MAX = 1000;
/** Texts longer than this are planned anew each time: they are scripts with their values in them. */
const TEXT_LENGTH_MAX = 10_000;

/**
 * Prepared statements by keyspace and text. A change of the schema forgets them all, since a table of the same name may be
 * another one now; past a bound the least recently used go. Cassandra: cql3.QueryProcessor's cache.
 */
export class StatementCache {
  /** Statements that had to be planned, so far. */
  misses = 0;
  private readonly statements = new Map<string, PreparedStatement>();
  private schema: Schema | null = null;
  /** The youngest: most calls ask for the one before, and to hash a long text costs more than to compare it. */
  private last: PreparedStatement | null = null;
  private lastSource = '';
  private lastKeyspace: string | undefined;

  /** The statement, planned for that schema. Throws what planning throws; nothing is kept then. */
  get(source: string, schema: Schema, keyspace: string | undefined): PreparedStatement {
    if (schema !== this.schema) {
      this.statements.clear();
      this.schema = schema;
      this.last = null;
    }
    if (this.last !== null && source === this.lastSource && keyspace === this.lastKeyspace) return this.last;
    this.last = this.find(source, schema, keyspace);
    this.lastSource = source;
    this.lastKeyspace = keyspace;
    return this.last;
  }

  private find(source: string, schema: Schema, keyspace: string | undefined): PreparedStatement {
    const key = keyspace === undefined ? source : `${keyspace}\u0000${source}`;
    const known = this.statements.get(key);
    if (known !== undefined) {
      // A Map lists by age: taken out and put back it is the youngest.
      this.statements.delete(key);
      this.statements.set(key, known);
      return known;
    }
    this.misses++;
    const made = prepareStatement(source, schema, keyspace);
    if (source.length <= TEXT_LENGTH_MAX) {
      this.statements.set(key, made);
      if (this.statements.size > STATEMENTS_MAX) this.statements.delete(this.statements.keys().next().value as string);
    }
    return made;
  }

  /** How many there are. */
  get size(): number {
    return this.statements.size;
  }
}
