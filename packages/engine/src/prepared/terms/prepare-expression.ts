import { ByteWriter } from '@cassette/bytes';
import {
  type CqlType,
  ListType,
  MapType,
  printTerm,
  resolveType,
  SetType,
  type Term,
  TupleType,
  UserType,
  VectorType,
} from '@cassette/cql';
import type { ColumnSpec } from '../../result/index.ts';
import type { Binding } from '../binding.ts';
import { valueFit } from '../functions/argument.ts';
import { prepareFunction } from '../functions/function-term.ts';
import { termArgument } from '../functions/term-argument.ts';
import type { StatementContext } from '../statement-context.ts';
import { type BoundTerm, ConstantTerm, pointing } from './bound-term.ts';
import { allConstant, MapTermValue, SequenceTerm, TupleTermValue, VectorTerm } from './compound-terms.ts';
import { isAssignable, prepareTerm } from './prepare-term.ts';

/** A term that is made of others. */
export type Expression = Extract<
  Term,
  { kind: 'list' | 'set' | 'map' | 'udt' | 'tuple' | 'typeHint' | 'function' | 'cast' | 'binary' | 'negate' }
>;

/** As prepareTerm, of what is neither a marker nor a literal. */
export function prepareExpression(context: StatementContext, spec: ColumnSpec, term: Expression): BoundTerm {
  switch (term.kind) {
    case 'list':
      return prepareList(context, spec, term.elements, term.pos);
    case 'set':
      return prepareSet(context, spec, term.elements, term.pos);
    case 'map':
      return prepareMap(context, spec, term);
    case 'udt':
      return prepareUdt(context, spec, term);
    case 'tuple':
      return prepareTuple(context, spec, term);
    case 'typeHint': {
      const type = resolveType(term.type, (name) => context.userType(name, spec.keyspace), context.source);
      if (!isAssignable(context, type, term.operand)) {
        throw context.invalid(`Cannot cast value ${printTerm(term.operand)} to type ${type}`, term.pos);
      }
      if (valueFit(type, spec.type) === 'none') {
        throw context.invalid(
          `Cannot assign value of type ${type.cqlName()} to ${spec.name} of type ${spec.type.cqlName()}`,
          term.pos,
        );
      }
      return prepareTerm(context, spec, term.operand);
    }
    case 'function':
    case 'cast':
    case 'binary':
    case 'negate':
      return prepareFunction(context, spec, term);
  }
}

// Nothing in a constant looks at the binding.
const NO_BINDING = undefined as never as Binding;

/** Evaluates what is known now, so that errors come with the planning and executions are cheap. */
function folded(term: BoundTerm, parts: readonly (BoundTerm | null)[]): BoundTerm {
  if (!allConstant(parts)) return term;
  const out = new ByteWriter(32);
  pointing(term.where, () => term.write(NO_BINDING, out));
  return new ConstantTerm(term.type, term.where, out.toBytes());
}

function part(spec: ColumnSpec, what: string, type: CqlType): ColumnSpec {
  return { ...spec, name: `${what}(${spec.name})`, type };
}

function prepareList(context: StatementContext, spec: ColumnSpec, elements: readonly Term[], pos: number): BoundTerm {
  const type = spec.type;
  if (type instanceof VectorType) {
    if (elements.length !== type.dimension) {
      throw context.invalid(
        `Invalid vector literal for ${spec.name} of type ${type.cqlName()}; expected ${type.dimension} elements, but given ${elements.length}`,
        pos,
      );
    }
    const terms = elements.map((e) => prepareElement(context, spec, part(spec, 'value', type.element), e, 'vector', 'value'));
    return folded(new VectorTerm(type, context.place(pos), terms), terms);
  }
  if (!(type instanceof ListType)) throw context.invalid(`Invalid list literal for ${spec.name} of type ${type.cqlName()}`, pos);
  const terms = elements.map((e) => prepareElement(context, spec, part(spec, 'value', type.element), e, 'list', 'value'));
  return folded(new SequenceTerm(type, context.place(pos), terms), terms);
}

function prepareElement(
  context: StatementContext,
  spec: ColumnSpec,
  partSpec: ColumnSpec,
  term: Term,
  collection: string,
  what: string,
): BoundTerm {
  if (!isAssignable(context, partSpec.type, term)) {
    throw context.invalid(
      `Invalid ${collection} literal for ${spec.name}: ${what} ${printTerm(term)} is not of type ${partSpec.type.cqlName()}`,
      term.pos,
    );
  }
  if (term.kind === 'null') {
    const advice = collection === 'vector' ? 'vectors: each element has a value' : 'collections: leave the element out';
    throw context.invalid(`null is not supported inside ${advice}`, term.pos);
  }
  if (collection !== 'vector' && hasMarker(term)) {
    throw context.invalid(
      `Invalid ${collection} literal for ${spec.name}: bind variables are not supported inside collection literals. Bind the whole ${collection}`,
      term.pos,
    );
  }
  return prepareTerm(context, partSpec, term);
}

/** Whether some value of a term comes with the execution. */
function hasMarker(term: Term): boolean {
  switch (term.kind) {
    case 'marker':
      return true;
    case 'typeHint':
    case 'cast':
    case 'negate':
      return hasMarker(term.operand);
    case 'binary':
      return hasMarker(term.left) || hasMarker(term.right);
    case 'function':
      return term.args.some(hasMarker);
    case 'list':
    case 'set':
    case 'tuple':
      return term.elements.some(hasMarker);
    case 'map':
      return term.entries.some(({ key, value }) => hasMarker(key) || hasMarker(value));
    case 'udt':
      return term.fields.some(({ value }) => hasMarker(value));
    default:
      return false;
  }
}

function prepareSet(context: StatementContext, spec: ColumnSpec, elements: readonly Term[], pos: number): BoundTerm {
  const type = spec.type;
  if (type instanceof MapType && elements.length === 0) return folded(new MapTermValue(type, context.place(pos), []), []);
  if (!(type instanceof SetType)) throw context.invalid(`Invalid set literal for ${spec.name} of type ${type.cqlName()}`, pos);
  const terms = elements.map((e) => prepareElement(context, spec, part(spec, 'value', type.element), e, 'set', 'value'));
  return folded(new SequenceTerm(type, context.place(pos), terms), terms);
}

function prepareMap(context: StatementContext, spec: ColumnSpec, term: Term & { kind: 'map' }): BoundTerm {
  const type = spec.type;
  if (!(type instanceof MapType))
    throw context.invalid(`Invalid map literal for ${spec.name} of type ${type.cqlName()}`, term.pos);
  const entries = term.entries.map(
    ({ key, value }) =>
      [
        prepareElement(context, spec, part(spec, 'key', type.key), key, 'map', 'key'),
        prepareElement(context, spec, part(spec, 'value', type.value), value, 'map', 'value'),
      ] as const,
  );
  return folded(new MapTermValue(type, context.place(term.pos), entries), entries.flat());
}

function prepareUdt(context: StatementContext, spec: ColumnSpec, term: Term & { kind: 'udt' }): BoundTerm {
  const type = spec.type;
  if (!(type instanceof UserType)) {
    throw context.invalid(`Invalid user type literal for ${spec.name} of type ${type.cqlName()}`, term.pos);
  }
  const components: (BoundTerm | null)[] = type.fields.map(() => null);
  for (const field of term.fields) {
    const index = type.fields.findIndex((f) => f.name === field.name.name);
    if (index < 0) {
      throw context.invalid(`Unknown field '${field.name.name}' in value of user defined type ${type.name}`, field.name.pos);
    }
    const fieldSpec = { ...spec, name: `${spec.name}.${field.name.name}`, type: type.fields[index].type };
    if (!isAssignable(context, fieldSpec.type, field.value)) {
      throw context.invalid(
        `Invalid user type literal for ${spec.name}: field ${field.name.name} is not of type ${fieldSpec.type.cqlName()}`,
        field.value.pos,
      );
    }
    components[index] = prepareTerm(context, fieldSpec, field.value);
  }
  const value = new TupleTermValue(
    type,
    context.place(term.pos),
    components,
    (i) => `field '${type.fields[i].name}' of user defined type ${type.name}`,
  );
  return folded(value, components);
}

function prepareTuple(context: StatementContext, spec: ColumnSpec, term: Term & { kind: 'tuple' }): BoundTerm {
  const type = spec.type;
  if (!(type instanceof TupleType) || type instanceof UserType) {
    // Parentheses around one term are just that.
    if (term.elements.length === 1) return prepareTerm(context, spec, term.elements[0]);
    throw context.invalid(`Invalid tuple type literal for ${spec.name} of type ${type.cqlName()}`, term.pos);
  }
  if (term.elements.length > type.types.length) {
    throw context.invalid(
      `Invalid tuple literal for ${spec.name}: too many elements. Type ${type.cqlName()} expects ${type.types.length} but got ${term.elements.length}`,
      term.pos,
    );
  }
  const terms = term.elements.map((element, i) => {
    const fieldSpec = { ...spec, name: `${spec.name}[${i}]`, type: type.types[i] };
    if (!isAssignable(context, fieldSpec.type, element)) {
      throw context.invalid(
        `Invalid tuple literal for ${spec.name}: component ${i} is not of type ${fieldSpec.type.cqlName()}`,
        element.pos,
      );
    }
    return prepareTerm(context, fieldSpec, element);
  });
  return folded(new TupleTermValue(type, context.place(term.pos), terms, (i) => `tuple field number ${i}`), terms);
}

/** As isAssignable, of what is neither a marker nor a literal. */
export function isExpressionAssignable(context: StatementContext, type: CqlType, term: Expression): boolean {
  switch (term.kind) {
    case 'list':
      if (type instanceof VectorType) return term.elements.every((e) => isAssignable(context, type.element, e));
      return type instanceof ListType && term.elements.every((e) => isAssignable(context, type.element, e));
    case 'set':
      if (term.elements.length === 0) return type instanceof SetType || type instanceof MapType;
      return type instanceof SetType && term.elements.every((e) => isAssignable(context, type.element, e));
    case 'map':
      return (
        type instanceof MapType &&
        term.entries.every((e) => isAssignable(context, type.key, e.key) && isAssignable(context, type.value, e.value))
      );
    case 'udt':
      return (
        type instanceof UserType &&
        term.fields.every((f) => {
          const field = type.fields.find((g) => g.name === f.name.name);
          return field !== undefined && isAssignable(context, field.type, f.value);
        })
      );
    case 'tuple':
      if (type instanceof TupleType && !(type instanceof UserType)) {
        const types = type.types;
        return term.elements.length <= types.length && term.elements.every((e, i) => isAssignable(context, types[i], e));
      }
      return term.elements.length === 1 && isAssignable(context, type, term.elements[0]);
    case 'typeHint':
    case 'cast':
    case 'function':
    case 'binary':
    case 'negate':
      return termArgument(context, undefined, term).fit(type) !== 'none';
  }
}
