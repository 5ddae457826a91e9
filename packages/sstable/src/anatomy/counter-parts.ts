import type { ByteWindow } from '../data/byte-window.ts';
import type { Part, Words } from './part.ts';
import { explained } from './part-reader.ts';

const LISTED: Words = ['length', 'listed shards', 'How many of the shards the list behind it names.'];
const INDEX: Words = [
  'flags',
  'shard number',
  'Which shard; the highest bit is set for a global one, as all are since Cassandra 2.1.',
];
const SHARD: Words = [
  'group',
  'shard',
  'What one node has counted. Of two shards of one id the one with the higher clock counts.',
];
const ID: Words = ['key', 'counter id', 'Of the node, or of what stands for it.'];
const CLOCK: Words = ['time', 'clock', 'Goes up with every increment of this node.'];
const COUNT: Words = ['value', 'count'];

/** The value of a counter cell. Cassandra: db.context.CounterContext. */
export function counterParts(window: ByteWindow, from: number, to: number): Part[] {
  return explained(window, from, to, (inner) => {
    const listed = Math.abs(inner.i16(LISTED));
    for (let i = 0; i < listed; i++) inner.i16(INDEX, (index) => `${index & 0x7fff}${index < 0 ? ', global' : ''}`);
    while (inner.remaining > 0) {
      inner.group(SHARD, () => {
        inner.bytes(ID, 16);
        inner.i64(CLOCK);
        return String(inner.i64(COUNT));
      });
    }
  });
}
