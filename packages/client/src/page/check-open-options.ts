import { checkKnown, durabilityForms, isDurability } from '@cassette/engine';
import { encodeStoreName } from '@cassette/storage/browser';
import { checkSendable, invalidOption } from './check-arguments.ts';
import type { OpenOptions } from './open.ts';

/** All of them: the type says so. */
const known: Readonly<Record<keyof OpenOptions, true>> = {
  name: true,
  schema: true,
  keyspace: true,
  durability: true,
  config: true,
  allowInMemory: true,
  askPersistence: true,
  workerUrl: true,
  ownerless: true,
  encryption: true,
};

/**
 * The options of `open()`, looked at before a worker is started. Throws CassetteError INVALID_OPTION, naming the option, and
 * StorageError INVALID_STORE_NAME.
 */
export function checkedOpenOptions(given: unknown): OpenOptions {
  if (typeof given !== 'object' || given === null) {
    throw invalidOption('The argument of open()', 'an object with the name of a store, as in open({ name: "survey" })', given);
  }
  const options = given as Record<keyof OpenOptions, unknown>;
  const { name, schema, keyspace, durability, config, allowInMemory, workerUrl, ownerless } = options;
  if (typeof name !== 'string') throw invalidOption('name', 'a string, as in open({ name: "survey" })', name);
  encodeStoreName(name);
  // A misspelt `encryption` would else keep everything in plain text, and say nothing.
  checkKnown(options, Object.keys(known), 'open()');
  if (schema !== undefined && typeof schema !== 'string') throw invalidOption('schema', 'CQL as a string', schema);
  if (keyspace !== undefined && typeof keyspace !== 'string') throw invalidOption('keyspace', 'a string', keyspace);
  if (durability !== undefined && !isDurability(durability)) throw invalidOption('durability', durabilityForms, durability);
  if (allowInMemory !== undefined && typeof allowInMemory !== 'boolean') {
    throw invalidOption('allowInMemory', 'a boolean', allowInMemory);
  }
  if (options.askPersistence !== undefined && typeof options.askPersistence !== 'boolean') {
    throw invalidOption('askPersistence', 'a boolean', options.askPersistence);
  }
  if (workerUrl !== undefined && typeof workerUrl !== 'string' && !(workerUrl instanceof URL)) {
    throw invalidOption('workerUrl', 'a string or a URL', workerUrl);
  }
  if (ownerless !== undefined && ownerless !== 'reject' && ownerless !== 'wait') {
    throw invalidOption('ownerless', "'reject' or 'wait'", ownerless);
  }
  checkSendable(config, 'config');
  return options as unknown as OpenOptions;
}
