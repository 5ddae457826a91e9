import type {
  BatchStatement,
  ModificationStatement,
  SelectStatement,
  TruncateStatement,
  UseStatement,
} from './data-statements.ts';
import type { DescribeStatement } from './describe.ts';
import type {
  AlterKeyspaceStatement,
  AlterTableStatement,
  AlterTypeStatement,
  CreateIndexStatement,
  CreateKeyspaceStatement,
  CreateTableStatement,
  CreateTypeStatement,
  DropIndexStatement,
  DropKeyspaceStatement,
  DropTableStatement,
  DropTypeStatement,
  UnsupportedStatement,
} from './schema-statements.ts';

export type * from './data-statements.ts';
export type * from './describe.ts';
export type * from './names.ts';
export type * from './relations.ts';
export type * from './schema-statements.ts';
export type * from './selectors.ts';
export type * from './terms.ts';
export type * from './types.ts';

/** Every statement that parses. All nodes are plain objects that JSON can hold. */
export type Statement =
  | SelectStatement
  | ModificationStatement
  | BatchStatement
  | TruncateStatement
  | UseStatement
  | CreateKeyspaceStatement
  | AlterKeyspaceStatement
  | DropKeyspaceStatement
  | CreateTableStatement
  | AlterTableStatement
  | DropTableStatement
  | CreateTypeStatement
  | AlterTypeStatement
  | DropTypeStatement
  | CreateIndexStatement
  | DropIndexStatement
  | DescribeStatement
  | UnsupportedStatement;
