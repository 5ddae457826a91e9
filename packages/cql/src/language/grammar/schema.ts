import type {
  AlterKeyspaceStatement,
  AlterTypeAction,
  AlterTypeStatement,
  CreateIndexStatement,
  CreateKeyspaceStatement,
  CreateTypeStatement,
  DropIndexStatement,
  DropKeyspaceStatement,
  DropTypeStatement,
  FieldDefinition,
  IndexTarget,
} from '../ast/index.ts';
import type { TokenCursor } from '../cursor.ts';
import { acceptIfExists, acceptIfNotExists, parseList, parseQualifiedName, parseUserTypeName } from './names.ts';
import { parseProperties } from './properties.ts';
import { parseRenames } from './tables.ts';
import { parseTypeNode } from './types.ts';

// createKeyspaceStatement: K_CREATE K_KEYSPACE ( K_IF K_NOT K_EXISTS )? keyspaceName K_WITH properties
export function parseCreateKeyspace(c: TokenCursor, pos: number): CreateKeyspaceStatement {
  const ifNotExists = acceptIfNotExists(c);
  const keyspace = c.name('a keyspace name');
  c.expect('WITH');
  return { kind: 'createKeyspace', keyspace, ifNotExists, properties: parseProperties(c), bindMarkers: c.bindMarkers, pos };
}

// alterKeyspaceStatement: K_ALTER K_KEYSPACE ( K_IF K_EXISTS )? keyspaceName K_WITH properties
export function parseAlterKeyspace(c: TokenCursor, pos: number): AlterKeyspaceStatement {
  const ifExists = acceptIfExists(c);
  const keyspace = c.name('a keyspace name');
  c.expect('WITH');
  return { kind: 'alterKeyspace', keyspace, ifExists, properties: parseProperties(c), bindMarkers: c.bindMarkers, pos };
}

// dropKeyspaceStatement: K_DROP K_KEYSPACE ( K_IF K_EXISTS )? keyspaceName
export function parseDropKeyspace(c: TokenCursor, pos: number): DropKeyspaceStatement {
  const ifExists = acceptIfExists(c);
  return { kind: 'dropKeyspace', keyspace: c.name('a keyspace name'), ifExists, bindMarkers: c.bindMarkers, pos };
}

// createTypeStatement: K_CREATE K_TYPE ( K_IF K_NOT K_EXISTS )? userTypeName '(' typeColumns ( ',' typeColumns? )* ')'
export function parseCreateType(c: TokenCursor, pos: number): CreateTypeStatement {
  const ifNotExists = acceptIfNotExists(c);
  const name = parseUserTypeName(c);
  c.expect('(');
  const fields = [parseFieldDefinition(c)];
  while (c.accept(',')) if (!c.at(',') && !c.at(')')) fields.push(parseFieldDefinition(c));
  if (!c.at(')')) c.fail("',' or ')'");
  c.expect(')');
  return { kind: 'createType', name, ifNotExists, fields, bindMarkers: c.bindMarkers, pos };
}

// typeColumns: fident comparatorType
function parseFieldDefinition(c: TokenCursor): FieldDefinition {
  const name = c.name('the name of a field');
  return { name, type: parseTypeNode(c), pos: name.pos };
}

// alterTypeStatement: K_ALTER K_TYPE ( K_IF K_EXISTS )? userTypeName ( K_ALTER … | K_ADD … | K_RENAME … )
export function parseAlterType(c: TokenCursor, pos: number): AlterTypeStatement {
  const ifExists = acceptIfExists(c);
  const name = parseUserTypeName(c);
  return { kind: 'alterType', name, ifExists, action: parseAlterTypeAction(c), bindMarkers: c.bindMarkers, pos };
}

// K_ALTER fident K_TYPE comparatorType | K_ADD ( K_IF K_NOT K_EXISTS )? fident comparatorType
// | K_RENAME ( K_IF K_EXISTS )? fident K_TO fident ( K_AND fident K_TO fident )*
function parseAlterTypeAction(c: TokenCursor): AlterTypeAction {
  if (c.accept('ALTER')) {
    const field = c.name('the name of a field');
    c.expect('TYPE');
    return { kind: 'alterFieldType', field, type: parseTypeNode(c) };
  }
  if (c.accept('ADD')) {
    const ifNotExists = acceptIfNotExists(c);
    return { kind: 'addField', ifNotExists, field: parseFieldDefinition(c) };
  }
  if (!c.accept('RENAME')) c.fail('ALTER, ADD or RENAME');
  const ifExists = acceptIfExists(c);
  return { kind: 'renameFields', ifExists, renames: parseRenames(c, 'the name of a field') };
}

// dropTypeStatement: K_DROP K_TYPE ( K_IF K_EXISTS )? userTypeName
export function parseDropType(c: TokenCursor, pos: number): DropTypeStatement {
  const ifExists = acceptIfExists(c);
  return { kind: 'dropType', name: parseUserTypeName(c), ifExists, bindMarkers: c.bindMarkers, pos };
}

// createIndexStatement: K_CREATE K_CUSTOM? K_INDEX ( K_IF K_NOT K_EXISTS )? idxName? K_ON columnFamilyName
//   '(' ( indexIdent ( ',' indexIdent )* )? ')' ( K_USING STRING_LITERAL )? ( K_WITH properties )?
export function parseCreateIndex(c: TokenCursor, pos: number): CreateIndexStatement {
  const ifNotExists = acceptIfNotExists(c);
  const name = c.at('ON') ? null : c.name('the name of an index or ON');
  c.expect('ON');
  const table = parseQualifiedName(c, 'a table name');
  c.expect('(');
  const targets = c.at(')') ? [] : parseList(c, parseIndexTarget);
  c.expect(')');
  let using: string | null = null;
  if (c.accept('USING')) {
    if (c.peek().type !== 'string') c.fail('the name of an index implementation, as a string');
    using = c.next().text;
  }
  const properties = c.accept('WITH') ? parseProperties(c) : [];
  return { kind: 'createIndex', name, ifNotExists, table, targets, using, properties, bindMarkers: c.bindMarkers, pos };
}

// indexIdent: cident | K_VALUES '(' cident ')' | K_KEYS '(' cident ')' | K_ENTRIES '(' cident ')' | K_FULL '(' cident ')'
function parseIndexTarget(c: TokenCursor): IndexTarget {
  const { text, start: pos } = c.peek();
  const kinds = { VALUES: 'values', KEYS: 'keys', ENTRIES: 'entries', FULL: 'full' } as const;
  for (const word of ['VALUES', 'KEYS', 'ENTRIES', 'FULL'] as const) {
    if (text === word && c.acceptAll(word, '(')) {
      const column = c.columnName();
      c.expect(')');
      return { kind: kinds[word], column, pos };
    }
  }
  return { kind: 'simple', column: c.columnName(), pos };
}

// dropIndexStatement: K_DROP K_INDEX ( K_IF K_EXISTS )? indexName
export function parseDropIndex(c: TokenCursor, pos: number): DropIndexStatement {
  const ifExists = acceptIfExists(c);
  return { kind: 'dropIndex', name: parseQualifiedName(c, 'the name of an index'), ifExists, bindMarkers: c.bindMarkers, pos };
}
