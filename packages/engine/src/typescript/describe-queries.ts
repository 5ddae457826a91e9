import { type NamedStatement, parseQueries, QueryFileError, type QueryText, type Schema } from '@cassette/cql';
import { describeStatement } from './describe-statement.ts';

/** A file of queries. */
export interface QueryFile {
  /** What errors call it. */
  readonly file: string;
  readonly text: string;
}

/**
 * The statements of files of queries, each with the name that the comment before it gives it, prepared against a schema. USE says the
 * keyspace of what follows it in its file. Throws QueryFileError for what is not CQL, does not fit the schema, has no name or
 * another's, or is not about data.
 */
export function describeQueries(files: readonly QueryFile[], schema: Schema, keyspace: string | undefined): NamedStatement[] {
  const names = new Set<string>();
  return files.flatMap((file) => {
    let current = keyspace;
    return parsed(file).flatMap((query) => {
      if (query.statement.kind === 'use') {
        current = query.statement.keyspace.name;
        return [];
      }
      return [described(file, query, names, schema, current)];
    });
  });
}

function parsed({ file, text }: QueryFile): QueryText[] {
  try {
    return parseQueries(text);
  } catch (error) {
    throw QueryFileError.of(error, file, text, 0);
  }
}

function described(
  { file, text }: QueryFile,
  { name, doc, source, position }: QueryText,
  names: Set<string>,
  schema: Schema,
  keyspace: string | undefined,
): NamedStatement {
  const wrong = (code: string, reason: string) => new QueryFileError(code, reason, file, text, position);
  if (name === null) {
    throw wrong('UNNAMED_STATEMENT', 'This statement has no name: write a comment before it, like -- name: findReadings');
  }
  if (names.has(name)) throw wrong('DUPLICATE_NAME', `There are two statements with the name ${name}`);
  names.add(name);
  try {
    const description = describeStatement(source, schema, keyspace);
    if (description !== null) return { name, doc, source, ...description };
  } catch (error) {
    throw QueryFileError.of(error, file, text, position);
  }
  throw wrong(
    'NOT_A_QUERY',
    'Types are made of SELECT, INSERT, UPDATE, DELETE and BATCH; what changes the schema belongs into its file',
  );
}
