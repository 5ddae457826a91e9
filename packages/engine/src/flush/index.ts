export * from './flusher.ts';
