import { ByteWriter } from '@cassette/bytes';
import { KeyspaceMetadata, Schema } from '@cassette/cql';
import { MemoryStorage } from '@cassette/storage';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { DescribedStore } from '../catalog/index.ts';
import { recordsIn, SEGMENT_HEADER_SIZE } from '../wal/index.ts';
import { WalSegment } from '../wal/wal-segment.ts';
import { readPart } from './segment-part.ts';

/** A segment with payloads of these sizes. */
async function segmentOf(sizes: readonly number[]): Promise<{ bytes: Uint8Array; salted: number }> {
  const storage = new MemoryStorage();
  await storage.acquire();
  const keyspace = new KeyspaceMetadata({ name: 'k'.repeat(600), replication: {}, durableWrites: true });
  const description = new DescribedStore({ schema: new Schema([keyspace]), truncated: new Map() });
  const segment = await WalSegment.create(storage, 1, 12345, description, 0);
  const batch = new ByteWriter();
  for (const [i, size] of sizes.entries()) {
    const at = WalSegment.beginRecord(batch);
    batch.bytes(new Uint8Array(size).fill(1 + (i % 255)));
    segment.seal(batch, at, batch.length, i);
  }
  segment.write(batch.written(), description, 0);
  segment.flush();
  const { salted } = segment;
  const bytes = segment.readDurable(0);
  segment.close();
  await storage.close();
  return { bytes, salted };
}

/** All payloads, part by part, as ranges of the segment; `largest`: bytes that were asked for at once. */
function inParts(bytes: Uint8Array, salted: number, size: number): { payloads: number[]; largest: number } {
  const payloads: number[] = [];
  let largest = 0;
  const read = (from: number, length: number) => {
    largest = Math.max(largest, length);
    return bytes.slice(from, from + length);
  };
  for (let from = SEGMENT_HEADER_SIZE; from < bytes.length; ) {
    const part = readPart(read, { from, end: bytes.length, salted }, size);
    const base = from;
    payloads.push(...part.payloads.map((at) => base + at));
    expect(part.next).toBeGreaterThan(from);
    from = part.next;
  }
  return { payloads, largest };
}

test('parts of any size have the records that the whole has, damaged or not', async () => {
  const damage = fc.array(fc.record({ at: fc.nat(), with: fc.integer({ min: 1, max: 255 }) }), { maxLength: 4 });
  const sizes = fc.array(fc.integer({ min: 1, max: 300 }), { minLength: 1, maxLength: 30 });
  await fc.assert(
    fc.asyncProperty(sizes, damage, fc.integer({ min: 1, max: 2000 }), async (records, flips, size) => {
      const { bytes, salted } = await segmentOf(records);
      for (const { at, with: bits } of flips) {
        const place = SEGMENT_HEADER_SIZE + (at % (bytes.length - SEGMENT_HEADER_SIZE));
        bytes[place] ^= bits;
      }
      expect(inParts(bytes, salted, size).payloads).toEqual(recordsIn(bytes, salted).payloads);
    }),
    { numRuns: 300 },
  );
});

test('a segment of megabytes takes one part at a time, and a record that is larger than it what that needs', async () => {
  const { bytes, salted } = await segmentOf(Array.from({ length: 600 }, () => 10_000));
  const many = inParts(bytes, salted, 256 * 1024);
  expect([many.payloads.length, many.largest]).toEqual([1200, 256 * 1024]);
  const { bytes: large, salted: other } = await segmentOf([10, 1_500_000, 10]);
  const one = inParts(large, other, 256 * 1024);
  expect(one.payloads.length).toBe(6);
  expect(one.largest).toBeLessThan(4_000_000);
});
