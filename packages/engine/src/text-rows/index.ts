export { type CsvDialect, CsvRecords } from './csv-records.ts';
export { CsvRows, type CsvRowsOptions } from './csv-rows.ts';
export { JsonRows } from './json-rows.ts';
export { RefusedValue } from './refused-value.ts';
export type { EncodedAs, TextTable } from './text-table.ts';
