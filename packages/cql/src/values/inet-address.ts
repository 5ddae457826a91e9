import { CassetteError } from '@cassette/bytes';

/** An IPv6 address, in brackets or not, with the number of an interface or not. */
const zoned = /^(?=\[.*\]$|[^[\]]*$)\[?([^[\]%]*:[^[\]%]*)(?:%(\d+))?\]?$/;

/** An IP address: 4 or 16 bytes. Immutable. Names are not looked up. Java: InetAddress. */
export class InetAddress {
  /** In network order. */
  readonly bytes: Uint8Array;

  /** Takes 4 or 16 bytes as they are. Throws CassetteError INVALID_INET for another length. */
  constructor(bytes: Uint8Array) {
    if (bytes.length !== 4 && bytes.length !== 16) {
      throw new CassetteError('INVALID_INET', `An IP address has 4 or 16 bytes, not ${bytes.length}`);
    }
    this.bytes = bytes;
  }

  /**
   * From `192.168.0.1`, its shorter forms (`127.1`) or `2001:db8::1`. An IPv4 address written as IPv6 (`::ffff:1.2.3.4`) becomes an IPv4 one, as Java makes it;
   * the number of an interface (`fe80::1%1`) is left out, as Cassandra does.
   * Throws CassetteError INVALID_INET for anything else.
   */
  static parse(text: string): InetAddress {
    const [, literal, zone] = zoned.exec(text) ?? [];
    const bytes = literal === undefined ? parseShortV4(text) : parseV6(literal);
    // The number of an interface means something to one machine only, and is not kept.
    if (bytes === null || (zone !== undefined && (isMapped(bytes) || Number(zone) > 0x7fffffff)))
      throw new CassetteError('INVALID_INET', `'${text}' is not an IP address`, { text });
    return new InetAddress(isMapped(bytes) ? bytes.slice(12) : bytes);
  }

  /** 4 or 6. */
  get version(): number {
    return this.bytes.length === 4 ? 4 : 6;
  }

  equals(other: InetAddress): boolean {
    return this.bytes.length === other.bytes.length && this.bytes.every((b, i) => b === other.bytes[i]);
  }

  /** Short form (RFC 5952): `2001:db8::1`. */
  toString(): string {
    if (this.version === 4) return this.bytes.join('.');
    const groups = groupsOf(this.bytes);
    let at = -1;
    let size = 1;
    for (let i = 0; i < 8; i++) {
      let end = i;
      while (end < 8 && groups[end] === '0') end++;
      if (end - i > size) {
        at = i;
        size = end - i;
      }
    }
    if (at < 0) return groups.join(':');
    return `${groups.slice(0, at).join(':')}::${groups.slice(at + size).join(':')}`;
  }

  /** As Java's InetAddress#getHostAddress prints it: all eight groups (`2001:db8:0:0:0:0:0:1`), mapped addresses as IPv4. */
  toHostAddress(): string {
    if (this.version === 4) return this.bytes.join('.');
    return isMapped(this.bytes) ? this.bytes.subarray(12).join('.') : groupsOf(this.bytes).join(':');
  }

  toJSON(): string {
    return this.toString();
  }
}

function groupsOf(bytes: Uint8Array): string[] {
  return Array.from({ length: 8 }, (_, i) => ((bytes[2 * i] << 8) | bytes[2 * i + 1]).toString(16));
}

function isMapped(bytes: Uint8Array): boolean {
  return bytes.length === 16 && bytes.subarray(0, 10).every((b) => b === 0) && bytes[10] === 0xff && bytes[11] === 0xff;
}

function parseV4(text: string): Uint8Array | null {
  const parts = text.split('.');
  if (parts.length !== 4 || !parts.every((p) => /^\d{1,3}$/.test(p) && Number(p) < 256)) return null;
  return Uint8Array.from(parts, Number);
}

/** One to four numbers, of which the last has all bytes that are left: 127.1 is 127.0.0.1. Java: IPAddressUtil#textToNumericFormatV4. */
function parseShortV4(text: string): Uint8Array | null {
  const parts = text.split('.');
  if (parts.length > 4 || !parts.every((part) => /^\d{1,10}$/.test(part))) return null;
  const last = Number(parts.at(-1));
  const rest = 5 - parts.length;
  if (parts.slice(0, -1).some((part) => Number(part) > 255) || last >= 256 ** rest) return null;
  const bytes = new Uint8Array(4);
  for (let i = 0; i < parts.length - 1; i++) bytes[i] = Number(parts[i]);
  for (let i = 0; i < rest; i++) bytes[3 - i] = Math.floor(last / 256 ** i) % 256;
  return bytes;
}

function parseV6(text: string): Uint8Array | null {
  let source = text;
  let tail: Uint8Array | null = null;
  if (source.includes('.')) {
    const at = source.lastIndexOf(':') + 1;
    tail = parseV4(source.slice(at));
    if (tail === null) return null;
    source = `${source.slice(0, at)}0:0`;
  }
  const halves = source.split('::');
  if (halves.length > 2) return null;
  const [head, rest] = halves.map((half) => (half === '' ? [] : half.split(':')));
  const missing = 8 - head.length - (rest?.length ?? 0);
  if (rest === undefined ? missing !== 0 : missing < 1) return null;
  const groups = rest === undefined ? head : [...head, ...new Array<string>(missing).fill('0'), ...rest];
  if (!groups.every((g) => /^[0-9a-fA-F]{1,4}$/.test(g))) return null;
  const bytes = new Uint8Array(16);
  groups.forEach((group, i) => {
    const value = Number.parseInt(group, 16);
    bytes[2 * i] = value >> 8;
    bytes[2 * i + 1] = value;
  });
  if (tail !== null) bytes.set(tail, 12);
  return bytes;
}
