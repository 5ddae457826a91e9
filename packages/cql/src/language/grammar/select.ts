import type { Ordering, SelectStatement } from '../ast/index.ts';
import type { TokenCursor } from '../cursor.ts';
import { parseList, parseQualifiedName } from './names.ts';
import { parseWhere } from './relations.ts';
import { acceptSelectKeyword, parseSelectable, parseSelectors } from './selectors.ts';
import { parseIntegerTerm, parseTermNode } from './terms.ts';

// selectStatement: K_SELECT K_JSON? selectClause K_FROM columnFamilyName ( K_WHERE whereClause )?
//   ( K_GROUP K_BY groupByClause ( ',' groupByClause )* )? ( K_ORDER K_BY orderByClause ( ',' orderByClause )* )?
//   ( K_PER K_PARTITION K_LIMIT intValue )? ( K_LIMIT intValue )? ( K_ALLOW K_FILTERING )?
export function parseSelect(c: TokenCursor): SelectStatement {
  const pos = c.pos;
  c.expect('SELECT');
  const json = acceptSelectKeyword(c, 'JSON');
  // selectClause: K_DISTINCT selectors | selectors
  const distinct = acceptSelectKeyword(c, 'DISTINCT');
  const selectors = parseSelectors(c);
  c.expect('FROM');
  const table = parseQualifiedName(c, 'a table name');
  const where = c.accept('WHERE') ? parseWhere(c) : [];
  const groupBy = acceptBy(c, 'GROUP') ? parseList(c, parseSelectable) : [];
  const orderBy = acceptBy(c, 'ORDER') ? parseList(c, parseOrdering) : [];
  const perPartitionLimit = acceptPerPartitionLimit(c) ? parseIntegerTerm(c) : null;
  const limit = c.accept('LIMIT') ? parseIntegerTerm(c) : null;
  const allowFiltering = c.accept('ALLOW');
  if (allowFiltering) c.expect('FILTERING');
  const { bindMarkers } = c;
  return {
    kind: 'select',
    json,
    distinct,
    selectors,
    table,
    where,
    groupBy,
    orderBy,
    perPartitionLimit,
    limit,
    allowFiltering,
    bindMarkers,
    pos,
  };
}

function acceptBy(c: TokenCursor, word: 'GROUP' | 'ORDER'): boolean {
  if (!c.accept(word)) return false;
  c.expect('BY');
  return true;
}

function acceptPerPartitionLimit(c: TokenCursor): boolean {
  if (!c.accept('PER')) return false;
  c.expect('PARTITION', 'LIMIT');
  return true;
}

// orderByClause: cident ( K_ANN K_OF term )? ( K_ASC | K_DESC )?
function parseOrdering(c: TokenCursor): Ordering {
  const pos = c.pos;
  const column = c.columnName();
  const annOf = acceptAnnOf(c) ? parseTermNode(c) : null;
  const direction = c.accept('DESC') ? 'desc' : 'asc';
  if (direction === 'asc') c.accept('ASC');
  return { column, annOf, direction, pos };
}

function acceptAnnOf(c: TokenCursor): boolean {
  if (!c.accept('ANN')) return false;
  c.expect('OF');
  return true;
}
