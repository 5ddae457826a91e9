import { InvalidRequestError, type Statement } from '@cassette/cql';

/** Why there is none of what a statement is about, and what to do instead; by words that the statement's first words have. */
const reasons: readonly (readonly [RegExp, string])[] = [
  [
    /MATERIALIZED VIEW/,
    'is not supported: rows written here would not reach the view. Write a second table with the other key in the same BATCH, ' +
      'or make the view in Cassandra after the import',
  ],
  [
    /INDEX/,
    'is not supported yet: no index files are written. Select by the primary key or with ALLOW FILTERING, ' +
      'or make the index in Cassandra after the import',
  ],
  [
    /FUNCTION|AGGREGATE/,
    'is not supported: a store runs no code of others. Compute the value in the app, or make the function in Cassandra',
  ],
  [/TRIGGER/, 'is not supported: a store runs no code of others. Do it in the app, or make the trigger in Cassandra'],
  [
    /ROLE|USER|IDENTITY|GRANT|REVOKE|LIST/,
    'is not supported: a store has one user, whose device it is on, and no permissions. Leave the statement to Cassandra',
  ],
];

/** Whether a statement only asks that something be gone that can't be there: then it is done. */
export function asksForNothing(statement: Statement): boolean {
  if (statement.kind === 'dropIndex') return statement.ifExists;
  if (statement.kind !== 'unsupported') return false;
  return /^DROP\s+(?:FUNCTION|AGGREGATE|TRIGGER|MATERIALIZED\s+VIEW)\s+IF\s+EXISTS\s/i.test(statement.text);
}

/** The error of a statement that Cassandra answers and Cassette does not: what, why, and what to do instead; it points at the statement. */
export function unsupported(source: string, statement: Statement): InvalidRequestError {
  const what = nameOf(statement);
  const [, why] = reasons.find(([words]) => words.test(what)) ?? ['', 'is not supported'];
  return new InvalidRequestError(`${what} ${why}`, { source, position: statement.pos }, { what });
}

function nameOf(statement: Statement): string {
  switch (statement.kind) {
    case 'unsupported':
      return statement.what;
    case 'createIndex':
      return 'CREATE INDEX';
    case 'dropIndex':
      return 'DROP INDEX';
    default:
      return statement.kind.toUpperCase();
  }
}
