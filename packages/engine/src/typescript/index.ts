export * from './describe-queries.ts';
export * from './describe-statement.ts';
