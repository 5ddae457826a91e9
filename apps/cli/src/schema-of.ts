import { readFileSync } from 'node:fs';
import { parseStatements, type Schema } from '@cassette/cql';
import { openDatabase } from '@cassette/engine';
import { MemoryStorage } from '@cassette/storage';

/** The schema that a file of CREATE statements makes; undefined where no file is given. */
export async function schemaOfFile(file: string | undefined): Promise<Schema | undefined> {
  if (file === undefined) return undefined;
  const text = readFileSync(file, 'utf8');
  const database = await openDatabase({ storage: new MemoryStorage() });
  try {
    for (const { start, end } of parseStatements(text)) await database.execute(text.slice(start, end));
    return database.schema;
  } finally {
    await database.close();
  }
}
