export type { DroppedSSTable, DropReport, KeptBecause } from './drop-confirmed.ts';
export { UnknownExportError } from './errors.ts';
export { type ConfirmOptions, EXPORTS_REMEMBERED, type ExportInfo, ExportLedger, type ExportUnderWay } from './export-ledger.ts';
export type { TokenInterval, TokenRangeOption } from './token-ranges.ts';
