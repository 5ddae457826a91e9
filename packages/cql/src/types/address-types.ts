import { type ByteWriter, compareBytes, compareInt64, toHex } from '@cassette/bytes';
import { InetAddress } from '../values/inet-address.ts';
import { TimeUuid } from '../values/time-uuid.ts';
import { Uuid } from '../values/uuid.ts';
import { putEscaped, putUuidTime } from './byte-comparable.ts';
import { int32At } from './integer-types.ts';
import { ScalarType } from './scalar-type.ts';
import { fieldsOf, parsed, wrongBytes, wrongValue } from './wrong-value.ts';

/** Bytes of a value object of a driver (`buffer`), or of one of ours that lost its class in a message (`bytes`). */
function objectBytes(value: unknown): Uint8Array | null {
  const fields = fieldsOf(value);
  const bytes = fields?.bytes ?? fields?.buffer;
  return bytes instanceof Uint8Array ? bytes : null;
}

/** Order of the 60-bit times of two version 1 UUIDs; the version nibble is compared with them. */
function compareTimes(a: Uint8Array, aAt: number, b: Uint8Array, bAt: number): number {
  const aHigh = (a[aAt + 6] << 24) | (a[aAt + 7] << 16) | (a[aAt + 4] << 8) | a[aAt + 5];
  const bHigh = (b[bAt + 6] << 24) | (b[bAt + 7] << 16) | (b[bAt + 4] << 8) | b[bAt + 5];
  return compareInt64(aHigh, int32At(a, aAt), bHigh, int32At(b, bAt));
}

/** `uuid`: any version. JavaScript: Uuid; takes text and a driver's Uuid too. Cassandra: UUIDType. */
export class UuidType extends ScalarType {
  constructor() {
    super('uuid', 'UUIDType', 16, true);
  }

  override encode(value: unknown, out: ByteWriter): void {
    if (typeof value === 'string') this.encodeText(value, out);
    else putUuid('uuid', value, out);
  }

  override encodeText(text: string, out: ByteWriter): void {
    out.bytes(parsed('uuid', 'a UUID', text, Uuid.parse).bytes);
  }

  /** By version, then by time where that is 1, then by the bytes. */
  protected override compareValues(a: Uint8Array, aFrom: number, _aTo: number, b: Uint8Array, bFrom: number): number {
    const version = a[aFrom + 6] >> 4;
    const otherVersion = b[bFrom + 6] >> 4;
    if (version !== otherVersion) return version - otherVersion;
    if (version !== 1) return compareBytes(a, aFrom, aFrom + 16, b, bFrom, bFrom + 16);
    const times = compareTimes(a, aFrom, b, bFrom);
    return times !== 0 ? times : compareBytes(a, aFrom + 8, aFrom + 16, b, bFrom + 8, bFrom + 16);
  }

  protected override putComparable(bytes: Uint8Array, from: number, to: number, out: ByteWriter): void {
    this.needLength(from, to, 16);
    const version = bytes[from + 6] >> 4;
    if (version === 1) putUuidTime(bytes, from, out);
    else {
      // The version first, then the others of the first 16 digits as they come.
      out.u8((version << 4) | (bytes[from] >> 4));
      for (let i = 0; i < 5; i++) out.u8(((bytes[from + i] << 4) | (bytes[from + i + 1] >> 4)) & 0xff);
      out.u8(((bytes[from + 5] << 4) | (bytes[from + 6] & 0x0f)) & 0xff);
      out.u8(bytes[from + 7]);
    }
    out.bytesOf(bytes, from + 8, to);
  }

  protected override validateValue(_bytes: Uint8Array, from: number, to: number): void {
    this.needLength(from, to, 16);
  }

  protected override decodeValue(bytes: Uint8Array, from: number, to: number): Uuid {
    return new Uuid(new Uint8Array(bytes.subarray(from, to)));
  }

  protected override jsonValue(bytes: Uint8Array, from: number, to: number): string {
    return `"${this.decodeValue(bytes, from, to)}"`;
  }

  protected override literalValue(bytes: Uint8Array, from: number, to: number): string {
    return this.decodeValue(bytes, from, to).toString();
  }
}

/** `timeuuid`: version 1 only. JavaScript: TimeUuid; takes text and a driver's TimeUuid too. Cassandra: TimeUUIDType. */
export class TimeUuidType extends ScalarType {
  constructor() {
    super('timeuuid', 'TimeUUIDType', 16, true);
  }

  override encode(value: unknown, out: ByteWriter): void {
    if (typeof value === 'string') {
      this.encodeText(value, out);
      return;
    }
    const at = out.length;
    putUuid('timeuuid', value, out);
    if (out.buffer[at + 6] >> 4 !== 1) throw wrongValue('timeuuid', 'a UUID of version 1', value);
  }

  override encodeText(text: string, out: ByteWriter): void {
    out.bytes(parsed('timeuuid', 'a UUID of version 1', text, TimeUuid.parse).bytes);
  }

  /** By time, then by the other eight bytes, each as a signed one: what Cassandra's first version did, kept ever since. */
  protected override compareValues(a: Uint8Array, aFrom: number, _aTo: number, b: Uint8Array, bFrom: number): number {
    const times = compareTimes(a, aFrom, b, bFrom);
    if (times !== 0) return times;
    for (let i = 8; i < 16; i++) {
      const d = ((a[aFrom + i] << 24) >> 24) - ((b[bFrom + i] << 24) >> 24);
      if (d !== 0) return d;
    }
    return 0;
  }

  protected override putComparable(bytes: Uint8Array, from: number, to: number, out: ByteWriter): void {
    this.needLength(from, to, 16);
    putUuidTime(bytes, from, out);
    for (let i = from + 8; i < to; i++) out.u8(bytes[i] ^ 0x80);
  }

  protected override validateValue(bytes: Uint8Array, from: number, to: number): void {
    this.needLength(from, to, 16);
    if (bytes[from + 6] >> 4 !== 1) throw wrongBytes('timeuuid', 'Invalid version for TimeUUID type.');
  }

  protected override decodeValue(bytes: Uint8Array, from: number, to: number): TimeUuid {
    return new TimeUuid(new Uint8Array(bytes.subarray(from, to)));
  }

  /** Whatever the version is: of a time before 1582, min_timeuuid and max_timeuuid make one of none. Cassandra: AbstractType#toJSONString. */
  override toJson(bytes: Uint8Array, from: number, to: number): string {
    if (from === to) return '""';
    this.needLength(from, to, 16);
    return this.jsonValue(bytes, from, to);
  }

  protected override jsonValue(bytes: Uint8Array, from: number, to: number): string {
    return `"${new Uuid(new Uint8Array(bytes.subarray(from, to)))}"`;
  }

  protected override literalValue(bytes: Uint8Array, from: number, to: number): string {
    return this.decodeValue(bytes, from, to).toString();
  }
}

function putUuid(type: string, value: unknown, out: ByteWriter): void {
  const bytes = value instanceof Uuid ? value.bytes : objectBytes(value);
  if (bytes?.length !== 16) throw wrongValue(type, 'a UUID', value);
  out.bytes(bytes);
}

/** `inet`: an IPv4 or IPv6 address. JavaScript: InetAddress; takes text, bytes and a driver's InetAddress too. Cassandra: InetAddressType. */
export class InetType extends ScalarType {
  constructor() {
    super('inet', 'InetAddressType', -1, true);
  }

  override encode(value: unknown, out: ByteWriter): void {
    if (typeof value === 'string') {
      this.encodeText(value, out);
      return;
    }
    const bytes = value instanceof InetAddress ? value.bytes : value instanceof Uint8Array ? value : objectBytes(value);
    if (bytes?.length !== 4 && bytes?.length !== 16) throw wrongValue('inet', 'an IP address, or its 4 or 16 bytes', value);
    out.bytes(bytes);
  }

  override encodeText(text: string, out: ByteWriter): void {
    // As Cassandra has it: no text, no bytes.
    if (text !== '') out.bytes(parsed('inet', 'an IP address (names are not looked up)', text, InetAddress.parse).bytes);
  }

  protected override emptyLiteral(): string {
    return "''";
  }

  protected override compareValues(a: Uint8Array, aFrom: number, aTo: number, b: Uint8Array, bFrom: number, bTo: number): number {
    return compareBytes(a, aFrom, aTo, b, bFrom, bTo);
  }

  /** Empty ones too: the order is that of the bytes. */
  override toByteComparable(bytes: Uint8Array, from: number, to: number, out: ByteWriter): boolean {
    putEscaped(bytes, from, to, out);
    return true;
  }

  protected override validateValue(_bytes: Uint8Array, from: number, to: number): void {
    if (to - from !== 4 && to - from !== 16) {
      throw wrongBytes('inet', `Expected 4 or 16 bytes for an inet, got ${to - from}`);
    }
  }

  protected override decodeValue(bytes: Uint8Array, from: number, to: number): InetAddress {
    return new InetAddress(new Uint8Array(bytes.subarray(from, to)));
  }

  protected override jsonValue(bytes: Uint8Array, from: number, to: number): string {
    return `"${this.decodeValue(bytes, from, to).toHostAddress()}"`;
  }

  protected override literalValue(bytes: Uint8Array, from: number, to: number): string {
    const address = this.decodeValue(bytes, from, to);
    // An IPv4 address in 16 bytes would be read back as one of 4.
    const mapped = address.version === 6 && address.toHostAddress().includes('.');
    return mapped ? `blob_as_inet(0x${toHex(bytes, from, to)})` : `'${address}'`;
  }
}
