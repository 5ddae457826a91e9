import { toHex } from '@cassette/bytes';
import { type CqlType, InvalidRequestError, nativeTypes } from '@cassette/cql';
import type { ScalarFunction } from './native-function.ts';

/** `type_as_blob` and `blob_as_type`, under their names of the past too: bytes stay as they are. Cassandra: BytesConversionFcts. */
export function blobFunctions(): ScalarFunction[] {
  const functions: ScalarFunction[] = [];
  for (const [name, type] of Object.entries(nativeTypes)) {
    if (name === 'blob' || name === 'empty') continue;
    functions.push(toBlob(`${name}_as_blob`, type), toBlob(`${name}asblob`, type));
    functions.push(fromBlob(`blob_as_${name}`, type), fromBlob(`blobas${name}`, type));
  }
  return functions;
}

function toBlob(name: string, type: CqlType): ScalarFunction {
  return { name, argumentTypes: [type], returnType: nativeTypes.blob, call: ([bytes]) => bytes };
}

function fromBlob(name: string, type: CqlType): ScalarFunction {
  return {
    name,
    argumentTypes: [nativeTypes.blob],
    returnType: type,
    call([bytes]) {
      if (bytes === null) return null;
      try {
        type.validate(bytes, 0, bytes.length);
      } catch (error) {
        if (!(error instanceof InvalidRequestError)) throw error;
        throw new InvalidRequestError(
          `In call to function system.${name}, value 0x${toHex(bytes)} is not a valid binary representation for type ${type}`,
        );
      }
      return bytes;
    },
  };
}
