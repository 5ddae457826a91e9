// What is behind `alterations`.

export { alterTable } from './alter-table.ts';
export { alterType } from './alter-type.ts';
