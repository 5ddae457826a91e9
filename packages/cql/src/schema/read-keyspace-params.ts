import { ConfigurationError, InvalidRequestError } from '../errors.ts';
import type { Property } from '../language/ast/index.ts';
import type { KeyspaceMetadata } from './keyspace-metadata.ts';
import { Properties } from './properties.ts';

const locatorPackage = 'org.apache.cassandra.locator.';

const names = ['replication', 'durable_writes'];

/** What WITH says of a keyspace. */
export interface KeyspaceOptions {
  /** `class` (simple name) and options. */
  readonly replication: Readonly<Record<string, string>>;
  readonly durableWrites: boolean;
}

/**
 * Reads the options of CREATE KEYSPACE or, on top of what a keyspace has (`previous`), of ALTER KEYSPACE. Replication is kept for the
 * cluster that the export goes to; here it has no effect. Throws CqlSyntaxError for unknown options and values of the wrong kind,
 * ConfigurationError and InvalidRequestError for replication that can't be. Cassandra: KeyspaceAttributes, AbstractReplicationStrategy.
 */
export function readKeyspaceParams(
  properties: readonly Property[],
  source: string,
  previous?: KeyspaceMetadata,
): KeyspaceOptions {
  const given = previous === undefined ? checkKeyspaceOptions(properties, source) : new Properties(properties, names, source);
  const replication = given.map('replication');
  return {
    replication:
      replication === undefined || (previous !== undefined && Object.keys(replication).length === 0)
        ? (previous?.replication ?? {})
        : given.reading('replication', () => readReplication(replication, previous?.replication ?? {})),
    durableWrites: given.boolean('durable_writes') ?? previous?.durableWrites ?? true,
  };
}

/**
 * What is wrong with the options of a CREATE KEYSPACE whether or not there is one of that name. Throws CqlSyntaxError, InvalidRequestError
 * and ConfigurationError. Cassandra: KeyspaceAttributes#validate.
 */
export function checkKeyspaceOptions(properties: readonly Property[], source: string): Properties {
  const given = new Properties(properties, names, source);
  const replication = given.map('replication');
  if (replication === undefined) throw new InvalidRequestError("Missing mandatory option 'replication'");
  given.reading('replication', () => {
    if (replication.class === undefined) throw new ConfigurationError('Missing replication strategy class');
  });
  return given;
}

function readReplication(
  map: Readonly<Record<string, string>>,
  previous: Readonly<Record<string, string>>,
): Readonly<Record<string, string>> {
  const { class: className, ...options } = map;
  if (className === undefined) throw new ConfigurationError('Missing replication strategy class');
  const name = className.startsWith(locatorPackage) ? className.slice(locatorPackage.length) : className;
  for (const [option, factor] of Object.entries(options)) checkFactor(option, factor);
  if (name === 'SimpleStrategy') {
    const { replication_factor: factor = previous.replication_factor, ...others } = options;
    // The factor of a default data center is 1: default_keyspace_rf.
    const [unknown] = Object.keys(others);
    if (unknown !== undefined) {
      throw new ConfigurationError(`Unrecognized strategy option {${unknown}} passed to SimpleStrategy`, undefined, {
        option: unknown,
      });
    }
    return { class: name, replication_factor: factor ?? '1' };
  }
  if (name === 'NetworkTopologyStrategy') {
    // Which data centers there are is known where the export goes to: a factor for all of them is kept as it was given.
    const { class: _, replication_factor: before, ...centers } = previous;
    if (Object.keys(options).length === 0) return { class: name, replication_factor: before ?? '1' };
    return options.replication_factor === undefined ? { class: name, ...options } : { class: name, ...centers, ...options };
  }
  if (name === 'LocalStrategy') {
    throw new InvalidRequestError('Unable to use given strategy class: LocalStrategy is reserved for internal use.', undefined, {
      option: 'class',
    });
  }
  const fullName = className.includes('.') ? className : locatorPackage + className;
  throw new ConfigurationError(`Unable to find replication strategy class '${fullName}'`, undefined, { option: 'class' });
}

function checkFactor(option: string, factor: string): void {
  const match = /^(\d{1,9})(?:\/\d{1,9})?$/.exec(factor);
  if (match === null)
    throw new ConfigurationError(
      `Replication factor must be numeric and non-negative, found ${option} = '${factor}'`,
      undefined,
      {
        option,
      },
    );
  if (factor.includes('/')) {
    throw new ConfigurationError('Transient replication is disabled. Enable in cassandra.yaml to use.', undefined, { option });
  }
}
