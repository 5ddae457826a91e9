export type { Difference } from './differences.ts';
export { Draw, drawn } from './draw.ts';
export { foreign } from './foreign.ts';
export { foreignCase } from './foreign-case.ts';
export { type RandomCase, randomCase } from './random-case.ts';
export { clockFrom, clockTo } from './random-statements.ts';
export { type SideBySideCounts, scriptText, sideBySide } from './side-by-side.ts';
