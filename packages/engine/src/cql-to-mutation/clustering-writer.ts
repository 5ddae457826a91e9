import { ByteWriter } from '@cassette/bytes';
import type { ColumnMetadata } from '@cassette/cql';
import { type Binding, TermState } from '../prepared/binding.ts';
import { checkClusteringSize } from '../prepared/restrictions/partition-key.ts';
import { type BoundTerm, missingKeyValue } from '../prepared/terms/index.ts';

/**
 * Writes full clusterings in the form of `Row.clusteringBytes` straight from terms: the header of a block (two bits a value)
 * comes before its values, so they are written to the side first. See sstable's clustering-values.ts for the layout.
 */
export class ClusteringWriter {
  /** The clustering that was written last. */
  readonly out = new ByteWriter(64);
  private readonly columns: readonly ColumnMetadata[];
  private readonly values = new ByteWriter(64);
  private readonly ends: Int32Array;

  constructor(columns: readonly ColumnMetadata[]) {
    this.columns = columns;
    this.ends = new Int32Array(columns.length);
  }

  /** Writes the clustering of a term for each column. Throws InvalidRequestError for null and unset. */
  write(terms: readonly BoundTerm[], binding: Binding): void {
    const { columns, values, ends, out } = this;
    values.clear();
    for (let i = 0; i < terms.length; i++) {
      const state = terms[i].write(binding, values);
      if (state !== TermState.VALUE) {
        throw missingKeyValue(state, columns[i].name, columns[i].type, terms[i].where);
      }
      ends[i] = values.length;
    }
    checkClusteringSize(values.length, terms[0]?.where);
    out.clear();
    let from = 0;
    for (let i = 0; i < terms.length; i++) {
      if ((i & 31) === 0) this.writeHeader(i, from);
      const to = ends[i];
      if (to > from) {
        if (columns[i].type.fixedLength < 0) out.unsignedVIntNumber(to - from);
        out.bytesOf(values.buffer, from, to);
      }
      from = to;
    }
  }

  private writeHeader(block: number, blockFrom: number): void {
    let hi = 0;
    let lo = 0;
    let from = blockFrom;
    for (let i = block; i < this.ends.length && i < block + 32; i++) {
      if (this.ends[i] === from) {
        const bit = 1 << ((i & 15) << 1);
        if ((i & 16) === 0) lo |= bit;
        else hi |= bit;
      }
      from = this.ends[i];
    }
    this.out.unsignedVInt(hi, lo);
  }
}
