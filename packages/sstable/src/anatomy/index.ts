export type { Anatomy, Piece, PieceKind } from './anatomy.ts';
export { type AnatomyOptions, anatomyOf } from './component-anatomy.ts';
export { DataDirectory, type DataPlace } from './data-directory.ts';
export { uncompressedData } from './sstable-context.ts';
export { trieNodeTypes } from './trie-parts.ts';
export { keyText, literal, secondsText, timestampText } from './value-text.ts';
