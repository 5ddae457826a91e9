import { CellFlag, DeletionTime, Row } from '@cassette/sstable';
import { reconcileCounter } from '../counters/reconcile-counters.ts';
import { takeComplexDeletion } from './merge-updates.ts';
import type { PathOrder } from './path-order.ts';
import { copyLiveness, firstCellWins, livenessSupersedes } from './reconcile-cells.ts';

/**
 * Merges the versions of one row that several sources hold under the deletion that is active there: what a read, a flush, a
 * compaction and an export see. Chapter 8.3 of the format notes has the rules. Cassandra: db.rows.Row.Merger.
 */
export class RowMerger {
  private readonly paths: PathOrder;
  private readonly rows: Row[] = [];
  private count = 0;
  private readonly merged = new Row();
  private readonly active = new DeletionTime();
  private readonly complexDeletion = new DeletionTime();
  private readonly complexActive = new DeletionTime();
  private readonly otherComplex = new DeletionTime();
  /** By version: the next entry to look at, and the end of the entries of the column at hand. */
  private next = new Int32Array(8);
  private columnEnd = new Int32Array(8);

  constructor(paths: PathOrder) {
    this.paths = paths;
  }

  /** Begins another row. */
  clear(): void {
    this.count = 0;
  }

  /** Adds a version; it must stay as it is until `merge` was called and its result used. */
  add(row: Row): void {
    this.rows[this.count++] = row;
  }

  /** The versions merged under `activeDeletion` (LIVE if nothing is deleted here); null where nothing is left. */
  merge(activeDeletion: DeletionTime): Row | null {
    const { rows, count, merged: out, active } = this;
    if (count === 1 && activeDeletion.isLive) return rows[0];
    for (let v = 0; v < count; v++) rows[v].loadCells();
    out.clear();
    out.isStatic = rows[0].isStatic;
    out.setClustering(rows[0].clusteringBytes, rows[0].clusteringFrom, rows[0].clusteringTo);
    for (let v = 0; v < count; v++) {
      const row = rows[v];
      if (livenessSupersedes(row, out)) copyLiveness(row, out);
      if (row.deletion.supersedes(out.deletion)) out.deletion.set(row.deletion);
    }
    if (out.deletion.supersedes(activeDeletion)) active.set(out.deletion);
    else {
      active.set(activeDeletion);
      out.deletion.setLive();
    }
    if (out.hasLiveness && active.deletes(out.livenessHi, out.livenessLo)) out.clearLiveness();
    this.columns();
    return out.isEmpty ? null : out;
  }

  private columns(): void {
    const { rows, count, merged: out } = this;
    if (this.next.length < count) {
      this.next = new Int32Array(count * 2);
      this.columnEnd = new Int32Array(count * 2);
    }
    const { next, columnEnd } = this;
    next.fill(0, 0, count);
    for (;;) {
      let column = Number.MAX_SAFE_INTEGER;
      for (let v = 0; v < count; v++) {
        const row = rows[v];
        if (next[v] < row.cellCount && row.cellColumn[next[v]] < column) column = row.cellColumn[next[v]];
      }
      if (column === Number.MAX_SAFE_INTEGER) return;
      if (this.paths.isComplex(out.isStatic, column)) this.complex(column);
      else if (this.paths.isCounter) this.counter(column);
      else this.simple(column);
      for (let v = 0; v < count; v++) if (columnEnd[v] > next[v]) next[v] = columnEnd[v];
    }
  }

  private simple(column: number): void {
    const { rows, count, next, columnEnd, active } = this;
    let best = -1;
    for (let v = 0; v < count; v++) {
      const row = rows[v];
      const i = next[v];
      columnEnd[v] = i;
      if (i >= row.cellCount || row.cellColumn[i] !== column) continue;
      columnEnd[v] = i + 1;
      if (active.deletes(row.cellHi[i], row.cellLo[i])) continue;
      if (best < 0 || !firstCellWins(rows[best], next[best], row, i)) best = v;
    }
    if (best >= 0) this.merged.addCellOf(rows[best], next[best]);
  }

  private counter(column: number): void {
    const { rows, count, next, columnEnd, active, merged: out } = this;
    let entry = -1;
    for (let v = 0; v < count; v++) {
      const row = rows[v];
      const i = next[v];
      columnEnd[v] = i;
      if (i >= row.cellCount || row.cellColumn[i] !== column) continue;
      columnEnd[v] = i + 1;
      if (active.deletes(row.cellHi[i], row.cellLo[i])) continue;
      if (entry >= 0) {
        reconcileCounter(out, entry, row, i);
      } else {
        entry = out.cellCount;
        out.addCellOf(row, i);
      }
    }
  }

  private complex(column: number): void {
    const { rows, count, next, columnEnd, merged: out, complexDeletion, complexActive, otherComplex } = this;
    complexDeletion.setLive();
    for (let v = 0; v < count; v++) {
      const row = rows[v];
      let end = next[v];
      while (end < row.cellCount && row.cellColumn[end] === column) end++;
      columnEnd[v] = end;
      if (end === next[v]) continue;
      next[v] = takeComplexDeletion(row, next[v], end, otherComplex);
      if (otherComplex.supersedes(complexDeletion)) complexDeletion.set(otherComplex);
    }
    if (complexDeletion.supersedes(this.active)) {
      complexActive.set(complexDeletion);
      const { hi, lo, localDeletionTime } = complexDeletion;
      out.addCell(column, CellFlag.COMPLEX_DELETION, hi, lo, localDeletionTime, 0);
    } else complexActive.set(this.active);
    for (;;) {
      let first = -1;
      for (let v = 0; v < count; v++) {
        if (next[v] >= columnEnd[v]) continue;
        if (first < 0 || this.paths.compare(out.isStatic, column, rows[v], next[v], rows[first], next[first]) < 0) first = v;
      }
      if (first < 0) return;
      this.cell(column, first);
    }
  }

  /** Reconciles all cells that have the path of version `first`'s next one (no version before it has it), and moves past them. */
  private cell(column: number, first: number): void {
    const { rows, count, next, columnEnd, merged: out, complexActive } = this;
    let best = -1;
    let bestEntry = 0;
    const path = next[first];
    for (let v = first; v < count; v++) {
      const i = next[v];
      if (i >= columnEnd[v]) continue;
      if (v !== first && this.paths.compare(out.isStatic, column, rows[v], i, rows[first], path) !== 0) continue;
      next[v] = i + 1;
      if (complexActive.deletes(rows[v].cellHi[i], rows[v].cellLo[i])) continue;
      if (best < 0 || !firstCellWins(rows[best], bestEntry, rows[v], i)) {
        best = v;
        bestEntry = i;
      }
    }
    if (best >= 0) out.addCellOf(rows[best], bestEntry);
  }
}
