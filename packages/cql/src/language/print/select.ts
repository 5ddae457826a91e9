import type { Ordering, Selectable, SelectStatement } from '../ast/index.ts';
import { NATIVE_TYPE_WORDS } from '../tokens.ts';
import { printFunctionName, printName, printQualifiedName, quoteIdentifier } from './names.ts';
import { printWhere } from './relations.ts';
import { printConstant, printIntegerTerm, printNegation, printTerm, printType } from './terms.ts';

/** A SELECT as CQL writes it. */
export function printSelect(select: SelectStatement): string {
  const parts = ['SELECT'];
  if (select.json) parts.push('JSON');
  if (select.distinct) parts.push('DISTINCT');
  parts.push(printSelectors(select), 'FROM', printQualifiedName(select.table));
  if (select.where.length > 0) parts.push(printWhere(select.where));
  if (select.groupBy.length > 0) parts.push('GROUP BY', printSelectables(select.groupBy));
  if (select.orderBy.length > 0) parts.push('ORDER BY', select.orderBy.map(printOrdering).join(', '));
  if (select.perPartitionLimit) parts.push('PER PARTITION LIMIT', printIntegerTerm(select.perPartitionLimit));
  if (select.limit) parts.push('LIMIT', printIntegerTerm(select.limit));
  if (select.allowFiltering) parts.push('ALLOW FILTERING');
  return parts.join(' ');
}

/** What a SELECT selects, e.g. to name a result column. Columns with the names of keywords stay bare where they can. */
export function printSelectable(node: Selectable): string {
  switch (node.kind) {
    case 'column':
      return quoteIdentifier(node.name);
    case 'countAll':
      return 'count(*)';
    case 'columnMetadata':
      return `${node.function}(${printSelectable(node.of)})`;
    case 'function':
      return `${printFunctionName(node.name)}(${printSelectables(node.args)})`;
    case 'cast':
      return `CAST(${printSelectable(node.operand)} AS ${printType(node.type)})`;
    case 'field':
      return `${printReceiver(node.of)}.${printName(node.field)}`;
    case 'element':
      return `${printSelectable(node.of)}[${printTerm(node.key)}]`;
    case 'slice':
      return `${printSelectable(node.of)}[${node.from ? printTerm(node.from) : ''}..${node.to ? printTerm(node.to) : ''}]`;
    case 'typeHint':
      return `(${printType(node.type)}) ${printSelectable(node.operand)}`;
    case 'list':
      return `[${printSelectables(node.elements)}]`;
    case 'set':
      return `{${printSelectables(node.elements)}}`;
    case 'mapOrUdt':
      return `{${node.entries.map(({ key, value }) => `${printSelectable(key)}: ${printSelectable(value)}`).join(', ')}}`;
    case 'tuple':
      return `(${printTupleElements(node.elements)})`;
    case 'binary':
      return `${printSelectable(node.left)} ${node.operator} ${printSelectable(node.right)}`;
    case 'negate':
      return printNegation(printSelectable(node.operand));
    default:
      return printConstant(node);
  }
}

/** A number needs a space before the dot, which would otherwise be its own. */
function printReceiver(node: Selectable): string {
  const text = printSelectable(node);
  return node.kind === 'integer' || node.kind === 'float' ? `${text} ` : text;
}

/** `(int)` is plainly a type hint; a column of that name in parentheses goes in quotes. */
function printTupleElements(elements: readonly Selectable[]): string {
  const [first] = elements;
  const typeLike = elements.length === 1 && first!.kind === 'column' && NATIVE_TYPE_WORDS.has(first!.name.toUpperCase());
  return typeLike ? `"${first!.name}"` : printSelectables(elements);
}

function printSelectables(nodes: readonly Selectable[]): string {
  return nodes.map(printSelectable).join(', ');
}

/** `json` and `distinct` as the first column would be taken for the keywords if something follows that can be selected. */
function printSelectors(select: SelectStatement): string {
  if (select.selectors.length === 0) return '*';
  const text = select.selectors
    .map(({ value, alias }) => (alias ? `${printSelectable(value)} AS ${printName(alias)}` : printSelectable(value)))
    .join(', ');
  return text.replace(/^(?:json|distinct)\b/, '"$&"');
}

function printOrdering({ column, annOf, direction }: Ordering): string {
  const target = annOf ? `${printName(column)} ANN OF ${printTerm(annOf)}` : printName(column);
  return direction === 'desc' ? `${target} DESC` : target;
}
