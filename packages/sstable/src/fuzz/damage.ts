import type { Dice } from '../testing/model-table.ts';

/** A changed copy of a file. */
export interface Damage {
  /** What was done, for messages: enough to do it again. */
  readonly what: string;
  readonly bytes: Uint8Array;
}

/** Of every byte one change or two: all of its bits, and one of them, which takes turns from byte to byte. */
export type FlipsPerByte = 1 | 2;

/** Every byte of a file changed alone; `patterns` are more of what it is combined with. Where a byte is changed once, the changes take turns. */
export function* flips(good: Uint8Array, perByte: FlipsPerByte, patterns: readonly number[] = []): Generator<Damage> {
  for (let at = 0; at < good.length; at++) {
    const two = [0xff, 1 << ((at * 5 + 3) % 8)];
    const used = new Set([...(perByte === 2 ? two : [two[at % 2]]), ...patterns]);
    for (const pattern of used) {
      const bytes = good.slice();
      bytes[at] ^= pattern;
      yield { what: `byte ${at} xor 0x${pattern.toString(16)}`, bytes };
    }
  }
}

/** Every beginning of a file, and the file with something behind it. */
export function* otherLengths(good: Uint8Array): Generator<Damage> {
  for (let length = 0; length < good.length; length++) yield { what: `the first ${length} bytes`, bytes: good.slice(0, length) };
  for (const more of [[0], [0xff], [1, 2, 3, 4], new Array<number>(8).fill(0), [...good.subarray(0, 64)]]) {
    const bytes = new Uint8Array(good.length + more.length);
    bytes.set(good);
    bytes.set(more, good.length);
    yield { what: `${more.length} bytes more: ${more.slice(0, 8)}`, bytes };
  }
}

/** Numbers that a length, a count or a position may lie with, big-endian. */
const LIES: readonly (readonly number[])[] = [
  [0x7f, 0xff, 0xff, 0xff],
  [0x80, 0, 0, 0],
  [0xff, 0xff, 0xff, 0xff],
  [0, 0, 0, 0],
  [0, 0x10, 0, 0],
  [0x7f, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff],
  [0, 0, 0, 0, 0x7f, 0xff, 0xff, 0xff],
  [0xff, 0x7f, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff],
  [0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff],
  [0xf0, 0x7f, 0xff, 0xff, 0xff],
  [0xfe, 0x1f, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff],
];

/** Lies about lengths at every place of a file: 2³¹ - 1, 2³¹, -1, 2⁶³ - 1, vints of 2⁵³, 2⁶³ and others. */
export function* lies(good: Uint8Array, step = 1): Generator<Damage> {
  for (let at = 0; at < good.length; at += step) {
    for (const lie of LIES) {
      if (at + lie.length > good.length) continue;
      const bytes = good.slice();
      bytes.set(lie, at);
      yield { what: `bytes ${at} to ${at + lie.length} become ${lie}`, bytes };
    }
  }
}

/** A file with a few things changed at random: bits, bytes, cuts, pieces taken out, doubled, moved or swapped for noise. */
export function anyDamage(good: Uint8Array, dice: Dice): Damage {
  let bytes: Uint8Array = good.slice();
  const done: string[] = [];
  for (let i = 1 + dice.below(3); i > 0; i--) {
    const length = bytes.length;
    if (length === 0) break;
    const at = dice.below(length);
    const count = 1 + dice.below(Math.min(length - at, dice.chance(70) ? 16 : 4096));
    switch (dice.below(7)) {
      case 0:
        bytes[at] ^= 1 << dice.below(8);
        done.push(`a bit of ${at}`);
        break;
      case 1:
        bytes[at] = dice.below(256);
        done.push(`byte ${at}`);
        break;
      case 2:
        bytes = bytes.slice(0, at);
        done.push(`cut at ${at}`);
        break;
      case 3:
        bytes = joined(bytes.subarray(0, at), bytes.subarray(at + count));
        done.push(`${count} taken out at ${at}`);
        break;
      case 4: {
        const to = dice.below(length);
        bytes = joined(bytes.subarray(0, to), bytes.slice(at, at + count), bytes.subarray(to));
        done.push(`${count} of ${at} put in at ${to}`);
        break;
      }
      case 5:
        bytes.copyWithin(dice.below(length), at, at + count);
        done.push(`${count} of ${at} copied elsewhere`);
        break;
      default: {
        const value = dice.chance(50) ? (dice.chance(50) ? 0 : 0xff) : -1;
        for (let j = at; j < at + count; j++) bytes[j] = value < 0 ? dice.below(256) : value;
        done.push(`${count} overwritten at ${at}`);
      }
    }
  }
  return { what: done.join(', '), bytes };
}

/** A file with two pieces of it swapped: of those that begin at `starts`, the last of which ends the file. */
export function swappedPieces(good: Uint8Array, starts: ArrayLike<number>, dice: Dice): Damage {
  const one = dice.below(starts.length);
  const other = dice.below(starts.length);
  const [a, b] = [Math.min(one, other), Math.max(one, other)];
  const piece = (i: number) => good.subarray(starts[i], starts[i + 1] ?? good.length);
  const between = good.subarray(starts[a + 1] ?? good.length, starts[b]);
  const bytes =
    a === b
      ? good.slice()
      : joined(good.subarray(0, starts[a]), piece(b), between, piece(a), good.subarray(starts[b] + piece(b).length));
  return { what: `the pieces at ${starts[a]} and ${starts[b]} swapped`, bytes };
}

function joined(...parts: readonly Uint8Array[]): Uint8Array {
  const all = new Uint8Array(parts.reduce((sum, part) => sum + part.length, 0));
  let at = 0;
  for (const part of parts) {
    all.set(part, at);
    at += part.length;
  }
  return all;
}
