import type { ColumnCondition, ColumnTarget, ComparisonOperator, InValues, Relation, Term, ValueList } from '../ast/index.ts';
import type { TokenCursor } from '../cursor.ts';
import { parseInParentheses } from './names.ts';
import { parseMarker, parseTermNode, parseTermsOrNone, parseTupleLiteral } from './terms.ts';

const COMPARISONS: readonly string[] = ['=', '<', '<=', '>', '>=', '!='] satisfies ComparisonOperator[];

// whereClause: relationOrExpression ( K_AND relationOrExpression )*
// relationOrExpression: relation | customIndexExpression
export function parseWhere(c: TokenCursor): Relation[] {
  const relations: Relation[] = [];
  do relations.push(c.at('expr(') ? parseIndexExpression(c) : parseRelation(c));
  while (c.accept('AND'));
  return relations;
}

// customIndexExpression: 'expr(' idxName ',' term ')'
function parseIndexExpression(c: TokenCursor): Relation {
  const pos = c.pos;
  c.expect('expr(');
  const index = c.name('the name of an index');
  c.expect(',');
  const value = parseTermNode(c);
  c.expect(')');
  return { kind: 'indexExpression', index, value, pos };
}

// relation: K_TOKEN tupleOfIdentifiers relationType term | tupleOfIdentifiers … | '(' relation ')' | cident …
function parseRelation(c: TokenCursor): Relation {
  const pos = c.pos;
  if (c.accept('TOKEN')) {
    const columns = parseInParentheses(c, (inner) => inner.columnName());
    const operator = parseComparison(c);
    return { kind: 'token', columns, operator, value: parseTermNode(c), pos };
  }
  if (!c.at('(')) return parseColumnRelation(c);
  if (c.atColumnName(1) && (c.at(',', 2) || c.at(')', 2))) return parseColumnsRelation(c);
  c.enter();
  c.expect('(');
  const relation = parseRelation(c);
  c.expect(')');
  c.leave();
  return relation;
}

// cident ( relationType term | K_LIKE term | K_IS K_NOT K_NULL | K_IN inMarker | K_IN singleColumnInValues | containsOperator term
//        | '[' term ']' relationType term )
function parseColumnRelation(c: TokenCursor): Relation {
  const pos = c.pos;
  const column = c.columnName();
  if (c.accept('IS')) {
    c.expect('NOT', 'NULL');
    return { kind: 'notNull', column, pos };
  }
  if (c.accept('IN')) return { kind: 'in', column, values: parseInValues(c), pos };
  if (c.accept('[')) {
    const key = parseTermNode(c);
    c.expect(']');
    const operator = parseComparison(c);
    return { kind: 'element', column, key, operator, value: parseTermNode(c), pos };
  }
  const operator = c.accept('LIKE') ? 'LIKE' : (acceptContains(c) ?? parseComparison(c, 'an operator'));
  return { kind: 'column', column, operator, value: parseTermNode(c), pos };
}

// containsOperator: K_CONTAINS K_KEY?
function acceptContains(c: TokenCursor): 'CONTAINS' | 'CONTAINS KEY' | undefined {
  if (!c.accept('CONTAINS')) return undefined;
  return c.accept('KEY') ? 'CONTAINS KEY' : 'CONTAINS';
}

// relationType: '=' | '<' | '<=' | '>' | '>=' | '!='
function parseComparison(c: TokenCursor, expected = 'a comparison'): ComparisonOperator {
  const { text } = c.peek();
  if (!COMPARISONS.includes(text) || !c.accept(text)) c.fail(expected);
  return text as ComparisonOperator;
}

// inMarker | singleColumnInValues: '(' ( term ( ',' term )* )? ')'
function parseInValues(c: TokenCursor): InValues<Term> {
  const pos = c.pos;
  if (!c.at('(')) return parseMarker(c, "'(' or a bind marker");
  return { kind: 'values', values: parseTermsOrNone(c), pos };
}

// tupleOfIdentifiers ( K_IN ( '(' ')' | inMarkerForTuple | tupleOfTupleLiterals | tupleOfMarkersForTuples )
//                    | relationType tupleLiteral | relationType markerForTuple )
function parseColumnsRelation(c: TokenCursor): Relation {
  const pos = c.pos;
  const columns = parseInParentheses(c, (inner) => inner.columnName());
  if (c.accept('IN')) return { kind: 'columnsIn', columns, values: parseTuples(c), pos };
  const operator = parseComparison(c, 'IN or a comparison');
  const value = c.at('(') ? parseTupleLiteral(c) : parseMarker(c, "'(' or a bind marker");
  return { kind: 'columns', columns, operator, value, pos };
}

function parseTuples(c: TokenCursor): (Relation & { kind: 'columnsIn' })['values'] {
  const pos = c.pos;
  if (!c.at('(')) return parseMarker(c, "'(' or a bind marker");
  if (c.acceptAll('(', ')')) return { kind: 'values', values: [], pos };
  const marked = c.at('?', 1) || c.at(':', 1);
  const list: ValueList<(Relation & { kind: 'columns' })['value']> = {
    kind: 'values',
    values: parseInParentheses(c, (inner) => (marked ? parseMarker(inner, 'a bind marker') : parseTupleLiteral(inner))),
    pos,
  };
  return list;
}

// updateConditions: columnCondition ( K_AND columnCondition )*
export function parseConditions(c: TokenCursor): ColumnCondition[] {
  const conditions: ColumnCondition[] = [];
  do conditions.push(parseCondition(c));
  while (c.accept('AND'));
  return conditions;
}

// columnCondition: cident ( '[' term ']' | '.' fident )? ( relationType term | K_IN singleColumnInValues | K_IN inMarker )
//                | cident containsOperator term
function parseCondition(c: TokenCursor): ColumnCondition {
  const target = parseColumnTarget(c);
  const { pos } = target;
  if (c.accept('IN')) return { kind: 'in', target, values: parseInValues(c), pos };
  const operator = (target.kind === 'column' ? acceptContains(c) : undefined) ?? parseComparison(c, 'an operator');
  return { kind: 'compare', target, operator, value: parseTermNode(c), pos };
}

// deleteOp: cident | cident '[' term ']' | cident '.' fident
export function parseColumnTarget(c: TokenCursor): ColumnTarget {
  const column = c.columnName();
  const { pos } = column;
  if (c.accept('[')) {
    const key = parseTermNode(c);
    c.expect(']');
    return { kind: 'element', column, key, pos };
  }
  if (c.accept('.')) return { kind: 'field', column, field: c.name('the name of a field'), pos };
  return { kind: 'column', column, pos };
}
