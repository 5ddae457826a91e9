import { ByteWriter, fromHex } from '@cassette/bytes';
import { type CqlType, Duration, InvalidRequestError, type Literal } from '@cassette/cql';
import type { ColumnSpec } from '../../result/index.ts';
import type { StatementContext } from '../statement-context.ts';

/** Which native types a literal can be, by its kind; the first is what it is where nothing tells. */
const assignable: Readonly<Record<Literal['kind'], readonly string[]>> = {
  string: ['text', 'ascii', 'varchar', 'inet', 'date', 'time', 'timestamp'],
  integer: [
    ...['int', 'bigint', 'counter', 'date', 'decimal', 'double', 'duration', 'float', 'smallint', 'time', 'timestamp'],
    ...['tinyint', 'varint'],
  ],
  uuid: ['uuid', 'timeuuid'],
  float: ['double', 'decimal', 'float'],
  boolean: ['boolean'],
  blob: ['blob'],
  duration: ['duration'],
};

const kindNames: Readonly<Record<Literal['kind'], string>> = {
  string: 'STRING',
  integer: 'INTEGER',
  uuid: 'UUID',
  float: 'FLOAT',
  boolean: 'BOOLEAN',
  blob: 'HEX',
  duration: 'DURATION',
};

/** The literal as it was written, for messages. */
export function literalText(literal: Literal): string {
  switch (literal.kind) {
    case 'string':
      return `'${literal.value.replaceAll("'", "''")}'`;
    case 'boolean':
      return String(literal.value);
    default:
      return literal.text;
  }
}

/** Whether a literal may stand for a value of the type. Cassandra: Constants.Literal#testAssignment. */
export function isLiteralAssignable(literal: Literal, type: CqlType): boolean {
  return assignable[literal.kind].includes(type.cqlName());
}

/** The type a literal has where no receiver tells (Cassandra: getPreferedTypeFor); integers are as wide as they need to be. */
export function preferredLiteralType(literal: Literal): string {
  if (literal.kind === 'integer') {
    const value = BigInt(literal.text);
    if (BigInt.asIntN(32, value) === value) return 'int';
    return BigInt.asIntN(64, value) === value ? 'bigint' : 'varint';
  }
  return assignable[literal.kind][0];
}

/** The bytes of a literal as a value of `spec.type`. Throws InvalidRequestError that points at it. */
export function encodeLiteral(context: StatementContext, spec: ColumnSpec, literal: Literal): Uint8Array {
  const type = spec.type;
  if (!isLiteralAssignable(literal, type)) {
    const text = literal.kind === 'string' ? literal.value : literalText(literal);
    throw context.invalid(
      `Invalid ${kindNames[literal.kind]} constant (${text}) for "${spec.name}" of type ${type.cqlName()}`,
      literal.pos,
    );
  }
  const out = new ByteWriter(16);
  try {
    encode(type, literal, out);
  } catch (error) {
    if (!(error instanceof InvalidRequestError)) throw error;
    throw context.invalid(`Invalid value for "${spec.name}": ${error.message}`, literal.pos);
  }
  return out.toBytes();
}

function encode(type: CqlType, literal: Literal, out: ByteWriter): void {
  switch (literal.kind) {
    case 'integer':
      encodeInteger(type, literal.text, out);
      return;
    case 'float':
      encodeFloat(type, literal.text, out);
      return;
    case 'blob': {
      const bytes = fromHex(literal.text.slice(2));
      if (bytes === null)
        throw new InvalidRequestError(`An hex string representing bytes must have an even length: ${literal.text}`);
      out.bytes(bytes);
      return;
    }
    case 'duration':
      type.encode(Duration.parse(literal.text), out);
      return;
    case 'uuid':
      type.encode(literal.text, out);
      return;
    default:
      type.encode(literal.value, out);
  }
}

function encodeInteger(type: CqlType, text: string, out: ByteWriter): void {
  const value = BigInt(text);
  switch (type.cqlName()) {
    case 'bigint':
    case 'counter':
    case 'timestamp':
      inRange(type, value, -(2n ** 63n), 2n ** 63n);
      out.bigint64(value);
      return;
    case 'time':
      inRange(type, value, 0n, 86400000000000n);
      out.bigint64(value);
      return;
    case 'date':
      // A bare number is the raw form: days since 1970-01-01 plus 2^31.
      inRange(type, value, 0n, 2n ** 32n);
      out.i32(Number(BigInt.asIntN(32, value)));
      return;
    case 'int':
    case 'smallint':
    case 'tinyint':
      inRange(type, value, -(2n ** 31n), 2n ** 31n);
      type.encode(Number(value), out);
      return;
    case 'float':
    case 'double':
      type.encode(Number(text), out);
      return;
    case 'varint':
      type.encode(value, out);
      return;
    case 'duration':
      type.encode(Duration.parse(text), out);
      return;
    default:
      type.encode(text, out);
  }
}

function encodeFloat(type: CqlType, text: string, out: ByteWriter): void {
  if (type.cqlName() === 'decimal') {
    if (!/\d/.test(text)) throw new InvalidRequestError(`'${text}' is not a decimal`);
    type.encode(text, out);
    return;
  }
  const lower = text.toLowerCase();
  const value = lower.endsWith('infinity')
    ? lower.startsWith('-')
      ? Number.NEGATIVE_INFINITY
      : Number.POSITIVE_INFINITY
    : Number(text); // 'NaN' and '-NaN' as well
  type.encode(value, out);
}

function inRange(type: CqlType, value: bigint, from: bigint, to: bigint): void {
  if (value < from || value >= to) throw new InvalidRequestError(`${value} is out of the range of ${type.cqlName()}`);
}
