import { type CqlType, isLiteralAssignable, preferredLiteralType, resolveType, type Term } from '@cassette/cql';
import type { StatementContext } from '../statement-context.ts';
import { isAssignable } from '../terms/prepare-term.ts';
import { type Argument, type Fit, findFunction, valueFit } from './find-function.ts';

/** How a term fits the types that it might be an argument for. Cassandra: Term.Raw#testAssignment. */
export function termArgument(context: StatementContext, term: Term): Argument {
  switch (term.kind) {
    case 'string':
    case 'integer':
    case 'float':
    case 'boolean':
    case 'duration':
    case 'uuid':
    case 'blob': {
      const preferred = preferredLiteralType(term);
      return (type) => (preferred.equals(type) ? 'exact' : fit(isLiteralAssignable(term, type)));
    }
    case 'function':
      return (type) => {
        const args = term.args.map((arg) => termArgument(context, arg));
        const found = findFunction(term.name.name, args, type);
        // What is wrong with the call itself is told when it is planned.
        return typeof found === 'string' ? 'weak' : valueFit(found.returnType, type);
      };
    case 'typeHint':
    case 'cast': {
      const own = resolveType(term.type, (name) => context.userType(name, context.keyspace), context.source);
      return (type) => valueFit(own, type);
    }
    default:
      return (type: CqlType) => fit(isAssignable(context, type, term));
  }
}

function fit(assignable: boolean): Fit {
  return assignable ? 'weak' : 'none';
}
