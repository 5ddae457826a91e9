import {
  type ColumnMetadata,
  type CqlType,
  ListType,
  MapType,
  nativeTypes,
  printSelectable,
  type Selectable,
  SetType,
  type TableMetadata,
  type Term,
  TupleType,
  UserType,
  VectorType,
} from '@cassette/cql';
import { existingColumn } from '../../prepared/restrictions/index.ts';
import { receiver, type StatementContext } from '../../prepared/statement-context.ts';
import { prepareTerm } from '../../prepared/terms/index.ts';
import { ColumnSelection, type TimedSelector } from './column-selection.ts';
import { FieldsSelection, MapSelection, SequenceSelection } from './literal-selectors.ts';
import { CellMetadataSelection } from './metadata-selector.ts';
import { type CollectionSelector, ElementSelection, FieldSelection, SliceSelection } from './part-selector.ts';
import { type CallSelectable, type ConstantSelectable, isConstant, SelectableTypes } from './selectable-types.ts';
import type { Selector } from './selector.ts';
import { textOf, typeText } from './selector-text.ts';
import { AggregateSelection, FunctionSelection, RenamedSelection, TermSelection } from './simple-selectors.ts';

/** What SelectorPlanner plans all with that is more than a column. */
export class SelectablePlanner {
  /** Columns that were looked at so far. */
  private readonly columns: Set<ColumnMetadata>;
  private readonly context: StatementContext;
  private readonly table: TableMetadata;
  private readonly types: SelectableTypes;

  constructor(context: StatementContext, table: TableMetadata, columns: Set<ColumnMetadata>) {
    this.context = context;
    this.table = table;
    this.columns = columns;
    this.types = new SelectableTypes(context, table);
  }

  /** Plans one. `wanted`: the type it is to have, if that is known. Throws InvalidRequestError that points at it. */
  prepare(node: Selectable, wanted?: CqlType): Selector {
    if (isConstant(node)) return this.constant(node, wanted);
    switch (node.kind) {
      case 'column':
        return this.column(node);
      case 'columnMetadata':
        return this.cellMetadata(node);
      case 'countAll':
      case 'function':
      case 'binary':
      case 'negate':
        return this.call(node);
      case 'cast':
        return this.cast(node);
      case 'field':
        return this.field(node);
      case 'element':
        return this.element(node);
      case 'slice':
        return this.slice(node, wanted);
      case 'typeHint':
        return this.hinted(node);
      case 'tuple':
        return this.tuple(node, wanted);
      case 'list':
        return this.list(node, wanted);
      case 'set':
        return this.set(node, wanted);
      case 'mapOrUdt':
        return this.mapOrUserType(node, wanted);
    }
  }

  private invalid(message: string, node: { readonly pos: number }): Error {
    return this.context.invalid(message, node.pos);
  }

  private cannotInfer(node: Selectable): Error {
    return this.invalid(
      `Cannot infer type for term ${printSelectable(node)} in selection clause (try using a cast to force a type)`,
      node,
    );
  }

  private constant(node: ConstantSelectable, wanted: CqlType | undefined): Selector {
    if (wanted === undefined) throw this.cannotInfer(node);
    return new TermSelection(prepareTerm(this.context, receiver(this.table, '[selection]', wanted), node), textOf(node));
  }

  private column(node: Selectable & { kind: 'column' }): ColumnSelection {
    const column = existingColumn(this.context, this.table, node);
    this.columns.add(column);
    return new ColumnSelection(column);
  }

  private cellMetadata(node: Selectable & { kind: 'columnMetadata' }): Selector {
    let base: Selectable = node.of;
    while (base.kind === 'field' || base.kind === 'element' || base.kind === 'slice') base = base.of;
    const column = base.kind === 'column' ? existingColumn(this.context, this.table, base) : undefined;
    if (column !== undefined && (column.kind === 'partition_key' || column.kind === 'clustering')) {
      throw this.invalid(`Cannot use selection function ${node.function} on PRIMARY KEY part ${column.name}`, node);
    }
    return new CellMetadataSelection(this.prepare(node.of) as TimedSelector, node.function);
  }

  private call(node: CallSelectable): Selector {
    const found = this.types.functionOf(node);
    if (typeof found === 'string') throw this.invalid(found, node);
    const nodes = this.types.argumentsOf(node);
    if (found === undefined) {
      // What is wrong inside is told first.
      for (const one of nodes) this.types.exact(one);
      const { keyspace, name } = (node as Selectable & { kind: 'function' }).name;
      throw this.invalid(`Unknown function '${keyspace === null ? name : `${keyspace}.${name}`}'`, node);
    }
    const args = nodes.map((one, i) => this.prepare(one, found.argumentTypes[i]));
    if (!found.isAggregate) return new FunctionSelection(found, args, this.context.place(node.pos));
    if (args.some((argument) => argument.isAggregate)) {
      throw this.invalid('aggregate functions cannot be used as arguments of aggregate functions', node);
    }
    return new AggregateSelection(found, args[0]);
  }

  private cast(node: Selectable & { kind: 'cast' }): Selector {
    const operand = this.prepare(node.operand);
    const to = this.types.castType(node);
    // A cast to the type that it has already is no cast.
    if (to.equals(operand.type)) return operand;
    const found = this.types.castOf(node);
    if (found === undefined || typeof found === 'string' || found.isAggregate) {
      throw this.invalid(`${printSelectable(node.operand)} cannot be cast to ${node.type.name}`, node);
    }
    return new FunctionSelection(found, [operand], this.context.place(node.pos));
  }

  private field(node: Selectable & { kind: 'field' }): Selector {
    // In parentheses there is a user type's value, and no tuple of one.
    const wanted = node.of.kind === 'tuple' ? this.types.exact(node.of.elements[0]) : undefined;
    const of = this.prepare(node.of, wanted);
    const { type } = of;
    if (!(type instanceof UserType)) {
      throw this.invalid(`Invalid field selection: ${printSelectable(node.of)} of type ${type} is not a user type`, node);
    }
    const index = type.fieldPosition(node.field.name);
    if (index < 0) {
      throw this.invalid(`${printSelectable(node.of)} of type ${type} has no field ${node.field.name}`, node.field);
    }
    return new FieldSelection(of, type, index);
  }

  private collection(of: Selector, node: Selectable & { kind: 'element' | 'slice' }): CollectionSelector {
    const what = node.kind === 'element' ? 'Element' : 'Slice';
    const { type } = of;
    if (type instanceof MapType || type instanceof SetType) return of as CollectionSelector;
    const selected = printSelectable(node.of);
    throw this.invalid(
      type instanceof ListType
        ? `${what} selection is only allowed on sets and maps, but ${selected} is a list`
        : `Invalid ${what.toLowerCase()} selection: ${selected} of type ${type} is not a collection`,
      node,
    );
  }

  private key(of: CollectionSelector, term: Term) {
    const what = of.type instanceof MapType ? 'key' : 'value';
    return prepareTerm(this.context, receiver(this.table, `${what}(${of.name})`, of.type.nameType), term);
  }

  private element(node: Selectable & { kind: 'element' }): Selector {
    const of = this.collection(this.prepare(node.of), node);
    return new ElementSelection(of, this.key(of, node.key), `${of.name}[${textOf(node.key)}]`);
  }

  private slice(node: Selectable & { kind: 'slice' }, wanted: CqlType | undefined): Selector {
    const of = this.collection(this.prepare(node.of, wanted), node);
    const [from, to] = [node.from, node.to].map((term) => (term === null ? null : this.key(of, term)));
    const [first, last] = [node.from, node.to].map((term) => (term === null ? '' : textOf(term)));
    return new SliceSelection(of, from, to, `${of.name}[${first}..${last}]`);
  }

  /** `(type) selectable`. Cassandra: Selectable.WithTypeHint. */
  private hinted(node: Selectable & { kind: 'typeHint' }): Selector {
    const type = this.types.hintType(node);
    if (this.types.fit(node.operand, type) === 'none') {
      const text = printSelectable(node);
      throw this.invalid(`Cannot assign value ${text} to ${text} of type ${type}`, node);
    }
    const operand = this.prepare(node.operand, type);
    return new RenamedSelection(operand, `(${typeText(node.type, this.table.keyspace)})${operand.name}`, type);
  }

  /** Parentheses around one selectable are just that, but where a tuple is wanted. */
  private tuple(node: Selectable & { kind: 'tuple' }, wanted: CqlType | undefined): Selector {
    const { elements } = node;
    const type = this.types.exact(node) ?? wanted;
    // As Cassandra has it: what stands in parentheses alone may be either, and nothing tells.
    if (type === undefined) throw this.cannotInfer(node);
    if (elements.length === 1 && !(type instanceof TupleType)) {
      const only = this.prepare(elements[0], wanted);
      return new RenamedSelection(only, `(${only.name})`);
    }
    if (!(type instanceof TupleType)) throw this.cannotInfer(node);
    const parts = elements.map((element, i) => this.prepare(element, type.types[i]));
    const name = `(${parts.map((part) => part.name).join(', ')})`;
    return new FieldsSelection(
      type,
      parts,
      parts.map((_, i) => i),
      name,
    );
  }

  private list(node: Selectable & { kind: 'list' }, wanted: CqlType | undefined): Selector {
    if (wanted instanceof VectorType) {
      if (wanted.dimension !== node.elements.length) {
        throw this.invalid(`Unable to create a vector selector of type ${wanted} from ${node.elements.length} elements`, node);
      }
      return this.sequence(node, wanted);
    }
    const type = this.types.exact(node) ?? wanted;
    if (!(type instanceof ListType)) throw this.cannotInfer(node);
    return this.sequence(node, type);
  }

  private set(node: Selectable & { kind: 'set' }, wanted: CqlType | undefined): Selector {
    const type = this.types.exact(node) ?? wanted;
    if (type instanceof MapType) return new MapSelection(type, []);
    if (!(type instanceof SetType)) throw this.cannotInfer(node);
    if (type.element === nativeTypes.duration) throw this.invalid(`Durations are not allowed inside sets: ${type}`, node);
    return this.sequence(node, type);
  }

  private sequence(node: Selectable & { kind: 'list' | 'set' }, type: ListType | SetType | VectorType): Selector {
    return new SequenceSelection(
      type,
      node.elements.map((element) => this.prepare(element, type.element)),
    );
  }

  private mapOrUserType(node: Selectable & { kind: 'mapOrUdt' }, wanted: CqlType | undefined): Selector {
    if (wanted instanceof UserType) return this.userType(node, wanted);
    if (!(wanted instanceof MapType)) throw this.cannotInfer(node);
    if (wanted.key === nativeTypes.duration) throw this.invalid(`Durations are not allowed as map keys: ${wanted}`, node);
    return new MapSelection(
      wanted,
      node.entries.flatMap(({ key, value }) => [this.prepare(key, wanted.key), this.prepare(value, wanted.value)]),
    );
  }

  private userType(node: Selectable & { kind: 'mapOrUdt' }, type: UserType): Selector {
    const fields: number[] = [];
    const parts = node.entries.map(({ key, value }) => {
      const index = key.kind === 'column' ? type.fieldPosition(key.name) : -1;
      if (key.kind !== 'column') {
        throw this.invalid(`${printSelectable(key)} is not a valid field identifier of type ${type.name}`, key);
      }
      if (index < 0) throw this.invalid(`Unknown field '${key.name}' in value of user defined type ${type.name}`, key);
      fields.push(index);
      return this.prepare(value, type.fields[index].type);
    });
    const names = parts.map((part, i) => `${type.fields[fields[i]].name}: ${part.name}`).join(', ');
    return new FieldsSelection(type, parts, fields, `{${names}}`);
  }
}
