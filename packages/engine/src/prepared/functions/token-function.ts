import { ByteWriter, token, tokenWords } from '@cassette/bytes';
import { nativeTypes } from '@cassette/cql';
import { bytesOf } from '../terms/collection-bytes.ts';
import type { FunctionFactory } from './function-factory.ts';

/** `token(a, b)` of values of the partition key's types, in the order of the key. Cassandra: functions.TokenFct. */
export const tokenFactory: FunctionFactory = {
  name: 'token',
  functionFor(_args, { table }) {
    if (table === undefined) return 'No receiver table has been specified for function system.token';
    return {
      name: 'token',
      argumentTypes: table.partitionKey.map(({ type }) => type),
      returnType: nativeTypes.bigint,
      call(args) {
        const key = new ByteWriter(32);
        for (const bytes of args) {
          if (bytes === null) return null;
          if (args.length === 1) key.bytes(bytes);
          else {
            key.u16(bytes.length);
            key.bytes(bytes);
            key.u8(0);
          }
        }
        token(key.buffer, 0, key.length);
        return bytesOf((out) => out.i64(tokenWords[0], tokenWords[1]));
      },
    };
  },
};
