import { CassetteError } from '@cassette/bytes';
import { InvalidRequestError } from '@cassette/cql';
import { types } from 'cassandra-driver';
import { describe, expect, test } from 'vitest';
import {
  checkedBatch,
  checkedCallOptions,
  checkMutations,
  checkParams,
  checkQuery,
  checkRows,
  checkSendable,
  signalOf,
} from './check-arguments.ts';

describe('arguments of a call', () => {
  test('that are as they should be pass', () => {
    const all = {
      prepare: true,
      fetchSize: 5,
      pageState: Uint8Array.of(1),
      timestamp: 5n,
      keyspace: 'k',
      nowInSeconds: 1,
      logged: false,
    };
    expect(checkedCallOptions(all)).toEqual(all);
    expect([checkedCallOptions(undefined), checkedCallOptions(null), checkedCallOptions({ pageState: null, hints: [] })]).toEqual(
      [undefined, undefined, undefined],
    );
    checkQuery('SELECT', 'execute()');
    for (const params of [undefined, null, [], {}]) checkParams(params, 'execute()');
    checkRows([[1], { a: 1 }]);
    checkMutations(Uint8Array.of(1));
    checkMutations([Uint8Array.of(1)]);
    checkSendable({ memtableFlushThreshold: 5 }, 'config');
    expect(checkedBatch(['a', { query: 'b', params: null }, { query: 'c', params: [1] }])).toEqual([
      { query: 'a' },
      { query: 'b' },
      { query: 'c', params: [1] },
    ]);
  });

  test('are taken in the forms of the Node driver', () => {
    const given = { pageState: '00Ff', timestamp: types.Long.fromString('1700000000000001'), consistency: 1 };
    expect(checkedCallOptions(given)).toEqual({ pageState: Uint8Array.of(0, 255), timestamp: 1_700_000_000_000_001n });
  });

  test.each([
    [() => checkQuery(undefined, 'execute()'), 'execute() takes CQL as a string, not undefined'],
    [() => checkParams('x', 'execute()'), 'execute() takes parameters as an array or an object, not "x"'],
    [() => checkRows(null), 'executeMany() takes an array of rows, not null'],
    [() => checkRows([[1], null]), 'Row 1: executeMany() takes a row as an array or an object, not null'],
    [() => checkMutations(null), 'write() takes encoded mutations, a Uint8Array or an array of them, not null'],
    [() => checkMutations([undefined]), 'write() takes encoded mutations, a Uint8Array or an array of them, not undefined'],
    [() => checkedBatch(undefined), 'batch() takes an array of statements, not undefined'],
    [() => checkedBatch([{}]), 'A statement of batch() takes CQL as a string, not undefined'],
    [() => checkedBatch([null]), 'A statement of batch() takes CQL as a string, not null'],
  ])('that are wrong are named: %#', (check, message) => {
    expect(check).toThrow(expect.objectContaining({ code: 'INVALID_REQUEST', message }));
    expect(check).toThrow(InvalidRequestError);
  });

  test.each([
    [
      () => checkedCallOptions({ timestamp: '5' }),
      'timestamp',
      'timestamp has to be a whole number or bigint of microseconds, not "5"',
    ],
    [
      () => checkedCallOptions({ pageState: 'xy' }),
      'pageState',
      'pageState has to be the pageState of a result, bytes or their hexadecimal text, not "xy"',
    ],
    [
      () => checkSendable({ a: () => 1 }, 'config'),
      'config.a',
      'config.a has to be plain data, for it is sent to the worker, not a function',
    ],
    [() => checkSendable(null, 'config'), 'config', 'config has to be an object, not null'],
    [() => checkSendable([], 'config'), 'config', 'config has to be an object, not an array'],
    [() => signalOf({ signal: new AbortController() }), 'signal', 'signal has to be an AbortSignal, not an object'],
  ])('that are wrong options are named: %#', (check, option, message) => {
    expect(check).toThrow(expect.objectContaining({ code: 'INVALID_OPTION', message, data: { option } }));
    expect(check).toThrow(CassetteError);
  });
});
