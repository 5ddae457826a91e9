import type { Anatomy, Piece } from './anatomy.ts';
import { damage, type Part, type PartList, whyDamaged } from './part.ts';
import { HeldParts } from './part-lists.ts';

/** Pieces whose lists are kept: those looked at last. */
const OPEN_MAX = 512;

interface Open {
  readonly part: Part;
  /** Null as long as nobody asked for its parts. */
  list: PartList | null;
}

/** An Anatomy over parts: gives them names, by the way that leads to them, and keeps what is needed again. */
export class LazyAnatomy implements Anatomy {
  readonly root: Piece;
  private readonly whole: Open;
  // In the order of their last use.
  private readonly open = new Map<string, Open>();

  constructor(root: Part) {
    this.whole = { part: root, list: null };
    this.root = pieceOf('0', this.whole);
  }

  parts(piece: Piece, first: number, max: number): readonly Piece[] {
    const open = this.find(piece.id);
    if (open === null) return [];
    const list = listOf(open);
    const pieces: Piece[] = [];
    for (let i = Math.max(0, first); pieces.length < max; i++) {
      const part = list.at(i);
      if (part === null) break;
      const id = `${piece.id}.${i}`;
      pieces.push(pieceOf(id, this.open.get(id) ?? { part, list: null }));
    }
    return pieces;
  }

  pathTo(offset: number): readonly { readonly piece: Piece; readonly index: number }[] {
    const { from, to } = this.whole.part;
    const wanted = Math.min(Math.max(offset, from), Math.max(from, to - 1));
    const path: { piece: Piece; index: number }[] = [];
    let open = this.whole;
    let index = 0;
    for (let id = '0'; ; id = `${id}.${index}`) {
      if (path.length > 0) {
        const child = this.child(open, id, index);
        if (child === null) return path;
        open = child;
      }
      const { part } = open;
      if (part.inner === null) return [...path, { piece: pieceOf(id, open), index }];
      const list = listOf(open);
      path.push({ piece: pieceOf(id, open), index });
      index = list.indexOf(wanted);
    }
  }

  leaves(from: number, to: number, max: number): readonly Piece[] {
    const found: Piece[] = [];
    const add = (open: Open, id: string): void => {
      if (open.part.inner === null) {
        if (open.part.to > open.part.from) found.push(pieceOf(id, open));
        return;
      }
      const list = listOf(open);
      for (let i = list.indexOf(Math.max(from, open.part.from)); found.length < max; i++) {
        const child = this.child(open, `${id}.${i}`, i);
        if (child === null || child.part.from >= to) return;
        add(child, `${id}.${i}`);
      }
    };
    if (from < to && to > this.whole.part.from && from < this.whole.part.to && max > 0) add(this.whole, '0');
    return found;
  }

  /** What has that name: names come back from those who were given them. Null where there is no such piece (any more: a file changed). */
  private find(id: string): Open | null {
    if (id === '0') return this.whole;
    const known = this.kept(id);
    if (known !== undefined) return known;
    const dot = id.lastIndexOf('.');
    const index = Number(id.slice(dot + 1));
    if (dot < 0 || !Number.isSafeInteger(index) || index < 0) return null;
    const parent = this.find(id.slice(0, dot));
    return parent === null ? null : this.child(parent, id, index);
  }

  private child(parent: Open, id: string, index: number): Open | null {
    const known = this.kept(id);
    if (known !== undefined) return known;
    const part = listOf(parent).at(index);
    if (part === null) return null;
    const open = { part, list: null };
    if (part.inner !== null) {
      if (this.open.size === OPEN_MAX) this.open.delete(this.open.keys().next().value!);
      this.open.set(id, open);
    }
    return open;
  }

  private kept(id: string): Open | undefined {
    const known = this.open.get(id);
    if (known === undefined) return undefined;
    this.open.delete(id);
    this.open.set(id, known);
    return known;
  }
}

function listOf(open: Open): PartList {
  if (open.list === null) {
    const { inner, from, to } = open.part;
    try {
      open.list = typeof inner === 'function' ? inner() : new HeldParts(inner ?? []);
    } catch (error) {
      open.list = new HeldParts([damage(from, to, whyDamaged(error))]);
    }
  }
  return open.list;
}

function pieceOf(id: string, { part, list }: Open): Piece {
  const { from, to, value, inner } = part;
  const [kind, name, note = ''] = part.words;
  return {
    id,
    from,
    to,
    kind,
    name,
    value,
    note,
    parts: inner === null ? 0 : (list?.count ?? (typeof inner === 'function' ? -1 : inner.length)),
  };
}
