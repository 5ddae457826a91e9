import {
  type CqlType,
  isLiteralAssignable,
  ListType,
  MapType,
  preferredLiteralType,
  printTerm,
  resolveType,
  SetType,
  type TableMetadata,
  type Term,
  TupleType,
} from '@cassette/cql';
import type { StatementContext } from '../statement-context.ts';
import { isAssignable } from '../terms/prepare-term.ts';
import { type Argument, allFits, commonType, type Fit, valueFit } from './argument.ts';
import { castName } from './casts.ts';
import { type FoundFunction, findFunction, isMadeForArguments } from './find-function.ts';
import { operatorNames } from './math/number-types.ts';
import { NEGATION } from './operation-functions.ts';

/** A call in any of its forms: `f(a)`, `CAST(a AS t)`, `a + b`, `-a`. */
export type CallTerm = Extract<Term, { kind: 'function' | 'cast' | 'binary' | 'negate' }>;

/** The function's name and the arguments of a call. */
export function callOf(term: CallTerm): {
  name: { keyspace: string | null; name: string };
  args: readonly Term[];
} {
  const native = (name: string) => ({ keyspace: null, name });
  switch (term.kind) {
    case 'function':
      return { name: term.name, args: term.args };
    case 'cast':
      return { name: native(castName(term.type.name)), args: [term.operand] };
    case 'binary':
      return { name: native(operatorNames[term.operator]), args: [term.left, term.right] };
    case 'negate':
      return { name: native(NEGATION), args: [term.operand] };
  }
}

/** The function that a call means, as far as the wanted type tells. */
export function functionOf(
  context: StatementContext,
  table: TableMetadata | undefined,
  term: CallTerm,
  type: CqlType | undefined,
): FoundFunction {
  const { name, args } = callOf(term);
  return findFunction(
    name,
    args.map((argument) => termArgument(context, table, argument)),
    { table, type },
  );
}

/** A term as an argument. `table`: the one that the statement is about. Cassandra: Term.Raw#testAssignment. */
export function termArgument(context: StatementContext, table: TableMetadata | undefined, term: Term): Argument {
  return {
    text: printTerm(term),
    isMarker: term.kind === 'marker',
    fit: (type) => termFit(context, table, term, type),
    compatibleType: () => termType(context, table, term),
  };
}

function termFit(context: StatementContext, table: TableMetadata | undefined, term: Term, type: CqlType): Fit {
  const each = (terms: readonly Term[], of: CqlType) => terms.map((one) => termFit(context, table, one, of));
  switch (term.kind) {
    case 'string':
    case 'integer':
    case 'float':
    case 'boolean':
    case 'duration':
    case 'uuid':
    case 'blob':
      if (preferredLiteralType(term).equals(type)) return 'exact';
      return isLiteralAssignable(term, type) ? 'weak' : 'none';
    case 'typeHint':
      return valueFit(
        resolveType(term.type, (name) => context.userType(name, context.keyspaceOfTable(table)), context.source),
        type,
      );
    case 'function':
    case 'cast':
    case 'binary':
    case 'negate':
      return callFit(context, table, term, type);
    case 'list':
      if (type instanceof ListType && term.elements.length > 0) return allFits(each(term.elements, type.element));
      break;
    case 'set':
      if (type instanceof SetType && term.elements.length > 0) return allFits(each(term.elements, type.element));
      break;
    case 'map':
      if (type instanceof MapType) {
        const { key, value } = type;
        return allFits(term.entries.flatMap((entry) => [...each([entry.key], key), ...each([entry.value], value)]));
      }
      break;
    default:
  }
  return isAssignable(context, type, term) ? 'weak' : 'none';
}

/** What is wrong with the call itself is told when it is planned. */
function callFit(context: StatementContext, table: TableMetadata | undefined, term: CallTerm, type: CqlType): Fit {
  const found = functionOf(context, table, term, type);
  if (found === undefined || typeof found === 'string' || isMadeForArguments(found.name)) return 'weak';
  return valueFit(found.returnType, type);
}

/** The type that a term has by itself, or would be given where nothing else tells. Cassandra: Term.Raw#getCompatibleTypeIfKnown. */
export function termType(context: StatementContext, table: TableMetadata | undefined, term: Term): CqlType | undefined {
  const types = (terms: readonly Term[]) => terms.map((one) => termType(context, table, one));
  switch (term.kind) {
    case 'string':
    case 'integer':
    case 'float':
    case 'boolean':
    case 'duration':
    case 'uuid':
    case 'blob':
      return preferredLiteralType(term);
    case 'typeHint':
      return resolveType(term.type, (name) => context.userType(name, context.keyspaceOfTable(table)), context.source);
    case 'function':
    case 'cast':
    case 'binary':
    case 'negate': {
      const found = functionOf(context, undefined, term, undefined);
      return found === undefined || typeof found === 'string' ? undefined : found.returnType;
    }
    case 'list':
      // It may be a vector.
      return undefined;
    case 'set': {
      const element = commonType(types(term.elements));
      return element && new SetType(element, true);
    }
    case 'map': {
      const key = commonType(types(term.entries.map((entry) => entry.key)));
      const value = commonType(types(term.entries.map((entry) => entry.value)));
      return key && value && new MapType(key, value, true);
    }
    case 'tuple': {
      const fields = types(term.elements);
      return fields.every((field) => field !== undefined) ? new TupleType(fields) : undefined;
    }
    default:
      return undefined;
  }
}
