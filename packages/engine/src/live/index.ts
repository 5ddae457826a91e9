export { EncodedRowList } from './encoded-row-list.ts';
export { LiveQueries, type LiveQueryHandle } from './live-queries.ts';
export type { LiveQuerySink } from './live-query.ts';
export { liveQueryPart } from './live-query-part.ts';
export { applyPatch, applyUpdate, type PlacedRow, type RowPatch, type UpdatedRow } from './row-patch.ts';
export { type RowUpdate, rowUpdateFromTransfer, rowUpdateToTransfer, type TransferableRowUpdate } from './row-update.ts';
export { LiveRowList, type SubscribeOptions, type Subscription, type SubscriptionListener } from './subscription.ts';
export { SUBSCRIPTION_BYTES_MAX, SUBSCRIPTION_ROWS_MAX } from './subscription-limits.ts';
