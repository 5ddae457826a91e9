import type { DescribeStatement, DescribeTarget } from '../ast/index.ts';
import type { TokenCursor } from '../cursor.ts';
import { parseFunctionName, parseQualifiedName, parseUserTypeName } from './names.ts';

// describeStatement: ( K_DESCRIBE | K_DESC ) ( K_CLUSTER | K_FULL? K_SCHEMA | K_KEYSPACES | K_ONLY? K_KEYSPACE keyspaceName? | K_TABLES
//   | K_COLUMNFAMILY columnFamilyName | K_INDEX columnFamilyName | K_MATERIALIZED K_VIEW columnFamilyName | K_TYPES | K_TYPE userTypeName
//   | K_FUNCTIONS | K_FUNCTION functionName | K_AGGREGATES | K_AGGREGATE functionName | ( ksName '.' )? name ) ( K_WITH K_INTERNALS )?
export function parseDescribe(c: TokenCursor): DescribeStatement {
  const pos = c.pos;
  if (!c.accept('DESCRIBE')) c.expect('DESC');
  const target = parseTarget(c);
  const withInternals = c.accept('WITH');
  if (withInternals) c.expect('INTERNALS');
  return { kind: 'describe', target, withInternals, bindMarkers: c.bindMarkers, pos };
}

function parseTarget(c: TokenCursor): DescribeTarget {
  if (c.accept('CLUSTER')) return { kind: 'cluster' };
  if (c.accept('KEYSPACES')) return { kind: 'keyspaces' };
  if (c.accept('TABLES')) return { kind: 'tables' };
  if (c.accept('TYPES')) return { kind: 'types' };
  if (c.accept('FUNCTIONS')) return { kind: 'functions' };
  if (c.accept('AGGREGATES')) return { kind: 'aggregates' };
  if (c.accept('SCHEMA')) return { kind: 'schema', full: false };
  if (c.accept('FULL')) {
    c.expect('SCHEMA');
    return { kind: 'schema', full: true };
  }
  const only = c.acceptAll('ONLY', 'KEYSPACE');
  if (only || c.accept('KEYSPACE')) return { kind: 'keyspace', only, keyspace: c.atName() ? c.name('a keyspace name') : null };
  if (c.accept('TABLE')) return { kind: 'table', name: parseQualifiedName(c, 'a table name') };
  if (c.accept('INDEX')) return { kind: 'index', name: parseQualifiedName(c, 'the name of an index') };
  if (c.accept('MATERIALIZED')) {
    c.expect('VIEW');
    return { kind: 'materializedView', name: parseQualifiedName(c, 'the name of a view') };
  }
  // TYPE, FUNCTION and AGGREGATE may also be names themselves; a name behind them decides.
  const named = c.atName(1) || c.at('TOKEN', 1);
  if (named && c.accept('TYPE')) return { kind: 'type', name: parseUserTypeName(c) };
  if (named && c.accept('FUNCTION')) return { kind: 'function', name: parseFunctionName(c) };
  if (named && c.accept('AGGREGATE')) return { kind: 'aggregate', name: parseFunctionName(c) };
  return { kind: 'element', name: parseQualifiedName(c, 'what to describe') };
}
