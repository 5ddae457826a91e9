import { CassetteError, CorruptionError } from '@cassette/bytes';
import { CqlError, CqlSyntaxError, FunctionFailureError, InvalidRequestError } from '@cassette/cql';
import { ClosedError } from '@cassette/engine';
import { StorageError, StorageFullError, StoreLockedError } from '@cassette/storage/browser';
import { expose, wrap } from 'comlink';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { AbortedError, WorkerDiedError } from './client-errors.ts';
import { errorFromTransfer, errorToTransfer, installErrorTransfer } from './error-transfer.ts';

/** The trip between worker and page. */
const trip = (thrown: unknown) => errorFromTransfer(structuredClone(errorToTransfer(thrown))) as CassetteError;

describe('an error on its way from the worker', () => {
  test('keeps class, code, data and its own fields', () => {
    const back = trip(new CqlSyntaxError("expected FROM, found 'FORM'", 'SELECT a FORM t', 9)) as CqlSyntaxError;
    expect(back).toBeInstanceOf(CqlSyntaxError);
    expect(back).toBeInstanceOf(CqlError);
    expect(back).toBeInstanceOf(CassetteError);
    expect(back).toBeInstanceOf(Error);
    expect([back.name, back.code, back.protocolCode, back.data]).toEqual([
      'CqlSyntaxError',
      'SYNTAX_ERROR',
      0x2000,
      { line: 1, column: 10, position: 9, protocolCode: 0x2000 },
    ]);
    expect(back.message).toBe("line 1:10 expected FROM, found 'FORM'\nSELECT a FORM t\n         ^");
  });

  test('keeps the file and offset of a corruption', () => {
    const back = trip(new CorruptionError('checksum differs', 'nb-1-big-Data.db', 77)) as CorruptionError;
    expect([back.constructor, back.file, back.offset]).toEqual([CorruptionError, 'nb-1-big-Data.db', 77]);
  });

  test('keeps its causes, theirs included', () => {
    const disk = new TypeError('no room');
    const full = new StorageFullError('the quota is used up', { file: 'wal-1' }, disk);
    const back = trip(new InvalidRequestError('no'));
    expect(back.cause).toBe(undefined);
    const outer = trip(new CassetteError('OUTER', 'outer', {}, full));
    expect(outer.cause).toBeInstanceOf(StorageFullError);
    expect(((outer.cause as Error).cause as Error).message).toBe('no room');
  });

  test('keeps every class of ours', () => {
    const all = [
      new FunctionFailureError('x / 0'),
      new ClosedError('The database'),
      new StoreLockedError('taken'),
      new StorageError('ODD', 'odd'),
      new AbortedError('The export'),
      new WorkerDiedError('gone', { store: 's' }),
    ];
    for (const error of all) {
      const back = trip(error);
      expect([back.constructor, back.name, back.code, back.message, back.data]).toEqual([
        error.constructor,
        error.name,
        error.code,
        error.message,
        error.data,
      ]);
    }
  });

  test('of a class that the page does not know arrives as the nearest one that it knows', () => {
    class OddError extends StorageError {}
    expect(trip(new OddError('ODD', 'odd')).constructor).toBe(StorageError);
    expect(trip(new RangeError('out')).constructor).toBe(Error);
    expect(trip(new RangeError('out')).name).toBe('RangeError');
  });

  test('that is no error at all becomes one', () => {
    expect(trip('just text').message).toBe('just text');
    expect(trip(undefined).message).toBe('undefined');
  });

  test('loses no more than a field that can not travel', () => {
    const back = trip(new CassetteError('ODD', 'odd', { run: () => 1 }));
    expect([back.code, typeof back.data]).toEqual(['ODD', 'string']);
  });

  test('is known although a minifier renamed its class', () => {
    const renamed = new CqlSyntaxError('x', 'y', 0);
    renamed.name = 'a';
    expect(trip(renamed).name).toBe('CqlSyntaxError');
  });
});

describe('a call through Comlink', () => {
  const channel = new MessageChannel();
  beforeAll(installErrorTransfer);
  afterAll(() => {
    channel.port1.close();
    channel.port2.close();
  });

  test('rejects with the error as it was thrown', async () => {
    expose({ fail: () => Promise.reject(new StoreLockedError('taken', { store: 'x' })) }, channel.port1);
    const remote = wrap<{ fail(): Promise<void> }>(channel.port2);
    const error = await remote.fail().then(
      () => null,
      (thrown: unknown) => thrown,
    );
    expect(error).toBeInstanceOf(StoreLockedError);
    expect(error).toMatchObject({ code: 'STORE_LOCKED', data: { store: 'x' } });
  });
});
