import type { TrieNode } from '../worker/inspector.ts';

/** Pixels between a node and those it leads to, and between two at the same depth. */
export const stepWidth = 78;
export const lineHeight = 20;
const margin = 14;
/** For what stands beside the last ones. */
const textWidth = 190;

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

/** Lays nodes out from left to right: the first is the root, and those without children have a line each. */
export function layTrie(nodes: readonly TrieNode[]): {
  readonly placed: PlacedNode[];
  readonly width: number;
  readonly height: number;
} {
  const known = new Map(nodes.map((node) => [node.position, node]));
  const placed: PlacedNode[] = [];
  let lines = 0;
  let depthMax = 0;
  const lay = (position: number, parent: PlacedNode | null, byte: number, depth: number): PlacedNode => {
    const node = known.get(position) ?? null;
    depthMax = Math.max(depthMax, depth);
    const here: PlacedNode = { position, node, parent, byte, x: margin + depth * stepWidth, y: 0 };
    placed.push(here);
    const below = node?.children.map((child) => lay(child.position, here, child.byte, depth + 1)) ?? [];
    here.y = below.length === 0 ? margin + lines++ * lineHeight : (below[0].y + below[below.length - 1].y) / 2;
    return here;
  };
  lay(nodes[0].position, null, -1, 0);
  return { placed, width: margin + depthMax * stepWidth + textWidth, height: 2 * margin + Math.max(0, lines - 1) * lineHeight };
}
