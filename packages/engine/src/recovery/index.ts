export * from './recover.ts';
