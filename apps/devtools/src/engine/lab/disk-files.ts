import type { FaultyStorage } from '@cassette/storage/testing';
import type { DiskFile, Run } from './lab-types.ts';

/**
 * Each file before and after the crash, byte by byte as runs. `disk`: as its users saw it; `surely`: what it held of that for certain;
 * `left`: what the crash left; `recovered`: sizes after recovery.
 */
export function diskFiles(
  disk: FaultyStorage,
  surely: FaultyStorage,
  left: ReadonlyMap<string, Uint8Array>,
  recovered: ReadonlyMap<string, number>,
): readonly DiskFile[] {
  const before = new Map(disk.names.map((name) => [name, disk.contentOf(name)]));
  const durable = new Map(surely.names.map((name) => [name, surely.contentOf(name)]));
  const names = [...new Set([...before.keys(), ...left.keys(), ...recovered.keys()])].sort();
  return names.map((name): DiskFile => {
    const seen = before.get(name);
    const held = durable.get(name);
    const after = left.get(name);
    return {
      name,
      before:
        seen === undefined
          ? null
          : {
              size: seen.length,
              isNameDurable: held !== undefined,
              runs: runs(seen, held ?? new Uint8Array(0), 'durable', 'pending'),
            },
      after: after === undefined ? null : { size: after.length, runs: runs(seen ?? after, after, 'kept', 'lost') },
      recovered: recovered.get(name) ?? null,
    };
  });
}

/** Where `other` has the bytes of `bytes`, and where it has not. What is longer in `other` counts as not. */
function runs(bytes: Uint8Array, other: Uint8Array, same: Run['fate'], different: Run['fate']): readonly Run[] {
  const found: { fate: Run['fate']; bytes: number }[] = [];
  const length = Math.max(bytes.length, other.length);
  for (let at = 0; at < length; at++) {
    const fate = at < bytes.length && at < other.length && bytes[at] === other[at] ? same : different;
    const last = found.at(-1);
    if (last?.fate === fate) last.bytes++;
    else found.push({ fate, bytes: 1 });
  }
  return smoothed(found);
}

/** Bytes that are equal by accident in the midst of others are no run of their own. */
function smoothed(found: { fate: Run['fate']; bytes: number }[]): readonly Run[] {
  const smooth: { fate: Run['fate']; bytes: number }[] = [];
  for (const [index, run] of found.entries()) {
    const last = smooth.at(-1);
    const isAccident = run.bytes < 4 && (run.fate === 'durable' || run.fate === 'kept') && index > 0 && index < found.length - 1;
    const fate = isAccident && last !== undefined ? last.fate : run.fate;
    if (last?.fate === fate) last.bytes += run.bytes;
    else smooth.push({ fate, bytes: run.bytes });
  }
  return smooth;
}
