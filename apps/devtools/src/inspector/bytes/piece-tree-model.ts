// The pieces of a component as lines of a tree: those that were opened, and of a piece with a million parts those that were asked for.

import type { Piece } from '@cassette/sstable';
import { signal } from '@preact/signals';

/** Parts that are fetched at once. */
const PAGE = 100;

/** A line of the tree: a piece, or a gap between parts that are shown. */
export type TreeLine =
  | { readonly kind: 'piece'; readonly node: TreeNode; readonly depth: number }
  | { readonly kind: 'gap'; readonly parent: TreeNode; readonly depth: number; readonly first: number; readonly count: number };

/** A piece, and what is known of its parts. */
export interface TreeNode {
  readonly piece: Piece;
  /** Which part of its parent it is. */
  readonly index: number;
  readonly parent: TreeNode | null;
  isOpen: boolean;
  /** Parts that were fetched, by their number. */
  readonly parts: Map<number, TreeNode>;
  /** How many there are; -1 until it is known. */
  count: number;
}

/** Fetches parts of a piece. */
export type PartsOf = (piece: Piece, first: number, max: number) => Promise<readonly Piece[]>;
/** Fetches the pieces that a byte is in. */
export type PathTo = (offset: number) => Promise<readonly { readonly piece: Piece; readonly index: number }[]>;

/** A tree of pieces that grows where somebody looks. */
export class PieceTreeModel {
  /** What is drawn, from top to bottom. */
  readonly lines = signal<readonly TreeLine[]>([]);
  /** The piece whose bytes are shown. */
  readonly selected = signal<TreeNode | null>(null);
  readonly root: TreeNode;
  private readonly partsOf: PartsOf;
  private readonly pathTo: PathTo;
  /** Goes up with each wish: an answer to an older one is no longer wanted. */
  private wish = 0;

  constructor(root: Piece, partsOf: PartsOf, pathTo: PathTo) {
    this.root = nodeOf(root, 0, null);
    this.partsOf = partsOf;
    this.pathTo = pathTo;
  }

  /** Shows the first parts of the whole. */
  begin(): Promise<void> {
    return this.open(this.root);
  }

  /** Shows parts of a piece: those that were shown before, else the first. */
  async open(node: TreeNode): Promise<void> {
    if (node.piece.parts === 0) return;
    if (node.parts.size === 0) await this.fetch(node, 0);
    node.isOpen = true;
    this.draw();
  }

  /** Hides its parts. */
  close(node: TreeNode): void {
    node.isOpen = false;
    this.draw();
  }

  /** Shows more of what a gap stands for. */
  async fill(gap: Extract<TreeLine, { kind: 'gap' }>): Promise<void> {
    await this.fetch(gap.parent, gap.first);
    this.draw();
  }

  /** Selects a piece. */
  select(node: TreeNode): void {
    this.wish++;
    this.selected.value = node;
  }

  /** Opens the way to the leaf that a byte is in, and selects it. */
  async selectByte(offset: number): Promise<void> {
    const wish = ++this.wish;
    const path = await this.pathTo(offset);
    if (wish !== this.wish) return;
    let node = this.root;
    for (const { piece, index } of path.slice(1)) {
      if (!node.parts.has(index)) await this.fetch(node, index - (index % PAGE));
      // Where parts are not what the way said, as in damaged files, the way's own piece is shown.
      if (node.parts.get(index)?.piece.id !== piece.id) node.parts.set(index, nodeOf(piece, index, node));
      node.isOpen = true;
      node = node.parts.get(index)!;
    }
    if (wish !== this.wish) return;
    this.draw();
    this.selected.value = node;
  }

  private async fetch(node: TreeNode, first: number): Promise<void> {
    const found = await this.partsOf(node.piece, first, PAGE);
    for (const [offset, piece] of found.entries()) {
      const index = first + offset;
      if (!node.parts.has(index)) node.parts.set(index, nodeOf(piece, index, node));
    }
    if (node.count < 0 && found.length < PAGE) node.count = first + found.length;
  }

  private draw(): void {
    const lines: TreeLine[] = [];
    const add = (node: TreeNode, depth: number) => {
      lines.push({ kind: 'piece', node, depth });
      if (!node.isOpen) return;
      let next = 0;
      const gap = (to: number) => {
        if (to > next) lines.push({ kind: 'gap', parent: node, depth: depth + 1, first: next, count: to - next });
      };
      for (const index of [...node.parts.keys()].sort((a, b) => a - b)) {
        gap(index);
        add(node.parts.get(index)!, depth + 1);
        next = index + 1;
      }
      if (node.count >= 0) gap(node.count);
      else lines.push({ kind: 'gap', parent: node, depth: depth + 1, first: next, count: -1 });
    };
    add(this.root, 0);
    this.lines.value = lines;
  }
}

function nodeOf(piece: Piece, index: number, parent: TreeNode | null): TreeNode {
  return { piece, index, parent, isOpen: false, parts: new Map(), count: piece.parts };
}
