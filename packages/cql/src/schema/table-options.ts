// What is behind `tableOptions`.

export { readTableParams } from './read-table-params.ts';
