export { Draw, drawn } from './draw.ts';
export { type RandomCase, randomCase } from './random-case.ts';
export { clockFrom, clockTo } from './random-statements.ts';
