import { toHex } from '@cassette/bytes';
import { InvalidRequestError, type Schema, type TableMetadata } from '@cassette/cql';

/**
 * Path of the folder of a table's SSTables in an export: `keyspace/table`. Where another table of the keyspace has the same name but for
 * case, which many file systems take for the same folder, one that is not all small letters gets its id after its name, as the
 * folders of Cassandra's own tables have.
 */
export function folderOf(schema: Schema, { keyspace, name, id }: TableMetadata): string {
  const small = name.toLowerCase();
  const isAlone = !schema.tables.some(
    (other) => other.keyspace === keyspace && other.name !== name && other.name.toLowerCase() === small,
  );
  return isAlone || name === small ? `${keyspace}/${name}` : `${keyspace}/${name}-${toHex(id.bytes)}`;
}

/** Refuses keyspaces whose names differ by case alone: many file systems have only one folder for both. Throws InvalidRequestError. */
export function checkKeyspaces(keyspaces: readonly string[]): void {
  const seen = new Map<string, string>();
  for (const name of keyspaces) {
    const other = seen.get(name.toLowerCase());
    if (other !== undefined) {
      throw new InvalidRequestError(
        `Keyspaces ${other} and ${name} differ by case alone, and many file systems can't hold both: export the tables of one at a time, with the option 'tables'`,
      );
    }
    seen.set(name.toLowerCase(), name);
  }
}
