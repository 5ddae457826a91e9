import { assert, type ByteWriter } from '@cassette/bytes';

// A node of a trie. The first byte has the type in its high four bits; in the low ones what its payload is (0: there is none), but
// in types 1 and 3 the highest bits of the pointer. A payload follows the node. Pointers are distances back to a child, which is always
// written before its parent; 0 in a dense node stands for no child.
//   0      payload only          a leaf
//   1, 3   single, no payload    pointer of 4 or 12 bits in the first bytes, u8 transition
//   2, 4   single                u8 transition, pointer of 1 or 2 bytes
//   5–9    sparse                u8 count, transitions ascending, pointers of 8, 12, 16, 24, 40 bits
//   10–15  dense                 u8 first transition, u8 range - 1, pointers of 12, 16, 24, 32, 40, 64 bits for each of the range
// Pointers of 12 bits lie two in three bytes.
//
// Cassandra: io.tries.TrieNode

/** The bits that a pointer of each type takes, by type. */
export const pointerBits: readonly number[] = [0, 4, 8, 12, 16, 8, 12, 16, 24, 40, 12, 16, 24, 32, 40, 64];

/** Types by what they are. */
export const NodeType = { PAYLOAD_ONLY: 0, SINGLE_4: 1, SINGLE_12: 3, SPARSE_8: 5, DENSE_12: 10, LONG_DENSE: 15 } as const;

const LIMITS: readonly number[] = [0x10, 0x100, 0x1000, 0x10000, 0x1000000, 0x100000000, 0x10000000000];
const SINGLES: readonly number[] = [1, 2, 3, 4, 12, 13, 14, 15];
const SPARSES: readonly number[] = [5, 5, 6, 7, 8, 9, 9, 15];
const DENSES: readonly number[] = [10, 10, 10, 11, 12, 13, 14, 15];

/**
 * The smallest type for a node of so many children whose transitions span `range` and whose farthest child is `distance` before it.
 * Cassandra: TrieNode#typeFor.
 */
export function nodeTypeFor(childCount: number, range: number, distance: number, hasPayload: boolean): number {
  if (childCount === 0) return NodeType.PAYLOAD_ONLY;
  assert(distance > 0, 'children lie before their parent');
  let index = 0;
  while (index < LIMITS.length && distance >= LIMITS[index]) index++;
  if (childCount === 1) {
    const type = SINGLES[index];
    // These two have no room for a payload.
    return hasPayload && (type === NodeType.SINGLE_4 || type === NodeType.SINGLE_12) ? SINGLES[index + 1] : type;
  }
  const sparse = SPARSES[index];
  const dense = DENSES[index];
  return nodeSizeOf(sparse, childCount, range) < nodeSizeOf(dense, childCount, range) ? sparse : dense;
}

/** Bytes of a node of that type without its payload. */
export function nodeSizeOf(type: number, childCount: number, range: number): number {
  const bits = pointerBits[type];
  if (type === NodeType.PAYLOAD_ONLY) return 1;
  if (type === NodeType.SINGLE_4) return 2;
  if (type === NodeType.SINGLE_12) return 3;
  if (type < NodeType.SPARSE_8) return 2 + bits / 8;
  if (type < NodeType.DENSE_12) return 2 + childCount + Math.ceil((childCount * bits) / 8);
  return 3 + Math.ceil((range * bits) / 8);
}

/**
 * Appends a node of that type. `transitions` are ascending; `distances` how far back each child lies. `payloadFlags` is 0 where no payload
 * follows.
 */
export function encodeNode(
  out: ByteWriter,
  type: number,
  payloadFlags: number,
  transitions: readonly number[],
  distances: readonly number[],
): void {
  const bits = pointerBits[type];
  const first = (type << 4) | payloadFlags;
  if (type === NodeType.PAYLOAD_ONLY) {
    out.u8(first);
  } else if (type === NodeType.SINGLE_4) {
    out.u8((type << 4) | distances[0]);
    out.u8(transitions[0]);
  } else if (type === NodeType.SINGLE_12) {
    out.u16((type << 12) | distances[0]);
    out.u8(transitions[0]);
  } else if (type < NodeType.SPARSE_8) {
    out.u8(first);
    out.u8(transitions[0]);
    putPointers(out, distances, bits);
  } else if (type < NodeType.DENSE_12) {
    out.u8(first);
    out.u8(transitions.length);
    for (const transition of transitions) out.u8(transition);
    putPointers(out, distances, bits);
  } else {
    const low = transitions[0];
    const range = transitions[transitions.length - 1] - low + 1;
    out.u8(first);
    out.u8(low);
    out.u8(range - 1);
    const all = new Array<number>(range).fill(0);
    for (let i = 0; i < transitions.length; i++) all[transitions[i] - low] = distances[i];
    putPointers(out, all, bits);
  }
}

function putPointers(out: ByteWriter, distances: readonly number[], bits: number): void {
  if (bits !== 12) {
    for (const distance of distances) {
      for (let shift = bits - 8; shift >= 0; shift -= 8) out.u8(Math.floor(distance / 2 ** shift) & 0xff);
    }
    return;
  }
  for (let i = 0; i < distances.length; i += 2) {
    const pointer = distances[i];
    if (i + 1 === distances.length) out.u16(pointer << 4);
    else {
      const next = distances[i + 1];
      out.u8(pointer >> 4);
      out.u8(((pointer << 4) & 0xff) | (next >> 8));
      out.u8(next & 0xff);
    }
  }
}
