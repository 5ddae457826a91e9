import type { TrieNode } from '../worker/inspector.ts';

/** Pixels between a node and those it leads to, and between two at the same depth. */
export const stepWidth = 78;
export const lineHeight = 20;
const margin = 14;
/** Of a letter of what stands beside a node, and between the two. */
const letterWidth = 7.5;
const textMargin = 12;

/** A node and where it is drawn; one that was not fetched has none, and is a way further in. */
export interface PlacedNode {
  readonly position: number;
  readonly node: TrieNode | null;
  readonly parent: PlacedNode | null;
  /** The byte that leads to it; -1 for the first. */
  readonly byte: number;
  readonly x: number;
  y: number;
}

/** What is told of a node where it is pointed at. */
export function textOf(node: TrieNode | null): string {
  if (node === null) return 'more …';
  return node.payload === '' ? node.type : `${node.type}: ${node.payload}`;
}

/** What stands beside a node: nothing where only the way goes on. */
export function textBeside(node: TrieNode | null): string {
  return node !== null && node.children.length > 0 && node.payload === '' ? '' : textOf(node);
}

/** Lays nodes out from left to right: the first is the root, and those without children have a line each. */
export function layTrie(nodes: readonly TrieNode[]): {
  readonly placed: PlacedNode[];
  readonly width: number;
  readonly height: number;
} {
  const known = new Map(nodes.map((node) => [node.position, node]));
  const placed: PlacedNode[] = [];
  let lines = 0;
  let width = 0;
  const lay = (position: number, parent: PlacedNode | null, byte: number, depth: number): PlacedNode => {
    const node = known.get(position) ?? null;
    const here: PlacedNode = { position, node, parent, byte, x: margin + depth * stepWidth, y: 0 };
    width = Math.max(width, here.x + textMargin + textBeside(node).length * letterWidth);
    placed.push(here);
    const below = node?.children.map((child) => lay(child.position, here, child.byte, depth + 1)) ?? [];
    here.y = below.length === 0 ? margin + lines++ * lineHeight : (below[0].y + below[below.length - 1].y) / 2;
    return here;
  };
  lay(nodes[0].position, null, -1, 0);
  return { placed, width: width + margin, height: 2 * margin + Math.max(0, lines - 1) * lineHeight };
}
