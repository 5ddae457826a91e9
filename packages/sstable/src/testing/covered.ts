import type { Anatomy, Piece } from '../anatomy/anatomy.ts';

/** Parts that are asked for at once. */
const AT_ONCE = 100;

/** All leaves of a piece, in their order. */
export function* leavesOf(anatomy: Anatomy, piece: Piece = anatomy.root): Generator<Piece> {
  if (piece.parts === 0) {
    if (piece.to > piece.from) yield piece;
    return;
  }
  for (const part of allParts(anatomy, piece)) yield* leavesOf(anatomy, part);
}

/** All parts of a piece. */
export function* allParts(anatomy: Anatomy, piece: Piece): Generator<Piece> {
  for (let first = 0; ; first += AT_ONCE) {
    const parts = anatomy.parts(piece, first, AT_ONCE);
    yield* parts;
    if (parts.length < AT_ONCE) return;
  }
}

/** Where leaves do not lie one behind the other from the beginning of the component to its end; null where they do. They are added to `seen`. */
export function gapIn(anatomy: Anatomy, seen: Piece[] = []): string | null {
  let end = 0;
  for (const leaf of leavesOf(anatomy)) {
    const { id, name, from, to, kind, value } = leaf;
    seen.push(leaf);
    if (from !== end || to <= from) return `${name} ${id} at ${from} to ${to} follows what ends at ${end}`;
    if (kind === 'group') return `${name} ${id} at ${from} is a leaf, and a group`;
    if (value.length > 200) return `${name} ${id} has a value of ${value.length} characters`;
    end = to;
  }
  return end === anatomy.root.to ? null : `leaves end at ${end} of ${anatomy.root.to}`;
}

/** Where the way to a byte is not the one that `parts` gives; null where it is. */
export function strayIn(anatomy: Anatomy, offset: number): string | null {
  const path = anatomy.pathTo(offset);
  for (const [i, { piece, index }] of path.entries()) {
    if (offset < piece.from || offset >= piece.to) return `${piece.name} ${piece.id} does not have byte ${offset}`;
    if (i === 0) continue;
    const [same] = anatomy.parts(path[i - 1].piece, index, 1);
    if (
      same === undefined ||
      same.id !== piece.id ||
      same.from !== piece.from ||
      same.to !== piece.to ||
      same.name !== piece.name ||
      same.value !== piece.value
    ) {
      return `part ${index} of ${path[i - 1].piece.name} is ${same?.name} ${same?.id}, not ${piece.name} ${piece.id}`;
    }
  }
  const last = path[path.length - 1].piece;
  return last.parts === 0 ? null : `the way to byte ${offset} ends with ${last.name}, which has parts`;
}
