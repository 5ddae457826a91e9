export type { Anatomy, Piece, PieceKind } from './anatomy.ts';
export { type AnatomyOptions, anatomyOf } from './component-anatomy.ts';
export { trieNodeTypes } from './trie-parts.ts';
