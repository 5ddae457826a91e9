import { ConfigurationError, InvalidRequestError, type Place, UnauthorizedError } from '../errors.ts';

/** Keyspaces that are Cassandra's own. Cassandra: SchemaConstants. */
const systemKeyspaces: ReadonlySet<string> = new Set([
  'system',
  'system_schema',
  'system_traces',
  'system_auth',
  'system_distributed',
  'system_views',
  'system_virtual_schema',
]);

const keyspaceNameMax = 48;
// A directory is called table-id, in at most 255 characters: 32 hexadecimal digits and a dash are the id's.
const tableNameMax = 255 - 32 - 1;

/** Whether the keyspace is one of Cassandra's own, which no statement may change. */
export function isSystemKeyspace(name: string): boolean {
  return systemKeyspaces.has(name.toLowerCase());
}

/** Refuses to let a statement change a keyspace of Cassandra's own. Throws UnauthorizedError. Cassandra: ClientState#ensurePermission. */
export function checkUserKeyspace(name: string, where?: Place): void {
  if (isSystemKeyspace(name)) throw new UnauthorizedError(`${name} keyspace is not user-modifiable.`, where);
}

/** Throws InvalidRequestError for what can't name a keyspace. Cassandra: KeyspaceMetadata.validateKeyspaceName. */
export function checkKeyspaceName(name: string, where?: Place): void {
  if (!/^\w+$/.test(name)) {
    throw new InvalidRequestError(
      `Keyspace name must not be empty and must contain alphanumeric or underscore characters only (got "${name}")`,
      where,
    );
  }
  if (name.length > keyspaceNameMax) {
    throw new InvalidRequestError(
      `Keyspace name must not be more than ${keyspaceNameMax} characters long (got ${name.length} characters for "${name}")`,
      where,
    );
  }
}

/** Throws ConfigurationError for what can't name a table. Cassandra: TableMetadata#validateTableName. */
export function checkTableName(keyspace: string, name: string, where?: Place): void {
  if (!/^\w+$/.test(name)) {
    throw new ConfigurationError(
      `${keyspace}.${name}: Table name must not be empty or not contain non-alphanumeric-underscore characters (got "${name}")`,
      where,
    );
  }
  if (name.length > tableNameMax) {
    throw new ConfigurationError(
      `${keyspace}.${name}: Table name must not be more than ${tableNameMax} characters long (got ${name.length} characters for "${name}")`,
      where,
    );
  }
}
