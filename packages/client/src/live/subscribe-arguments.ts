import { InvalidRequestError } from '@cassette/cql';
import { checkKnown, type SubscribeOptions, type SubscriptionListener } from '@cassette/engine';
import { checkParams, checkQuery, invalidOption } from '../page/check-arguments.ts';

/** What follows the statement of `subscribe`: parameters, options, and the listener at the end. Throws InvalidRequestError and CassetteError INVALID_OPTION. */
export function checkedSubscribeArguments(
  query: unknown,
  rest: readonly unknown[],
): { params: unknown; options: SubscribeOptions; listener: SubscriptionListener } {
  checkQuery(query, 'subscribe()');
  const listener = rest[rest.length - 1];
  if (typeof listener !== 'function')
    throw new InvalidRequestError('subscribe() takes a listener, a function, as its last argument');
  const [params, given] = rest.slice(0, -1);
  checkParams(params, 'subscribe()');
  if (given !== undefined && given !== null && typeof given !== 'object') throw invalidOption('options', 'an object', given);
  checkKnown(given, ['keyspace', 'maxRows', 'onError', 'signal'], 'subscribe()');
  const options = (given ?? {}) as SubscribeOptions;
  const { onError, maxRows, keyspace, signal } = options;
  if (signal != null && typeof signal.addEventListener !== 'function') throw invalidOption('signal', 'an AbortSignal', signal);
  if (onError !== undefined && typeof onError !== 'function') throw invalidOption('onError', 'a function', onError);
  if (maxRows !== undefined && !(Number.isSafeInteger(maxRows) && maxRows > 0)) {
    throw invalidOption('maxRows', 'a whole number of rows, at least 1', maxRows);
  }
  if (keyspace !== undefined && typeof keyspace !== 'string') throw invalidOption('keyspace', 'the name of a keyspace', keyspace);
  return { params, options, listener: listener as SubscriptionListener };
}
