import type { StatementBase } from './data-statements.ts';
import type { Identifier, QualifiedName } from './names.ts';

/** DESCRIBE (Cassandra: DescribeStatement). */
export interface DescribeStatement extends StatementBase {
  readonly kind: 'describe';
  readonly target: DescribeTarget;
  readonly withInternals: boolean;
}

/** What a DESCRIBE asks for. `element` is a bare name: of a keyspace, table, index or view, in this order. */
export type DescribeTarget =
  | { readonly kind: 'cluster' | 'keyspaces' | 'tables' | 'types' | 'functions' | 'aggregates' }
  /** `full` includes the system's keyspaces. */
  | { readonly kind: 'schema'; readonly full: boolean }
  /** Without a name it is the session's keyspace; `only` leaves out what is in the keyspace. */
  | { readonly kind: 'keyspace'; readonly only: boolean; readonly keyspace: Identifier | null }
  | {
      readonly kind: 'table' | 'index' | 'materializedView' | 'type' | 'function' | 'aggregate' | 'element';
      readonly name: QualifiedName;
    };
