export * from './decimal.ts';
export * from './duration.ts';
export * from './inet-address.ts';
export * from './local-date.ts';
export * from './local-time.ts';
export * from './time-uuid.ts';
export * from './uuid.ts';
