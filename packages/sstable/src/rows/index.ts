export * from './deletion-time.ts';
export * from './range-tombstone-marker.ts';
export * from './row.ts';
export * from './stored-cells.ts';
export * from './unfiltered-cursor.ts';
