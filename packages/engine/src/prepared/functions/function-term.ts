import { ByteWriter } from '@cassette/bytes';
import { type CqlType, type Place, pointedAt, printTerm, resolveType, type Term } from '@cassette/cql';
import type { ColumnSpec } from '../../result/index.ts';
import { type Binding, TermState } from '../binding.ts';
import type { StatementContext } from '../statement-context.ts';
import type { BoundTerm } from '../terms/bound-term.ts';
import { inherentType, prepareTerm } from '../terms/prepare-term.ts';
import { termArgument } from './assignment.ts';
import { castFunction } from './casts.ts';
import { findFunction, valueFit } from './find-function.ts';
import type { ScalarFunction } from './scalar-functions.ts';

/** A call of a function whose arguments are terms. Cassandra: functions.FunctionCall. */
class FunctionCallTerm implements BoundTerm {
  readonly type: CqlType;
  readonly where: Place;
  private readonly called: ScalarFunction;
  private readonly args: readonly BoundTerm[];

  constructor(called: ScalarFunction, where: Place, args: readonly BoundTerm[]) {
    this.type = called.returnType;
    this.where = where;
    this.called = called;
    this.args = args;
  }

  write(binding: Binding, out: ByteWriter): TermState {
    const args = this.args.map((arg) => {
      const target = new ByteWriter(16);
      return arg.write(binding, target) === TermState.VALUE ? target.toBytes() : null;
    });
    const result = this.call(args, binding);
    if (result === null) return TermState.NULL;
    out.bytes(result);
    return TermState.VALUE;
  }

  private call(args: readonly (Uint8Array | null)[], binding: Binding): Uint8Array | null {
    try {
      return this.called.call(args, binding);
    } catch (error) {
      throw pointedAt(error, this.where);
    }
  }
}

/** Plans a call, a cast or arithmetic as a value for `spec`. */
export function prepareFunction(
  context: StatementContext,
  spec: ColumnSpec,
  term: Term & { kind: 'function' | 'cast' | 'binary' | 'negate' },
): BoundTerm {
  if (term.kind === 'binary' || term.kind === 'negate') {
    throw context.invalid(
      'Arithmetic is not supported in values yet: there are no operators. Compute the value in the app and bind it',
      term.pos,
    );
  }
  const call = term.kind === 'cast' ? prepareCast(context, spec, term) : prepareCall(context, spec, term);
  if (valueFit(call.type, spec.type) === 'none') {
    throw context.invalid(
      `Type error: cannot assign result of ${printTerm(term)} (type ${call.type.cqlName()}) to ${spec.name} (type ${spec.type.cqlName()})`,
      term.pos,
    );
  }
  return call;
}

function prepareCast(context: StatementContext, spec: ColumnSpec, term: Term & { kind: 'cast' }): BoundTerm {
  const to = resolveType(term.type, () => undefined, context.source);
  const from = inherentType(context, term.operand);
  if (from === undefined) throw context.invalid('The type of what is cast can not be told: give it one, as in (int) ?', term.pos);
  const cast = castFunction(from, to);
  if (cast === null) throw context.invalid(`${printTerm(term.operand)} cannot be cast to ${to.cqlName()}`, term.pos);
  return new FunctionCallTerm(cast, context.place(term.pos), [prepareTerm(context, { ...spec, type: from }, term.operand)]);
}

function prepareCall(context: StatementContext, spec: ColumnSpec, term: Term & { kind: 'function' }): BoundTerm {
  const found = findFunction(
    term.name.name,
    term.args.map((arg) => termArgument(context, arg)),
    spec.type,
  );
  if (typeof found === 'string') throw context.invalid(found, term.pos);
  const args = term.args.map((arg, i) =>
    prepareTerm(context, { ...spec, name: `arg${i}(${term.name.name})`, type: found.argumentTypes[i] }, arg),
  );
  return new FunctionCallTerm(found, context.place(term.pos), args);
}
