import {
  type ColumnMetadata,
  type CqlType,
  type Literal,
  MapType,
  nativeTypes,
  printSelectable,
  printTerm,
  printType,
  resolveType,
  type Selectable,
  SetType,
  type TableMetadata,
  type Term,
  UserType,
} from '@cassette/cql';
import {
  type Argument,
  castFunction,
  findFunction,
  isTypedFunction,
  termArgument,
  typedFunction,
  valueFit,
} from '../../prepared/functions/index.ts';
import { existingColumn } from '../../prepared/restrictions/index.ts';
import { receiver, type StatementContext } from '../../prepared/statement-context.ts';
import { prepareTerm } from '../../prepared/terms/index.ts';
import { aggregateSelector } from './aggregates.ts';
import { ElementSelection, FieldSelection, SliceSelection } from './part-selector.ts';
import {
  CellMetadataSelection,
  ColumnSelection,
  FunctionSelection,
  HintedSelection,
  type Selector,
  TermSelection,
  tokenSelection,
} from './selector.ts';

/** Plans selectors, and keeps in mind which columns they look at. */
export class SelectorPlanner {
  /** Columns that were looked at so far. */
  readonly columns = new Set<ColumnMetadata>();
  private readonly context: StatementContext;
  private readonly table: TableMetadata;

  constructor(context: StatementContext, table: TableMetadata) {
    this.context = context;
    this.table = table;
  }

  /** Plans one. `wanted`: the type it is an argument for, if that is known. Throws InvalidRequestError that points at it. */
  prepare(node: Selectable, wanted?: CqlType): Selector {
    switch (node.kind) {
      case 'column': {
        const column = existingColumn(this.context, this.table, node);
        this.columns.add(column);
        return new ColumnSelection(column);
      }
      case 'countAll':
        return aggregateSelector('count', null) as Selector;
      case 'columnMetadata':
        return this.cellMetadata(node);
      case 'function':
        return this.functionCall(node);
      case 'cast':
        return this.cast(node);
      case 'field':
        return this.field(node);
      case 'element':
      case 'slice':
        return this.part(node);
      case 'typeHint':
        return this.hinted(node);
      case 'tuple':
        if (node.elements.length === 1) return this.prepare(node.elements[0], wanted);
        throw this.unsupported(node);
      case 'string':
      case 'integer':
      case 'float':
      case 'boolean':
      case 'duration':
      case 'uuid':
      case 'blob':
      case 'null':
      case 'marker':
        return this.constant(node, wanted);
      default:
        throw this.unsupported(node);
    }
  }

  private unsupported(node: Selectable): Error {
    return this.context.invalid(
      `Selecting ${printSelectable(node)} is not supported yet: select the columns that it is made of and compute it in the app`,
      node.pos,
    );
  }

  private constant(node: Literal | Extract<Term, { kind: 'null' | 'marker' }>, wanted: CqlType | undefined): Selector {
    if (wanted === undefined) {
      throw this.context.invalid(
        `Cannot infer type for term ${printTerm(node)} in selection clause (try using a cast to force a type)`,
        node.pos,
      );
    }
    return new TermSelection(prepareTerm(this.context, receiver(this.table, '[selection]', wanted), node));
  }

  /** `(type) selectable`. Cassandra: Selectable.WithTypeHint. */
  private hinted(node: Selectable & { kind: 'typeHint' }): Selector {
    const type = resolveType(node.type, (name) => this.context.userType(name, this.table.keyspace), this.context.source);
    const operand = this.prepare(node.operand, type);
    if (valueFit(operand.type, type) === 'none') {
      throw this.context.invalid(
        `Cannot assign value ${printSelectable(node.operand)} to ${printSelectable(node)} of type ${type}`,
        node.pos,
      );
    }
    return new HintedSelection(operand, type);
  }

  private cellMetadata(node: Selectable & { kind: 'columnMetadata' }): Selector {
    if (node.of.kind !== 'column') throw this.unsupported(node);
    const column = existingColumn(this.context, this.table, node.of);
    if (column.kind === 'partition_key' || column.kind === 'clustering') {
      throw this.context.invalid(`Cannot use selection function ${node.function} on PRIMARY KEY part ${column.name}`, node.pos);
    }
    this.columns.add(column);
    return new CellMetadataSelection(column, node.function);
  }

  private functionCall(node: Selectable & { kind: 'function' }): Selector {
    const name = node.name.name.toLowerCase();
    if (name === 'token') return this.token(node);
    if (isCountOfRows(node)) {
      return aggregateSelector('count', null) as Selector;
    }
    if (node.args.length === 1 && ['count', 'min', 'max', 'sum', 'avg'].includes(name)) {
      const aggregate = aggregateSelector(name, this.scalar(this.prepare(node.args[0]), node));
      if (typeof aggregate === 'string') throw this.context.invalid(aggregate, node.pos);
      if (aggregate !== null) return aggregate;
    }
    if (isTypedFunction(name)) return this.typedCall(name, node);
    const found = findFunction(
      name,
      node.args.map((arg) => this.argument(arg)),
    );
    if (typeof found === 'string') throw this.context.invalid(found, node.pos);
    const args = node.args.map((arg, i) => this.scalar(this.prepare(arg, found.argumentTypes[i]), node));
    return new FunctionSelection(found, args);
  }

  /** A function that is made for the type of its argument. */
  private typedCall(name: string, node: Selectable & { kind: 'function' }): Selector {
    if (node.args.length !== 1) {
      const given = `1 required but ${node.args.length} provided`;
      throw this.context.invalid(`Invalid number of arguments in call to function ${name}: ${given}`, node.pos);
    }
    const of = this.scalar(this.prepare(node.args[0]), node);
    const called = typedFunction(name, of.type);
    if (typeof called === 'string') throw this.context.invalid(called, node.pos);
    return new FunctionSelection(called, [of]);
  }

  private scalar(selector: Selector, node: Selectable): Selector {
    if (selector.aggregate !== undefined) {
      throw this.context.invalid(
        'Functions of aggregates are not supported yet: aggregate functions can stand alone only. Select the aggregate and compute the rest in the app',
        node.pos,
      );
    }
    return selector;
  }

  /** How a selectable fits the types that it might be an argument for. Cassandra: Selectable#testAssignment. */
  private argument(node: Selectable): Argument {
    if (node.kind === 'marker' || node.kind === 'null' || isLiteral(node)) return termArgument(this.context, node);
    const { type } = this.prepare(node);
    return (wanted) => valueFit(type, wanted);
  }

  private token(node: Selectable & { kind: 'function' }): Selector {
    const names = node.args.map((arg) => (arg.kind === 'column' ? arg.name : null));
    const key = this.table.partitionKey;
    if (names.length !== key.length || !key.every((column, i) => column.name === names[i])) {
      throw this.context.invalid('The token function can be selected of the whole partition key only', node.pos);
    }
    for (const column of key) this.columns.add(column);
    return tokenSelection;
  }

  private cast(node: Selectable & { kind: 'cast' }): Selector {
    const to = resolveType(node.type, () => undefined, this.context.source);
    const operand = this.scalarOrCastOfAggregate(node);
    const called = castFunction(operand.type, to);
    if (called === null) {
      throw this.context.invalid(`${printSelectable(node.operand)} cannot be cast to ${to.cqlName()}`, node.pos);
    }
    return new FunctionSelection(called, [operand]);
  }

  private scalarOrCastOfAggregate(node: Selectable & { kind: 'cast' }): Selector {
    return this.scalar(this.prepare(node.operand), node);
  }

  private field(node: Selectable & { kind: 'field' }): Selector {
    const of = this.prepare(node.of);
    if (!(of.type instanceof UserType)) {
      throw this.context.invalid(
        `Invalid field selection: ${printSelectable(node.of)} of type ${of.type.cqlName()} is not a user type`,
        node.pos,
      );
    }
    const index = of.type.fieldPosition(node.field.name);
    if (index < 0)
      throw this.context.invalid(`${of.type.cqlName()} of type ${of.type.name} has no field ${node.field.name}`, node.field.pos);
    return new FieldSelection(of, index, of.type.fields[index].type);
  }

  private part(node: Selectable & { kind: 'element' | 'slice' }): Selector {
    const of = this.prepare(node.of);
    const { type } = of;
    if (!(type instanceof MapType || type instanceof SetType)) {
      throw this.context.invalid(
        `Invalid element selection: ${printSelectable(node.of)} is of type ${type.cqlName()} and not of map or set type`,
        node.pos,
      );
    }
    const collection = of as Selector & { readonly type: MapType | SetType };
    const key = (term: Term) =>
      prepareTerm(this.context, receiver(this.table, `key(${printSelectable(node.of)})`, type.nameType), term);
    if (node.kind === 'element') return new ElementSelection(collection, key(node.key));
    return new SliceSelection(collection, node.from === null ? null : key(node.from), node.to === null ? null : key(node.to));
  }

  /** The name of a result column without an alias. Cassandra: Selectable#toString and the factories' getColumnName. */
  nameOf(node: Selectable): string {
    switch (node.kind) {
      case 'column':
        return node.name;
      case 'countAll':
        return 'count';
      case 'columnMetadata':
        return `${node.function}(${this.nameOf(node.of)})`;
      case 'function': {
        const name = node.name.name.toLowerCase();
        if (isCountOfRows(node)) return 'count';
        return `system.${name}(${node.args.map((arg) => this.nameOf(arg)).join(', ')})`;
      }
      case 'cast':
        // A cast to the type that it has already is no cast.
        return this.prepare(node.operand).type.equals(nativeTypes[node.type.name])
          ? this.nameOf(node.operand)
          : `cast(${this.nameOf(node.operand)} as ${node.type.name})`;
      case 'field':
        return `${this.nameOf(node.of)}.${node.field.name}`;
      case 'element':
        return `${this.nameOf(node.of)}[${printTerm(node.key)}]`;
      case 'slice': {
        const end = (term: Term | null) => (term === null ? '' : printTerm(term));
        return `${this.nameOf(node.of)}[${end(node.from)}..${end(node.to)}]`;
      }
      case 'typeHint':
        return `(${printType(node.type)})${this.nameOf(node.operand)}`;
      case 'tuple':
        return node.elements.length === 1 ? this.nameOf(node.elements[0]) : printSelectable(node);
      default:
        return printSelectable(node);
    }
  }
}

const literalKinds: ReadonlySet<string> = new Set(['string', 'integer', 'float', 'boolean', 'duration', 'uuid', 'blob']);

function isLiteral(node: Selectable): node is Literal & Selectable {
  return literalKinds.has(node.kind);
}

/** `count(1)` counts rows as `count(*)` does, whatever the constant is. */
function isCountOfRows({ name, args }: Selectable & { kind: 'function' }): boolean {
  return name.name.toLowerCase() === 'count' && args.length === 1 && isLiteral(args[0]);
}

/** The type of `SELECT JSON`'s one column. */
export const jsonType = nativeTypes.text;
