import type { ByteWriter } from '@cassette/bytes';
import { type CqlType, ListType, nativeTypes } from '@cassette/cql';
import type { Binding } from '../../prepared/binding.ts';
import type { TimedSelector } from './column-selection.ts';
import { type SelectedRow, Selector } from './selector.ts';

/** A function of a column's cells. */
export type MetadataFunction = 'writetime' | 'maxwritetime' | 'ttl';

/** The type of `function(column)`: of a multi-cell column one for each cell. */
export function metadataType(what: MetadataFunction, isMultiCell: boolean): CqlType {
  const single = what === 'ttl' ? nativeTypes.int : nativeTypes.bigint;
  return isMultiCell && what !== 'maxwritetime' ? new ListType(single, true) : single;
}

/** `writetime(c)`, `maxwritetime(c)`, `ttl(c)` of a column or a part of one. Cassandra: selection.WritetimeOrTTLSelector. */
export class CellMetadataSelection extends Selector {
  readonly type: CqlType;
  readonly name: string;
  private readonly of: TimedSelector;
  private readonly what: MetadataFunction;

  constructor(of: TimedSelector, what: MetadataFunction) {
    super();
    this.of = of;
    this.what = what;
    this.name = `${what}(${of.name})`;
    this.type = metadataType(what, of.type.isMultiCell);
  }

  write(row: SelectedRow, binding: Binding, out: ByteWriter): boolean {
    const { what } = this;
    const times = this.of.times(row, binding, what === 'ttl' ? 'ttl' : 'writetime');
    if (times === null) return false;
    if (what === 'maxwritetime') {
      let latest: bigint | null = null;
      for (const value of times.values) if (value !== null && (latest === null || value > latest)) latest = value;
      return this.put(latest, out);
    }
    if (!times.isMany) return this.put(times.values[0], out);
    out.i32(times.values.length);
    for (const value of times.values) {
      const at = out.length;
      out.i32(-1);
      if (this.put(value, out)) out.patchI32(at, out.length - at - 4);
    }
    return true;
  }

  private put(value: bigint | null, out: ByteWriter): boolean {
    if (value === null) return false;
    if (this.what === 'ttl') out.i32(Number(value));
    else out.bigint64(value);
    return true;
  }

  override check(binding: Binding): void {
    this.of.check(binding);
  }
}
