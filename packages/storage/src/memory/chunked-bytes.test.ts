import fc from 'fast-check';
import { expect, test } from 'vitest';
import { ChunkedBytes } from './chunked-bytes.ts';

const position = fc.oneof(fc.nat(600), fc.nat(200_000), fc.integer({ min: 65_530, max: 65_545 }));
const step = fc.oneof(
  fc.record({
    kind: fc.constant('write' as const),
    at: position,
    length: fc.oneof(fc.nat(300), fc.nat(140_000)),
    fill: fc.integer({ min: 1, max: 255 }),
  }),
  fc.record({ kind: fc.constant('truncate' as const), at: position }),
  fc.record({ kind: fc.constant('clone' as const), goesOn: fc.boolean() }),
);

test('any sequence of writes, truncates and clones leaves what plain arrays would hold', () => {
  fc.assert(
    fc.property(fc.array(step, { maxLength: 12 }), (steps) => {
      let chunked = new ChunkedBytes();
      let plain = new Uint8Array(0);
      const others: { chunked: ChunkedBytes; plain: Uint8Array }[] = [];
      for (const one of steps) {
        chunked.digest();
        if (one.kind === 'clone') {
          // Whichever of the two is written to, the other stays as it is.
          const clone = chunked.clone();
          others.push({ chunked: one.goesOn ? chunked : clone, plain: plain.slice() });
          if (one.goesOn) chunked = clone;
        } else if (one.kind === 'write') {
          const bytes = new Uint8Array(one.length).fill(one.fill);
          chunked.write(bytes, one.at);
          if (bytes.length > 0 && one.at + bytes.length > plain.length) plain = resized(plain, one.at + bytes.length);
          if (bytes.length > 0) plain.set(bytes, one.at);
        } else {
          chunked.truncate(one.at);
          plain = resized(plain, one.at);
        }
      }
      for (const one of [...others, { chunked, plain }]) {
        expect(Buffer.compare(one.chunked.toBytes(), one.plain)).toBe(0);
        expect(one.chunked.digest()).toBe(digestOf(one.plain));
      }
    }),
    { numRuns: 200 },
  );
});

function resized(bytes: Uint8Array, size: number): Uint8Array<ArrayBuffer> {
  const result = new Uint8Array(size);
  result.set(bytes.subarray(0, size));
  return result;
}

/** Of the same bytes in an object that never had others. */
function digestOf(bytes: Uint8Array): string {
  const content = new ChunkedBytes();
  content.write(bytes, 0);
  return content.digest();
}
