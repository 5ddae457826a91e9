export type { ChangeFeed, ChangeFeedOptions } from './change-feed.ts';
export { changeFeeds } from './change-feed-part.ts';
export { changeFromTransfer } from './change-transfer.ts';
export type { ChangesOptions } from './changes-options.ts';
export type { Change, ChangeBound, ChangeDeletion, ChangedCell, ChangedRow } from './describe-change.ts';
