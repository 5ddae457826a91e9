import { QueryFileError, type Schema } from '@cassette/cql';
import { openDatabase } from '@cassette/engine';
import { MemoryStorage } from '@cassette/storage';

/**
 * The schema that an app's script makes when it opens a store with it, and the keyspace that names without one are in from then on.
 * Throws QueryFileError, which tells the place in the file.
 */
export async function schemaOfScript(
  file: string,
  script: string,
  keyspace: string | undefined,
): Promise<{ readonly schema: Schema; readonly keyspace: string }> {
  const database = await openDatabase({ storage: new MemoryStorage(), ...(keyspace === undefined ? {} : { keyspace }) });
  try {
    await database.applySchema(script);
    return { schema: database.schema, keyspace: database.keyspace };
  } catch (error) {
    throw QueryFileError.of(error, file, script, 0);
  } finally {
    await database.close();
  }
}
