import { CassetteError } from '@cassette/bytes';
import { platformMillis, platformRandomBytes } from './platform.ts';
import { Uuid } from './uuid.ts';

// 100-nanosecond steps between 1582-10-15 and 1970-01-01.
const epochSteps = 0x01b21dd213814000n;
const stepsPerMillisecond = 10000n;

/** A UUID of version 1: a time in steps of 100 ns, a clock sequence and a node. Cassandra: utils.TimeUUID. */
export class TimeUuid extends Uuid {
  /** Takes 16 bytes. Throws CassetteError INVALID_UUID for another length or version. */
  constructor(bytes: Uint8Array) {
    super(bytes);
    if (this.version !== 1) throw new CassetteError('INVALID_UUID', `${this} is no UUID of version 1 (time)`);
  }

  static override parse(text: string): TimeUuid {
    return new TimeUuid(Uuid.parse(text).bytes);
  }

  /**
   * Made of its parts: milliseconds since 1970, steps of 100 ns within the millisecond (0 to 9999), clock sequence (14 bits) and
   * node (6 bytes).
   */
  static of(milliseconds: number | bigint | Date, steps: number, clockSequence: number, node: Uint8Array): TimeUuid {
    const bytes = new Uint8Array(16);
    putTime(bytes, stepsOf(milliseconds) + BigInt(steps));
    bytes[8] = 0x80 | ((clockSequence >> 8) & 0x3f);
    bytes[9] = clockSequence;
    bytes.set(node.subarray(0, 6), 10);
    return new TimeUuid(bytes);
  }

  /** The least one of that millisecond: CQL's minTimeuuid. It is a bound, not an id. */
  static min(milliseconds: number | bigint | Date): TimeUuid {
    const bytes = new Uint8Array(16).fill(0x80);
    putTime(bytes, stepsOf(milliseconds));
    return new TimeUuid(bytes);
  }

  /** The greatest one of that millisecond: CQL's maxTimeuuid. It is a bound, not an id. */
  static max(milliseconds: number | bigint | Date): TimeUuid {
    const bytes = new Uint8Array(16).fill(0x7f);
    putTime(bytes, stepsOf(milliseconds) + stepsPerMillisecond - 1n);
    return new TimeUuid(bytes);
  }

  /** A new one of this moment by the platform's clock, greater than all that this gave before: an id that rows sort by. */
  static now(): TimeUuid {
    ofPlatform ??= new TimeUuidGenerator({ nowMillis: platformMillis, randomBytes: platformRandomBytes });
    return ofPlatform.next();
  }

  /** Steps of 100 ns since 1582-10-15: the 60 bits as they are stored. */
  get steps(): bigint {
    const b = this.bytes;
    let value = BigInt(b[6] & 0x0f);
    for (const i of [7, 4, 5, 0, 1, 2, 3]) value = (value << 8n) | BigInt(b[i]);
    return value;
  }

  /** Milliseconds since 1970, rounded down. */
  get milliseconds(): number {
    const since = this.steps - epochSteps;
    const whole = since / stepsPerMillisecond;
    return Number(since < 0n && since % stepsPerMillisecond !== 0n ? whole - 1n : whole);
  }

  /** Its time, to the millisecond. */
  getDate(): Date {
    return new Date(this.milliseconds);
  }
}

/** What a generator of time UUIDs is given: it knows no clock and no dice of its own. */
export interface TimeUuidSources {
  /** Milliseconds since 1970. */
  nowMillis(): number;
  /** That many random bytes. */
  randomBytes(count: number): Uint8Array;
}

/** Makes time UUIDs that only grow, also where the clock stands still or goes back. Cassandra: TimeUUID.Generator. */
export class TimeUuidGenerator {
  private readonly sources: TimeUuidSources;
  private readonly clockSequence: number;
  private readonly node: Uint8Array;
  private lastMillis = Number.NEGATIVE_INFINITY;
  private lastSteps = 0;

  constructor(sources: TimeUuidSources) {
    this.sources = sources;
    const random = sources.randomBytes(8);
    this.clockSequence = (random[0] << 8) | random[1];
    this.node = random.slice(2);
    // The multicast bit says that the node is no network card's address.
    this.node[0] |= 1;
  }

  /** The next one, greater than all before. */
  next(): TimeUuid {
    const now = Math.floor(this.sources.nowMillis());
    if (now > this.lastMillis) {
      this.lastMillis = now;
      this.lastSteps = 0;
    } else if (++this.lastSteps === 10000) {
      this.lastMillis++;
      this.lastSteps = 0;
    }
    return TimeUuid.of(this.lastMillis, this.lastSteps, this.clockSequence, this.node);
  }
}

/** Made when it is first asked: who only reads ids asks the platform for nothing. */
let ofPlatform: TimeUuidGenerator | undefined;

function stepsOf(milliseconds: number | bigint | Date): bigint {
  const value = milliseconds instanceof Date ? milliseconds.getTime() : milliseconds;
  if (typeof value === 'number' && !Number.isInteger(value)) {
    throw new CassetteError('INVALID_UUID', `${value} milliseconds are no time for a UUID`);
  }
  return BigInt(value) * stepsPerMillisecond + epochSteps;
}

function putTime(bytes: Uint8Array, steps: bigint): void {
  if (steps < 0n || steps >= 1n << 60n) throw new CassetteError('INVALID_UUID', 'The time is outside what a UUID can hold');
  let rest = steps;
  for (const i of [3, 2, 1, 0, 5, 4, 7, 6]) {
    bytes[i] = Number(rest & 0xffn);
    rest >>= 8n;
  }
  bytes[6] |= 0x10;
}
