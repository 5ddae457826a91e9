import { ByteWriter } from '@cassette/bytes';
import { type CqlType, encodeLiteral, isLiteralAssignable, type Literal, nativeTypes, type Term } from '@cassette/cql';
import type { ColumnSpec } from '../../result/index.ts';
import { rareForms } from '../rare-forms-part.ts';
import type { StatementContext } from '../statement-context.ts';
import { type BoundTerm, ConstantTerm, MarkerTerm, pointing } from './bound-term.ts';

/**
 * Plans a term as a value for `spec`. Throws InvalidRequestError that points at the part that can't be one, PartNotLoadedError for what is
 * neither a marker nor a literal. Cassandra: Term.Raw#prepare.
 */
export function prepareTerm(context: StatementContext, spec: ColumnSpec, term: Term): BoundTerm {
  switch (term.kind) {
    case 'marker':
      context.setMarker(term.index, spec);
      return new MarkerTerm(term.index, spec, context.place(term.pos));
    case 'null':
      return new ConstantTerm(spec.type, context.place(term.pos), null);
    case 'string':
    case 'integer':
    case 'float':
    case 'boolean':
    case 'duration':
    case 'uuid':
    case 'blob':
      return prepareLiteral(context, spec, term);
    default:
      return rareForms.module.prepareExpression(context, spec, term);
  }
}

function prepareLiteral(context: StatementContext, spec: ColumnSpec, literal: Literal): BoundTerm {
  if (literal.kind === 'string' && /^now$/i.test(literal.value) && spec.type.cqlName() === 'timestamp') {
    // The time of each execution, not that of the planning: plans are kept.
    const name = { keyspace: null, name: 'current_timestamp', pos: literal.pos };
    return rareForms.module.prepareFunction(
      context,
      { ...spec, type: nativeTypes.timestamp },
      { kind: 'function', name, args: [], pos: literal.pos },
    );
  }
  const out = new ByteWriter(16);
  const where = context.place(literal.pos);
  pointing(where, () => encodeLiteral(literal, spec.type, out, spec.name));
  return new ConstantTerm(spec.type, where, out.toBytes());
}

/** Whether a term could be of a type, as far as its form tells. Cassandra: AssignmentTestable#testAssignment. */
export function isAssignable(context: StatementContext, type: CqlType, term: Term): boolean {
  switch (term.kind) {
    case 'string':
    case 'integer':
    case 'float':
    case 'boolean':
    case 'duration':
    case 'uuid':
    case 'blob':
      return isLiteralAssignable(term, type);
    case 'null':
      return type.cqlName() !== 'counter';
    case 'marker':
      return true;
    default:
      return rareForms.module.isExpressionAssignable(context, type, term);
  }
}
