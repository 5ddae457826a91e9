import { ClusteringComparator } from '@cassette/sstable';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { MemtableStore, PartitionNode } from './memtable-store.ts';

test('finds each partition by token and key, whatever tokens have in common, and no other; in order they stay', () => {
  const partition = fc.record({
    hi: fc.constantFrom(-0x80000000, -1, 0, 1, 0x7fffffff),
    lo: fc.oneof(fc.constantFrom(0, -1, 64, 128), fc.integer({ min: -0x80000000, max: 0x7fffffff })),
    key: fc.integer({ min: 0, max: 255 }),
  });
  fc.assert(
    fc.property(fc.array(partition, { maxLength: 200 }), (list) => {
      const store = new MemtableStore(new ClusteringComparator([]));
      const made = new Map<string, number>();
      const nameOf = ({ hi, lo, key }: { hi: number; lo: number; key: number }) => `${hi} ${lo} ${key}`;
      for (const one of list) {
        const key = Uint8Array.of(one.key);
        const before = store.findPartition(one.hi, one.lo, key, 0, 1);
        expect(before).toBe(made.get(nameOf(one)) ?? 0);
        const node = store.partition(one.hi, one.lo, key, 0, 1);
        if (before !== 0) expect(node).toBe(before);
        made.set(nameOf(one), node);
      }
      expect(store.partitionCount).toBe(made.size);
      for (const one of list)
        expect(store.findPartition(one.hi, one.lo, Uint8Array.of(one.key), 0, 1)).toBe(made.get(nameOf(one)));
      const inOrder: number[] = [];
      for (let node = store.firstPartition; node !== 0; node = store.nextPartition(node)) inOrder.push(node);
      expect(inOrder.length).toBe(made.size);
      const tokens = inOrder.map((node) => {
        const [hi, lo] = [store.nodes[node + PartitionNode.TOKEN_HI], store.nodes[node + PartitionNode.TOKEN_LO]];
        return (BigInt(hi) << 32n) | BigInt(lo >>> 0);
      });
      for (let i = 1; i < tokens.length; i++) expect(tokens[i - 1] <= tokens[i]).toBe(true);
    }),
    { numRuns: 100 },
  );
});
