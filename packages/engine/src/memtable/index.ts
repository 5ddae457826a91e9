export * from './memtable.ts';
export * from './memtable-set.ts';
