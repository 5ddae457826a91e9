import type { ByteWriter } from '@cassette/bytes';
import type { CqlType } from '@cassette/cql';
import type { ColumnSpec } from '../../result/index.ts';
import { type Binding, encodeParameter, TermState } from '../binding.ts';

/** A term of a statement that is planned: it knows its type and becomes bytes for each execution. Cassandra: cql3.Term. */
export interface BoundTerm {
  readonly type: CqlType;
  /** Set where the value is known without parameters: its bytes, or null. */
  readonly constant?: Uint8Array | null;
  /** Appends the value's bytes; appends nothing for null and unset. */
  write(binding: Binding, out: ByteWriter): TermState;
}

/** A value known at planning. */
export class ConstantTerm implements BoundTerm {
  readonly type: CqlType;
  readonly constant: Uint8Array | null;

  constructor(type: CqlType, constant: Uint8Array | null) {
    this.type = type;
    this.constant = constant;
  }

  write(_binding: Binding, out: ByteWriter): TermState {
    if (this.constant === null) return TermState.NULL;
    out.bytesOf(this.constant, 0, this.constant.length);
    return TermState.VALUE;
  }
}

/** A bind marker. */
export class MarkerTerm implements BoundTerm {
  readonly type: CqlType;
  private readonly index: number;
  private readonly spec: ColumnSpec;

  constructor(index: number, spec: ColumnSpec) {
    this.type = spec.type;
    this.index = index;
    this.spec = spec;
  }

  write(binding: Binding, out: ByteWriter): TermState {
    return encodeParameter(this.spec, binding.values[this.index], out);
  }
}
