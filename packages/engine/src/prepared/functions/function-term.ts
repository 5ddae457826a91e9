import { ByteWriter } from '@cassette/bytes';
import { type CqlType, FunctionFailureError, InvalidRequestError, type Place, pointedAt, printTerm } from '@cassette/cql';
import type { ColumnSpec } from '../../result/index.ts';
import { type Binding, TermState } from '../binding.ts';
import type { StatementContext } from '../statement-context.ts';
import type { BoundTerm } from '../terms/bound-term.ts';
import { prepareTerm } from '../terms/prepare-term.ts';
import { valueFit } from './argument.ts';
import { FunctionFailure } from './math/function-failure.ts';
import type { ScalarFunction } from './native-function.ts';
import { type CallTerm, callOf, functionOf } from './term-argument.ts';

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
    const args = this.args.map((argument) => argumentValue(this.called.name, argument, binding));
    const result = callFunction(this.called, args, binding, this.where);
    if (result === null) return TermState.NULL;
    out.bytes(result);
    return TermState.VALUE;
  }
}

/** The value of an argument; null for null. Throws InvalidRequestError for unset. */
export function argumentValue(called: string, argument: BoundTerm, binding: Binding): Uint8Array | null {
  const out = new ByteWriter(16);
  const state = argument.write(binding, out);
  if (state === TermState.UNSET) {
    throw new InvalidRequestError(`Invalid unset value for argument in call to function ${called}`, argument.where);
  }
  return state === TermState.NULL ? null : out.toBytes();
}

/** Calls a function; errors point at `where`. Throws FunctionFailureError for arguments that it gives no result for. */
export function callFunction(
  called: ScalarFunction,
  args: readonly (Uint8Array | null)[],
  binding: Binding,
  where: Place | undefined,
): Uint8Array | null {
  try {
    return called.call(args, binding);
  } catch (error) {
    if (!(error instanceof FunctionFailure)) throw pointedAt(error, where);
    const isOperation = error.message.startsWith('the operation');
    const reason = isOperation
      ? error.message
      : `execution of 'system.${called.name}[${called.argumentTypes.join(', ')}]' failed: ${error.message}`;
    throw new FunctionFailureError(reason, where, { function: called.name });
  }
}

/** Plans a call, a cast or arithmetic as a value for `spec`. */
export function prepareFunction(context: StatementContext, spec: ColumnSpec, term: CallTerm): BoundTerm {
  const table = context.tableOf(spec);
  const found = functionOf(context, table, term, spec.type);
  const { name, args } = callOf(term);
  if (found === undefined) {
    throw context.invalid(
      term.kind === 'cast' ? `${printTerm(term.operand)} cannot be cast to ${term.type.name}` : `Unknown function '${name.name}'`,
      term.pos,
    );
  }
  if (typeof found === 'string') throw context.invalid(found, term.pos);
  if (found.isAggregate) {
    throw context.invalid('Aggregation function are not supported in the where clause, or in values', term.pos);
  }
  if (valueFit(found.returnType, spec.type) === 'none') {
    throw context.invalid(
      `Type error: cannot assign result of ${printTerm(term)} (type ${found.returnType}) to ${spec.name} (type ${spec.type})`,
      term.pos,
    );
  }
  const terms = args.map((argument, i) =>
    prepareTerm(context, { ...spec, name: `arg${i}(system.${found.name})`, type: found.argumentTypes[i] }, argument),
  );
  return new FunctionCallTerm(found, context.place(term.pos), terms);
}
