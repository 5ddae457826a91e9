import {
  type BindMarker,
  CollectionType,
  type ColumnMetadata,
  type CqlType,
  ListType,
  type Literal,
  MapType,
  type NullTerm,
  printSelectable,
  resolveType,
  type Selectable,
  SetType,
  type TableMetadata,
  TupleType,
  UserType,
  VectorType,
} from '@cassette/cql';
import {
  type Argument,
  allFits,
  castName,
  commonType,
  countRows,
  type Fit,
  type FoundFunction,
  findFunction,
  NEGATION,
  operatorNames,
  termArgument,
  valueFit,
} from '../../prepared/functions/index.ts';
import { existingColumn } from '../../prepared/restrictions/index.ts';
import type { StatementContext } from '../../prepared/statement-context.ts';
import { metadataType } from './metadata-selector.ts';

/** A call in any of its forms. */
export type CallSelectable = Extract<Selectable, { kind: 'function' | 'binary' | 'negate' | 'countAll' }>;

/** What is selected and is no column, nor made of any. */
export type ConstantSelectable = Literal | NullTerm | BindMarker;

const constantKinds: ReadonlySet<string> = new Set([
  'string',
  'integer',
  'float',
  'boolean',
  'duration',
  'uuid',
  'blob',
  'null',
  'marker',
]);

/** Whether a selectable is a constant, null or a bind marker. */
export function isConstant(node: Selectable): node is ConstantSelectable {
  return constantKinds.has(node.kind);
}

function isLiteral(node: Selectable): node is Literal {
  return isConstant(node) && node.kind !== 'null' && node.kind !== 'marker';
}

/** What types selectables have, and how well they fit others. Cassandra: selection.Selectable. */
export class SelectableTypes {
  private readonly context: StatementContext;
  private readonly table: TableMetadata;
  private readonly found = new Map<CallSelectable, FoundFunction>();

  constructor(context: StatementContext, table: TableMetadata) {
    this.context = context;
    this.table = table;
  }

  /** The arguments of a call. */
  argumentsOf(node: CallSelectable): readonly Selectable[] {
    switch (node.kind) {
      case 'countAll':
        return [];
      case 'binary':
        return [node.left, node.right];
      case 'negate':
        return [node.operand];
      default:
        // `count(1)` counts rows as `count(*)` does, whatever the constant is.
        return isCountOfConstant(node) ? [] : node.args;
    }
  }

  /** The function that a call means. */
  functionOf(node: CallSelectable): FoundFunction {
    if (!this.found.has(node)) this.found.set(node, this.findFunction(node));
    return this.found.get(node);
  }

  private findFunction(node: CallSelectable): FoundFunction {
    if (node.kind === 'countAll' || (node.kind === 'function' && isCountOfConstant(node))) return countRows;
    const name =
      node.kind === 'function'
        ? node.name
        : { keyspace: null, name: node.kind === 'binary' ? operatorNames[node.operator] : NEGATION };
    const args = this.argumentsOf(node).map((argument) => this.argument(argument));
    return findFunction(name, args, { table: this.table, type: undefined });
  }

  /** The function behind a cast. */
  castOf(node: Selectable & { kind: 'cast' }): FoundFunction {
    const name = { keyspace: null, name: castName(node.type.name) };
    return findFunction(name, [this.argument(node.operand)], { table: this.table, type: undefined });
  }

  /** The type of a cast. */
  castType(node: Selectable & { kind: 'cast' }): CqlType {
    return resolveType(node.type, () => undefined, this.context.source);
  }

  /** The type of a hint: always frozen. */
  hintType(node: Selectable & { kind: 'typeHint' }): CqlType {
    return resolveType(node.type, (name) => this.context.userType(name, this.table.keyspace), this.context.source).freeze();
  }

  /** The type that a selectable has whatever it is for; undefined where that decides. Cassandra: Selectable#getExactTypeIfKnown. */
  exact(node: Selectable): CqlType | undefined {
    switch (node.kind) {
      case 'column':
        return this.column(node).type;
      case 'columnMetadata': {
        let { of } = node as { of: Selectable };
        while ('of' in of) of = (of as { of: Selectable }).of;
        const column = of.kind === 'column' ? this.column(of) : undefined;
        return metadataType(node.function, column?.type.isMultiCell === true);
      }
      case 'function':
      case 'binary':
      case 'negate':
      case 'countAll': {
        const found = this.functionOf(node);
        return found === undefined || typeof found === 'string' ? undefined : found.returnType;
      }
      case 'cast':
        return this.castType(node);
      case 'typeHint':
        return this.hintType(node);
      case 'field': {
        const of = this.exact(node.of);
        const index = of instanceof UserType ? of.fieldPosition(node.field.name) : -1;
        return of instanceof UserType && index >= 0 ? of.fields[index].type : undefined;
      }
      case 'element': {
        const of = this.exact(node.of);
        return of instanceof MapType ? of.value : of instanceof SetType ? of.element : undefined;
      }
      case 'slice': {
        const of = this.exact(node.of);
        return of instanceof MapType || of instanceof SetType ? of : undefined;
      }
      case 'tuple':
        return node.elements.length === 1 ? undefined : tupleOf(node.elements.map((element) => this.exact(element)));
      case 'list': {
        const element = node.elements.map((one) => this.exact(one)).find((type) => type !== undefined);
        return element && new ListType(element, true);
      }
      case 'set': {
        const element = node.elements.map((one) => this.exact(one)).find((type) => type !== undefined);
        return element && new SetType(element, true);
      }
      default:
        return undefined;
    }
  }

  /** As {@link exact}, or what it would be given where nothing else tells. Cassandra: Selectable#getCompatibleTypeIfKnown. */
  compatible(node: Selectable): CqlType | undefined {
    const types = (nodes: readonly Selectable[]) => nodes.map((one) => this.compatible(one));
    if (isConstant(node)) return termArgument(this.context, this.table, node).compatibleType();
    switch (node.kind) {
      case 'list': {
        const element = commonType(types(node.elements));
        return element && new ListType(element, true);
      }
      case 'set': {
        const element = commonType(types(node.elements));
        return element && new SetType(element, true);
      }
      case 'tuple':
        return node.elements.length === 1 ? undefined : tupleOf(types(node.elements));
      default:
        return this.exact(node);
    }
  }

  /** How well a selectable fits a type. Cassandra: Selectable#testAssignment. */
  fit(node: Selectable, type: CqlType): Fit {
    if (isConstant(node)) return termArgument(this.context, this.table, node).fit(type);
    const all = (nodes: readonly Selectable[], of: CqlType) => allFits(nodes.map((one) => this.fit(one, of)));
    switch (node.kind) {
      case 'tuple':
        if (type instanceof TupleType) return this.fieldsFit(node.elements, type);
        return node.elements.length === 1 ? this.fit(node.elements[0], type) : 'none';
      case 'list':
        if (type instanceof VectorType) {
          return node.elements.length === type.dimension ? all(node.elements, type.element) : 'none';
        }
        if (!(type instanceof ListType)) return 'none';
        return node.elements.length === 0 ? 'weak' : all(node.elements, type.element);
      case 'set':
        // The empty map looks as the empty set.
        if (node.elements.length === 0) return type instanceof SetType || type instanceof MapType ? 'weak' : 'none';
        return type instanceof SetType ? all(node.elements, type.element) : 'none';
      case 'mapOrUdt':
        if (type instanceof UserType) return this.userTypeFit(node, type);
        if (!(type instanceof MapType)) return 'none';
        return allFits([
          all(
            node.entries.map(({ key }) => key),
            type.key,
          ),
          all(
            node.entries.map(({ value }) => value),
            type.value,
          ),
        ]);
      default: {
        const own = this.exact(node);
        if (own === undefined) return 'none';
        // A collection of many cells is none that is frozen, as Cassandra has it.
        const isThawed = own.isMultiCell && (type instanceof CollectionType || type instanceof UserType) && !type.isMultiCell;
        return isThawed ? 'none' : valueFit(own, type);
      }
    }
  }

  private fieldsFit(elements: readonly Selectable[], { types }: TupleType): Fit {
    if (elements.length > types.length) return 'none';
    return elements.every((element, i) => this.fit(element, types[i]) !== 'none') ? 'weak' : 'none';
  }

  private userTypeFit(node: Selectable & { kind: 'mapOrUdt' }, type: UserType): Fit {
    const fits = node.entries.every(({ key, value }) => {
      const index = key.kind === 'column' ? type.fieldPosition(key.name) : -1;
      // What is no field is told when it is planned.
      return index < 0 || this.fit(value, type.fields[index].type) !== 'none';
    });
    return fits ? 'weak' : 'none';
  }

  /** A selectable as an argument of a function. */
  argument(node: Selectable): Argument {
    return {
      text: printSelectable(node),
      isMarker: node.kind === 'marker',
      ...(node.kind === 'list' && { arraySize: node.elements.length }),
      fit: (type) => this.fit(node, type),
      compatibleType: () => this.compatible(node),
    };
  }

  private column(node: Selectable & { kind: 'column' }): ColumnMetadata {
    return existingColumn(this.context, this.table, node);
  }
}

function tupleOf(types: readonly (CqlType | undefined)[]): TupleType | undefined {
  return types.every((type) => type !== undefined) ? new TupleType(types) : undefined;
}

function isCountOfConstant({ name, args }: Selectable & { kind: 'function' }): boolean {
  const isCount = name.name === 'count' && (name.keyspace === null || name.keyspace === 'system');
  return isCount && args.length === 1 && isLiteral(args[0]);
}
