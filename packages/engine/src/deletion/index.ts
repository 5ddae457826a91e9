export * from './comparator-of.ts';
export * from './range-tombstone-list.ts';
