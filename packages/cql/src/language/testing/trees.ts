/** A tree without positions, to compare what two texts mean. */
export function withoutPositions<T>(node: T): T {
  if (Array.isArray(node)) return node.map(withoutPositions) as T;
  if (node === null || typeof node !== 'object') return node;
  const entries = Object.entries(node).filter(([key]) => key !== 'pos');
  return Object.fromEntries(entries.map(([key, value]) => [key, withoutPositions(value)])) as T;
}
