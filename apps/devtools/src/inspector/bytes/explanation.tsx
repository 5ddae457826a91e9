import { bytes, plural } from '../../text/numbers.ts';
import type { PieceTreeModel, TreeNode } from './piece-tree-model.ts';

/** What the selected piece is: the way to it, what it says, what it is for. */
export function Explanation({ model }: { model: PieceTreeModel }) {
  const node = model.selected.value;
  if (node === null) {
    return (
      <div class="explanation" role="status">
        <p class="muted">Choose a piece of the tree, or a byte.</p>
      </div>
    );
  }
  const { piece } = node;
  const length = piece.to - piece.from;
  return (
    <div class="explanation" role="status">
      <nav aria-label="Where it is">
        {wayTo(node).map((step) => (
          <button type="button" class="link" key={step.piece.id} onClick={() => model.select(step)}>
            {step.piece.name}
          </button>
        ))}
      </nav>
      <h3>
        <span class={`dot ${piece.kind}`} aria-hidden="true" /> {piece.name}
      </h3>
      {piece.value !== '' && <p class="says">{piece.value}</p>}
      {piece.note !== '' && <p>{piece.note}</p>}
      <p class="muted">
        {plural(length, 'byte')}
        {length > 1000 && ` (${bytes(length)})`} at {piece.from} (0x{piece.from.toString(16)}), {kinds[piece.kind]}
        {piece.parts > 0 && `, ${plural(piece.parts, 'part')}`}
      </p>
    </div>
  );
}

/** Pieces from the whole to one's parent. */
function wayTo(node: TreeNode): TreeNode[] {
  const way: TreeNode[] = [];
  for (let step = node.parent; step !== null; step = step.parent) way.unshift(step);
  return way;
}

/** What the colours mean. */
export const kinds: Readonly<Record<TreeNode['piece']['kind'], string>> = {
  group: 'made of others',
  length: 'a length or count',
  flags: 'flags',
  key: 'a key',
  time: 'a time',
  value: 'a value',
  position: 'a position',
  checksum: 'a checksum',
  raw: 'raw bytes',
  damage: 'damaged',
};
