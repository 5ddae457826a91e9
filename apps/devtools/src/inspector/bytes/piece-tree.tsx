import { useEffect, useId, useRef } from 'preact/hooks';
import { useScrollWindow } from '../../results/scroll-window.ts';
import { count } from '../../text/numbers.ts';
import { sayError } from '../../text/say-error.ts';
import type { PieceTreeModel, TreeLine, TreeNode } from './piece-tree-model.ts';

const lineHeight = 22;

interface TreeProps {
  readonly model: PieceTreeModel;
  readonly label: string;
  readonly onError: (text: string) => void;
}

/** The pieces of a component as a tree: arrows walk and open, Enter shows their bytes. Only lines in sight are in the document. */
export function PieceTree({ model, label, onError }: TreeProps) {
  const scroller = useRef<HTMLDivElement>(null);
  const id = useId();
  const lines = model.lines.value;
  const window = useScrollWindow(scroller, lines.length, lineHeight, 0);
  const selected = model.selected.value;
  const at = lines.findIndex((line) => line.kind === 'piece' && line.node === selected);
  // What was selected elsewhere, by a byte, is brought into sight.
  useEffect(() => {
    if (at >= 0) window.show(at);
  }, [selected, at]);
  const tell = (work: Promise<void>) => {
    work.catch((error: unknown) => onError(sayError(error)));
  };
  const activate = (line: TreeLine) => {
    if (line.kind === 'gap') tell(model.fill(line));
    else model.select(line.node);
  };
  const toggle = (node: TreeNode) => {
    if (node.isOpen) model.close(node);
    else tell(model.open(node));
  };
  const move = (to: number) => {
    const line = lines[Math.min(Math.max(to, 0), lines.length - 1)];
    // A gap in the way is filled, so that the keys come to everything.
    if (line !== undefined) activate(line);
  };
  const onKeyDown = (event: KeyboardEvent) => {
    if (event.altKey || event.ctrlKey || event.metaKey) return;
    const line = lines[at];
    const node = line?.kind === 'piece' ? line.node : null;
    if (event.key === 'ArrowDown') move(at + 1);
    else if (event.key === 'ArrowUp') move(at - 1);
    else if (event.key === 'PageDown') move(at + window.pageLines);
    else if (event.key === 'PageUp') move(at - window.pageLines);
    else if (event.key === 'Home') move(0);
    else if (event.key === 'End') move(lines.length - 1);
    else if (event.key === 'ArrowRight' && node !== null) {
      if (node.isOpen) move(at + 1);
      else tell(model.open(node));
    } else if (event.key === 'ArrowLeft' && node !== null) {
      if (node.isOpen) model.close(node);
      else if (node.parent !== null) model.select(node.parent);
    } else if (event.key === 'Enter' && node !== null) toggle(node);
    else return;
    event.preventDefault();
  };
  const shown = lines.slice(window.first, window.last + 1);
  return (
    <div
      class="piece-tree"
      role="tree"
      tabIndex={0}
      ref={scroller}
      aria-label={label}
      aria-activedescendant={at >= 0 ? `${id}-${at}` : undefined}
      onKeyDown={onKeyDown}
    >
      <div class="lines" role="presentation" style={{ height: `${window.height}px` }}>
        {shown.map((line, i) => (
          <Line
            key={line.kind === 'piece' ? line.node.piece.id : `gap ${line.parent.piece.id} ${line.first}`}
            id={`${id}-${window.first + i}`}
            line={line}
            top={window.top(window.first + i)}
            isSelected={window.first + i === at}
            onActivate={() => activate(line)}
            onToggle={toggle}
          />
        ))}
      </div>
    </div>
  );
}

interface LineProps {
  readonly id: string;
  readonly line: TreeLine;
  readonly top: number;
  readonly isSelected: boolean;
  readonly onActivate: () => void;
  readonly onToggle: (node: TreeNode) => void;
}

function Line({ id, line, top, isSelected, onActivate, onToggle }: LineProps) {
  const style = { transform: `translateY(${top}px)`, '--depth': line.depth };
  if (line.kind === 'gap') {
    return (
      // biome-ignore lint/a11y/useKeyWithClickEvents: the tree's keys do the same
      <div class="line gap" role="treeitem" id={id} aria-level={line.depth + 1} tabIndex={-1} style={style} onClick={onActivate}>
        {line.count < 0 ? 'more …' : `${count(line.count)} more …`}
      </div>
    );
  }
  const { piece, isOpen } = line.node;
  const isGroup = piece.parts !== 0;
  return (
    // biome-ignore lint/a11y/useKeyWithClickEvents: the tree's keys do the same
    <div
      class={isSelected ? 'line selected' : 'line'}
      role="treeitem"
      id={id}
      aria-level={line.depth + 1}
      aria-expanded={isGroup ? isOpen : undefined}
      aria-selected={isSelected}
      tabIndex={-1}
      style={style}
      onClick={onActivate}
      onDblClick={() => onToggle(line.node)}
    >
      <span
        class={isGroup ? 'twist' : 'twist none'}
        aria-hidden="true"
        onClick={(event) => {
          if (!isGroup) return;
          event.stopPropagation();
          onToggle(line.node);
        }}
      >
        {isGroup && (isOpen ? '▾' : '▸')}
      </span>
      <span class={`dot ${piece.kind}`} aria-hidden="true" />
      <span class="name">{piece.name}</span>
      {piece.value !== '' && <span class="value">{piece.value}</span>}
    </div>
  );
}
