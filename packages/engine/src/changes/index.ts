export { ChangeFeed, type ChangeFeedOptions } from './change-feed.ts';
export { changeFromTransfer } from './change-transfer.ts';
export type { ChangesOptions } from './changes-options.ts';
export type { Change, ChangeBound, ChangeDeletion, ChangedCell, ChangedRow } from './describe-change.ts';
