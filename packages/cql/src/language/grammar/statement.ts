import type { Statement, UnsupportedStatement } from '../ast/index.ts';
import type { TokenCursor } from '../cursor.ts';
import { parseDescribe } from './describe.ts';
import { parseBatch, parseModification } from './modifications.ts';
import { parseQualifiedName } from './names.ts';
import {
  parseAlterKeyspace,
  parseAlterType,
  parseCreateIndex,
  parseCreateKeyspace,
  parseCreateType,
  parseDropIndex,
  parseDropKeyspace,
  parseDropType,
} from './schema.ts';
import { parseSelect } from './select.ts';
import { parseAlterTable, parseCreateTable, parseDropTable } from './tables.ts';

/** What Cassandra has and Cassette doesn't, by the first words. */
const UNSUPPORTED: readonly (readonly string[])[] = [
  ['CREATE', 'FUNCTION'],
  ['CREATE', 'OR', 'REPLACE', 'FUNCTION'],
  ['CREATE', 'AGGREGATE'],
  ['CREATE', 'OR', 'REPLACE', 'AGGREGATE'],
  ['CREATE', 'TRIGGER'],
  ['CREATE', 'MATERIALIZED', 'VIEW'],
  ['CREATE', 'CUSTOM', 'INDEX'],
  ['CREATE', 'ROLE'],
  ['CREATE', 'USER'],
  ['ALTER', 'MATERIALIZED', 'VIEW'],
  ['ALTER', 'ROLE'],
  ['ALTER', 'USER'],
  ['DROP', 'FUNCTION'],
  ['DROP', 'AGGREGATE'],
  ['DROP', 'TRIGGER'],
  ['DROP', 'MATERIALIZED', 'VIEW'],
  ['DROP', 'ROLE'],
  ['DROP', 'USER'],
  ['DROP', 'IDENTITY'],
  ['ADD', 'IDENTITY'],
  ['GRANT'],
  ['REVOKE'],
  ['LIST'],
];

// cqlStatement: selectStatement | insertStatement | …
export function parseStatementNode(c: TokenCursor): Statement {
  c.beginStatement();
  const pos = c.pos;
  if (c.at('SELECT')) return parseSelect(c);
  const modification = parseModification(c);
  if (modification !== undefined) return modification;
  if (c.at('BEGIN')) return parseBatch(c);
  // useStatement: K_USE keyspaceName
  if (c.accept('USE')) return { kind: 'use', keyspace: c.name('a keyspace name'), bindMarkers: c.bindMarkers, pos };
  // truncateStatement: K_TRUNCATE K_COLUMNFAMILY? columnFamilyName
  if (c.accept('TRUNCATE')) {
    c.accept('TABLE');
    return { kind: 'truncate', table: parseQualifiedName(c, 'a table name'), bindMarkers: c.bindMarkers, pos };
  }
  if (c.at('DESCRIBE') || c.at('DESC')) return parseDescribe(c);
  return parseUnsupported(c) ?? parseSchemaStatement(c);
}

function parseSchemaStatement(c: TokenCursor): Statement {
  const pos = c.pos;
  if (c.accept('CREATE')) {
    if (c.accept('TABLE')) return parseCreateTable(c, pos);
    if (c.accept('KEYSPACE')) return parseCreateKeyspace(c, pos);
    if (c.accept('TYPE')) return parseCreateType(c, pos);
    if (c.accept('INDEX')) return parseCreateIndex(c, pos);
    return c.fail('KEYSPACE, TABLE, TYPE or INDEX');
  }
  if (c.accept('ALTER')) {
    if (c.accept('TABLE')) return parseAlterTable(c, pos);
    if (c.accept('KEYSPACE')) return parseAlterKeyspace(c, pos);
    if (c.accept('TYPE')) return parseAlterType(c, pos);
    return c.fail('KEYSPACE, TABLE or TYPE');
  }
  if (c.accept('DROP')) {
    if (c.accept('TABLE')) return parseDropTable(c, pos);
    if (c.accept('KEYSPACE')) return parseDropKeyspace(c, pos);
    if (c.accept('TYPE')) return parseDropType(c, pos);
    if (c.accept('INDEX')) return parseDropIndex(c, pos);
    return c.fail('KEYSPACE, TABLE, TYPE or INDEX');
  }
  return c.fail('a statement');
}

/** Takes a statement of {@link UNSUPPORTED} up to its end, without looking at it. */
function parseUnsupported(c: TokenCursor): UnsupportedStatement | undefined {
  const words = UNSUPPORTED.find((candidate) => candidate.every((word, i) => c.at(word, i)));
  if (words === undefined) return undefined;
  const pos = c.pos;
  while (!c.atEnd && !c.at(';')) c.next();
  return { kind: 'unsupported', what: words.join(' '), text: c.source.slice(pos, c.lastEnd), bindMarkers: [], pos };
}
